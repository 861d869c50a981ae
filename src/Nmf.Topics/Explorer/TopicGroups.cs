using System.Numerics.Tensors;

namespace Nmf.Topics;

/// <summary>
/// Groups of topics, groups of these, and so on: the tree of average linkage (Sokal and Michener 1958) by the distances
/// of the topics, in which a group that is hardly tighter than the one that it is in is none.
/// </summary>
internal sealed class TopicGroups
{
    // Of the distance within the larger group.
    private const double Tighter = 0.9;

    // Words that tell a group from the others of the group that it is in.
    private const int WordsOfName = 3;
    private const double NamingLambda = 0.2;

    private TopicGroups(List<Group> groups) => All = groups;

    /// <summary>The groups, each behind those that are in it; the last has all topics that have words. None where fewer
    /// than two topics have words.</summary>
    public IReadOnlyList<Group> All { get; }

    /// <param name="relevance">The words of the topics.</param>
    /// <param name="distances">How much they differ.</param>
    public static TopicGroups Of(TermRelevance relevance, TopicDistances distances)
    {
        int[] topics = [.. Enumerable.Range(0, relevance.Topics).Where(t => distances.HasWords[t])];
        var groups = new List<Group>();
        if (topics.Length < 2)
            return new TopicGroups(groups);
        var tree = AverageLinkage.Cluster(topics.Length, (i, j) => distances[topics[i], topics[j]]).Tree();
        var parents = new double[tree.Length];
        Array.Fill(parents, double.PositiveInfinity);
        for (var i = tree.Length - 1; i >= 0; i--)
        {
            // Of a group that is none the next larger one counts.
            var height = tree[i].Height < Tighter * parents[i] ? tree[i].Height : parents[i];
            foreach (var child in new[] { tree[i].First, tree[i].Second }.Where(child => child >= topics.Length))
                parents[child - topics.Length] = height;
        }

        var members = new List<int>[tree.Length];
        var words = new double[tree.Length][];
        var numbers = new int[tree.Length];
        var sums = new List<double[]>();
        for (var i = 0; i < tree.Length; i++)
        {
            var (children, sum) = (new List<int>(), new double[relevance.Terms]);
            foreach (var child in new[] { tree[i].First, tree[i].Second })
            {
                if (child < topics.Length)
                {
                    children.Add(topics[child]);
                    Add(sum, relevance, topics[child]);
                    continue;
                }

                var inner = child - topics.Length;
                TensorPrimitives.Add(sum, words[inner], sum);
                if (numbers[inner] < 0)
                    children.AddRange(members[inner]);
                else
                    children.Add(~numbers[inner]);
                words[inner] = [];
            }

            (members[i], words[i], numbers[i]) = (children, sum, -1);
            if (i < tree.Length - 1 && tree[i].Height >= Tighter * parents[i])
                continue;
            numbers[i] = groups.Count;
            foreach (var inner in children.Where(child => child < 0).Select(child => ~child))
            {
                groups[inner] = groups[inner] with
                {
                    Terms = TermRelevance.TopTerms(sums[inner], sum, WordsOfName, NamingLambda),
                };
                sums[inner] = [];
            }

            groups.Add(new Group(children, TermRelevance.TopTerms(sum, sum, WordsOfName, NamingLambda)));
            sums.Add(sum);
        }

        return new TopicGroups(groups);
    }

    // Where no topic has a share, all count the same.
    private static void Add(double[] sum, TermRelevance relevance, int topic)
    {
        var share = relevance.TopicShares.Any(value => value > 0) ? relevance.TopicShares[topic] : 1;
        var column = relevance.Column(topic);
        TensorPrimitives.MultiplyAdd(column, share, sum, sum);
    }

    /// <param name="Children">Topics, and groups as the complement of their number.</param>
    /// <param name="Terms">The terms of all its topics together that tell it from others of the group that it is
    /// in.</param>
    internal sealed record Group(IReadOnlyList<int> Children, IReadOnlyList<int> Terms);
}
