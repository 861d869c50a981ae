using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>
/// How relevant terms are to topics: <c>λ log p(w|t) + (1 - λ) log (p(w|t) / p(w))</c> (Sievert and Shirley 2014,
/// LDAvis), between what a topic consists of (λ = 1) and what sets it apart (λ = 0).
/// </summary>
/// <remarks><c>p(w|t)</c> is the share of a term in a column of W, <c>p(w)</c> its share in all topics together,
/// weighted by theirs, or in counts that are given. The lift alone (λ = 0) lists rare terms that one topic has; the
/// authors found readers to do best near λ = 0.6. Immutable and thread-safe.</remarks>
public sealed class TermRelevance
{
    private readonly double[][] _conditional;
    private readonly double[] _overall;

    private TermRelevance(double[][] conditional, double[] overall, double[] topicShares)
    {
        _conditional = conditional;
        _overall = overall;
        TopicShares = topicShares;
    }

    /// <summary>Number of topics.</summary>
    public int Topics => _conditional.Length;

    /// <summary>Number of terms.</summary>
    public int Terms => _overall.Length;

    /// <summary>p(t): the shares of the topics, which add up to one, or are all zero.</summary>
    public IReadOnlyList<double> TopicShares { get; }

    /// <summary>Reads the topics of a dictionary.</summary>
    /// <param name="dictionary">W, terms x topics.</param>
    /// <param name="topicShares">How large each topic is (<see cref="NmfModel{T}.Contributions"/>), in any
    /// unit.</param>
    /// <param name="termTotals">How often each term occurs in the texts, in any unit; null for what the model says: the
    /// mean of the topics, weighted by their shares.</param>
    /// <remarks>Takes O(F K) time and memory.</remarks>
    /// <exception cref="ArgumentException">Lengths differ, or a number is negative or not finite.</exception>
    public static TermRelevance Of<T>(
        Matrix<T> dictionary, IReadOnlyList<double> topicShares, IReadOnlyList<double>? termTotals = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(topicShares);
        if (topicShares.Count != dictionary.Columns)
        {
            throw new ArgumentException(
                $"There are {topicShares.Count} shares of topics, but the dictionary has {dictionary.Columns} columns.",
                nameof(topicShares));
        }

        if (termTotals is not null && termTotals.Count != dictionary.Rows)
        {
            throw new ArgumentException(
                $"There are {termTotals.Count} totals of terms, but the dictionary has {dictionary.Rows} rows.",
                nameof(termTotals));
        }

        var shares = Shares(topicShares, nameof(topicShares));
        var conditional = new double[dictionary.Columns][];
        for (var t = 0; t < conditional.Length; t++)
        {
            var column = new double[dictionary.Rows];
            for (var w = 0; w < column.Length; w++)
                column[w] = double.CreateChecked(dictionary.Row(w)[t]);
            conditional[t] = Shares(column, nameof(dictionary));
        }

        return new TermRelevance(
            conditional, termTotals is null ? Mixture(conditional, shares, dictionary.Rows)
                : Shares(termTotals, nameof(termTotals)), shares);
    }

    /// <summary>p(w|t): the share of a term in a topic; 0 everywhere in a topic of zeros.</summary>
    /// <param name="topic">0 to <see cref="Topics"/> - 1.</param>
    /// <param name="term">0 to <see cref="Terms"/> - 1.</param>
    public double Probability(int topic, int term) => _conditional[topic][term];

    /// <summary>p(w): the share of a term in everything.</summary>
    /// <param name="term">0 to <see cref="Terms"/> - 1.</param>
    public double Probability(int term) => _overall[term];

    /// <summary>The relevance of a term to a topic, -∞ where the topic does not have it. A term that the topic has but
    /// the totals do not is taken to be as frequent as the topic says.</summary>
    /// <param name="topic">0 to <see cref="Topics"/> - 1.</param>
    /// <param name="term">0 to <see cref="Terms"/> - 1.</param>
    /// <param name="lambda">λ, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">λ is out of range.</exception>
    public double Relevance(int topic, int term, double lambda)
    {
        RequireLambda(lambda);
        return Score(_conditional[topic][term], _overall[term], TopicShares[topic], lambda);
    }

    /// <summary>The terms that are most relevant to a topic, best first; never one that the topic does not have. Equal
    /// relevances are ordered by <see cref="Probability(int, int)"/>, then by index.</summary>
    /// <param name="topic">0 to <see cref="Topics"/> - 1.</param>
    /// <param name="count">Most terms to return.</param>
    /// <param name="lambda">λ, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such topic, the count is negative, or λ is out of
    /// range.</exception>
    public IReadOnlyList<int> TopTerms(int topic, int count, double lambda = 0.6)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)topic, (uint)Topics, nameof(topic));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        RequireLambda(lambda);
        var conditional = _conditional[topic];
        // Rounded, because terms that one topic alone has differ in their lift by rounding only: single precision is
        // what W has.
        return
        [
            .. Enumerable.Range(0, Terms).Where(w => conditional[w] > 0)
                .OrderByDescending(w => Math.Round(Score(conditional[w], _overall[w], TopicShares[topic], lambda), 4))
                .ThenByDescending(w => conditional[w]).ThenBy(w => w).Take(count),
        ];
    }

    /// <summary>The terms that are most relevant to a part of something, best first.</summary>
    /// <param name="part">How much of each term the part has, in any unit.</param>
    /// <param name="whole">How much the whole has, in the same unit.</param>
    /// <param name="count">Most terms to return.</param>
    /// <param name="lambda">λ, 0 to 1.</param>
    internal static int[] TopTerms(double[] part, double[] whole, int count, double lambda)
    {
        var (ofPart, ofWhole) = (part.Sum(), whole.Sum());
        return
        [
            .. Enumerable.Range(0, part.Length).Where(w => part[w] > 0)
                .Select(w => (Term: w, Score: Math.Round(Score(part[w] / ofPart, whole[w] / ofWhole, 1, lambda), 4)))
                .OrderByDescending(pair => pair.Score).ThenByDescending(pair => part[pair.Term])
                .ThenBy(pair => pair.Term).Take(count).Select(pair => pair.Term),
        ];
    }

    /// <summary>p(w|t) of all terms.</summary>
    internal ReadOnlySpan<double> Column(int topic) => _conditional[topic];

    /// <summary>The terms that are among the best of a topic for some λ: all but those that are beaten in both p(w|t)
    /// and lift by as many others as are shown.</summary>
    internal List<int> Candidates(int topic, int count)
    {
        var conditional = _conditional[topic];
        var best = new PriorityQueue<int, double>();
        var candidates = new List<int>();
        foreach (var w in Enumerable.Range(0, Terms).Where(w => conditional[w] > 0)
            .OrderByDescending(w => conditional[w]).ThenBy(w => w))
        {
            var lift = Math.Round(Score(conditional[w], _overall[w], TopicShares[topic], 0), 4);
            if (best.Count == count && best.TryPeek(out _, out var least) && lift <= least)
                continue;
            candidates.Add(w);
            best.Enqueue(w, lift);
            if (best.Count > count)
                best.Dequeue();
        }

        return candidates;
    }

    private static double Score(double conditional, double overall, double topicShare, double lambda)
    {
        if (conditional == 0)
            return double.NegativeInfinity;
        var logarithm = Math.Log(conditional);
        var all = overall > 0 ? overall : topicShare * conditional;
        // A topic of no share has words of no share: its own words are all that there is.
        return (lambda * logarithm) + ((1 - lambda) * (all > 0 ? logarithm - Math.Log(all) : 0));
    }

    private static double[] Mixture(double[][] conditional, double[] shares, int terms)
    {
        var mixture = new double[terms];
        for (var t = 0; t < conditional.Length; t++)
        {
            for (var w = 0; w < terms; w++)
                mixture[w] += shares[t] * conditional[t][w];
        }

        return mixture;
    }

    private static double[] Shares(IReadOnlyList<double> values, string name)
    {
        double sum = 0;
        for (var i = 0; i < values.Count; i++)
        {
            if (!double.IsFinite(values[i]) || values[i] < 0)
            {
                throw new ArgumentException(
                    $"Number {i} is {values[i]}. It must be finite and not negative.", name);
            }

            sum += values[i];
        }

        return [.. values.Select(value => sum > 0 ? value / sum : 0)];
    }

    private static void RequireLambda(double lambda)
    {
        if (!(lambda is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "λ must be between 0 and 1.");
    }
}
