namespace Nmf.Tests;

public sealed class ConsensusTests
{
    public static TheoryData<int> Trees => [0, 1];

    public static TheoryData<int> Consensus => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Trees))]
    public void Average_linkage_joins_at_the_heights_of_scipy(int index)
    {
        var golden = RankGoldens.Values.Trees[index];
        var tree = AverageLinkage.Cluster(golden.Items, golden.Distance);
        var pairs = 0;
        tree.CopheneticDistances((i, j, height) =>
        {
            Assert.Equal(golden.Cophenetic[golden.Condensed(i, j)], height, 1e-12);
            pairs++;
        });
        Assert.Equal(golden.Distances.Length, pairs);
        Assert.Equal(Enumerable.Range(0, golden.Items), tree.LeafOrder().Order());
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void A_cut_gives_the_clusters_of_scipy_and_contiguous_leaves(int index)
    {
        var golden = RankGoldens.Values.Trees[index];
        var tree = AverageLinkage.Cluster(golden.Items, golden.Distance);
        Assert.NotEmpty(golden.Cuts);
        foreach (var (clusters, expected) in golden.Cuts)
        {
            var labels = tree.Cut(clusters);
            AssertSamePartition(expected, labels);
            var inOrder = tree.LeafOrder().Select(i => labels[i]).ToArray();
            Assert.Equal(clusters - 1, inOrder.Zip(inOrder.Skip(1)).Count(pair => pair.First != pair.Second));
        }
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void Silhouettes_are_those_of_scikit_learn(int index)
    {
        var golden = RankGoldens.Values.Trees[index];
        var labels = AverageLinkage.Cluster(golden.Items, golden.Distance).Cut(3);
        var values = Silhouette.Values(labels, golden.Distance);
        for (var i = 0; i < golden.Items; i++)
            Assert.Equal(golden.Silhouettes[i], values[i], 1e-12);
    }

    [Theory]
    [MemberData(nameof(Consensus))]
    public void The_indices_of_a_consensus_are_those_of_scipy_and_scikit_learn(int index)
    {
        var golden = RankGoldens.Values.Consensus[index];
        var consensus = ConsensusMatrix.FromGroups(golden.Labels);
        Assert.Equal(golden.Cophenetic, consensus.CopheneticCorrelation!.Value, 1e-9);
        Assert.Equal(golden.Dispersion, consensus.Dispersion, 1e-12);
        AssertSamePartition(golden.Cut, consensus.Groups(golden.Groups));
        Assert.Equal(golden.Silhouette, consensus.Silhouette(golden.Groups), 1e-9);
    }

    [Fact]
    public void Entries_are_the_shares_of_runs_and_the_labels_of_a_run_may_be_permuted()
    {
        var consensus = ConsensusMatrix.FromGroups([[0, 0, 1, 1], [1, 1, 0, 1], [2, 0, 0, 1], [3, 3, 2, 2]]);
        Assert.Equal(0.75, consensus[1, 0]);
        Assert.Equal(0.25, consensus[1, 2]);
        Assert.Equal(0.5, consensus[2, 3]);
        Assert.Equal(consensus[3, 1], consensus[1, 3]);
        Assert.Equal(1, consensus[2, 2]);
    }

    [Fact]
    public void A_sample_without_a_group_is_together_with_nothing()
    {
        var consensus = ConsensusMatrix.FromGroups([[0, -1, -1], [0, -1, 0]]);
        Assert.Equal(0, consensus[1, 2]);
        Assert.Equal(0.5, consensus[0, 2]);
        Assert.Equal(1, consensus[1, 1]);
    }

    [Fact]
    public void Runs_that_agree_are_certain_and_one_group_has_no_correlation()
    {
        var certain = ConsensusMatrix.FromGroups([[0, 0, 1, 1], [1, 1, 0, 0]]);
        Assert.Equal(1, certain.CopheneticCorrelation);
        Assert.Equal(1, certain.Dispersion);
        Assert.Equal(1, certain.Silhouette(2));
        var single = ConsensusMatrix.FromGroups([[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
        Assert.Null(single.CopheneticCorrelation);
        Assert.True(double.IsNaN(single.Silhouette(1)));
    }

    [Fact]
    public void One_run_has_no_consensus()
    {
        var error = Assert.Throws<ArgumentException>(() => ConsensusMatrix.FromGroups([[0, 1, 0]]));
        Assert.Contains("at least two runs", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ConsensusMatrix.FromGroups([[0, 1], [0, 1, 1]]));
        Assert.Throws<ArgumentException>(() => ConsensusMatrix.FromGroups([[0], [0]]));
    }

    private static void AssertSamePartition(int[] expected, int[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.Equal(expected[i] == expected[j], actual[i] == actual[j]);
        }
    }
}
