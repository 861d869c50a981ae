using Nmf.Kernels;

namespace Nmf.Tests.Editing;

/// <summary>Components of a fitted model named, dropped, put in order, merged and split.</summary>
public sealed class ModelEditingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static NmfData<double> Data { get; } = TestData.Dense<double>(TestData.Positive(40, 15, 4, 7), 40, 15);

    [Fact]
    public void Names_belong_to_the_components_and_not_to_their_places()
    {
        var model = Fit().Named(["a", "b", "c", "d"]);
        Assert.Equal(["d", "a", "c", "b"], model.Reorder([3, 0, 2, 1]).ComponentNames);
        Assert.Equal(["a", "d"], model.Drop(1, 2).ComponentNames);
        Assert.Equal(["a", "b + d", "c"], model.Merge([3, 1]).ComponentNames);
        Assert.Equal(["a", "new", "c"], model.Merge([1, 3], "new").ComponentNames);
        Assert.Equal(["a", "b", "c (1)", "c (2)", "d"], model.Split(2, Data, Token).ComponentNames);
        Assert.Null(model.Named(null).ComponentNames);
        Assert.Equal("Component2", model.Named(null).ComponentName(2));
        Assert.Equal(["reorder 1, 0, 2, 3", "drop 3"], model.Reorder([1, 0, 2, 3]).Drop(3).Edits);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Another_order_is_the_same_model(double beta)
    {
        var model = Fit(beta);
        int[] order = [2, 0, 3, 1];
        var other = model.Reorder(order);
        for (var k = 0; k < 4; k++)
        {
            Assert.Equal(Column(model.Dictionary, order[k]), Column(other.Dictionary, k));
            Assert.Equal(Column(model.Activations, order[k]), Column(other.Activations, k));
            Assert.Equal(model.Contributions[order[k]], other.Contributions[k]);
        }

        var back = other.Reorder([.. Enumerable.Range(0, 4).Select(k => Array.IndexOf(order, k))]);
        Assert.Equal(model.Dictionary.ToRowMajor(), back.Dictionary.ToRowMajor());
        if (beta >= 1)
        {
            Close(
                model.Reconstruct(model.Transform(Data, Token)), other.Reconstruct(other.Transform(Data, Token)), 1e-3);
        }
    }

    [Theory]
    [InlineData(ComponentScale.UnitSum)]
    [InlineData(ComponentScale.UnitNorm)]
    [InlineData(ComponentScale.None)]
    public void A_merged_component_has_the_mass_of_its_members_in_every_sample_and_feature(ComponentScale scale)
    {
        var model = Fit(1, scale);
        var merged = model.Merge([1, 3]);
        Assert.Equal(3, merged.Dictionary.Columns);
        var (before, after) = (model.Reconstruct(model.Activations), merged.Reconstruct(merged.Activations));
        for (var n = 0; n < 40; n++)
        {
            var sum = before.Row(n).ToArray().Sum();
            Assert.Equal(sum, after.Row(n).ToArray().Sum(), 1e-9 * sum);
        }

        for (var f = 0; f < 15; f++)
            Assert.Equal(Column(before, f).Sum(), Column(after, f).Sum(), 1e-9 * Column(before, f).Sum());
        Assert.Equal(model.Contributions[1] + model.Contributions[3], merged.Contributions[1], 1e-12);
        Assert.Equal(1, merged.Contributions.Sum(), 1e-12);
        var column = Column(merged.Dictionary, 1);
        if (scale != ComponentScale.None)
            Assert.Equal(1, scale == ComponentScale.UnitSum ? column.Sum() : column.Sum(v => v * v), 1e-12);
    }

    [Fact]
    public void Merging_copies_of_a_component_gives_it_back()
    {
        var w = TestData.Start<double>(40, 15, 2, 3).Dictionary;
        var doubled = new Matrix<double>(15, 3);
        for (var f = 0; f < 15; f++)
            (doubled[f, 0], doubled[f, 1], doubled[f, 2]) = (w[f, 0], w[f, 1], 3 * w[f, 0]);
        var model = NmfFactorizer.Fit(
            Data, new NmfOptions
            {
                Rank = 3, Problem = 1, Scale = ComponentScale.None, Iterations = new() { MaximumIterations = 0 },
            },
            new NmfStart<double>(doubled), cancellationToken: Token);
        var pair = Assert.Single(model.NearDuplicates());
        Assert.Equal((0, 2), (pair.First, pair.Second));
        Assert.Equal(1, pair.Similarity, 1e-9);
        var merged = model.Merge([pair.First, pair.Second]);
        var ratio = Column(merged.Dictionary, 0).Zip(Column(w, 0), (x, y) => x / y).ToArray();
        Assert.Equal(ratio.Min(), ratio.Max(), 1e-9 * ratio.Max());
        Close(model.Reconstruct(model.Activations), merged.Reconstruct(merged.Activations), 1e-9);
        Assert.Empty(merged.NearDuplicates());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void A_split_explains_more_and_is_the_same_every_time(double beta)
    {
        var model = Fit(beta, rank: 2);
        var split = model.Split(0, Data, Token);
        Assert.Equal(3, split.Dictionary.Columns);
        Assert.Equal(Column(model.Dictionary, 1), Column(split.Dictionary, 2));
        Assert.True(split.Objective < model.Objective, $"{split.Objective} of {model.Objective}");
        Assert.True(split.ExplainedPart > model.ExplainedPart);
        Assert.Equal(
            split.Dictionary.ToRowMajor(), model.Split(0, Data, Token).Dictionary.ToRowMajor());
        Assert.DoesNotContain(split.NearDuplicates(0.999), pair => (pair.First, pair.Second) == (0, 1));
    }

    [Fact]
    public void Splitting_a_merged_pair_of_blocks_finds_the_blocks()
    {
        var values = new double[90 * 12];
        var random = new Random(1);
        for (var n = 0; n < 90; n++)
        {
            for (var f = 0; f < 12; f++)
                values[(n * 12) + f] = f / 4 == n % 3 ? 1 + random.Next(5) : 0;
        }

        var data = TestData.Sparse<float>(values, 90, 12);
        var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3, Problem = 1 }, cancellationToken: Token);
        var back = model.Merge([0, 2]).Split(0, data, Token);
        var matching = ComponentMatching.Match(model.Dictionary, back.Dictionary);
        Assert.All(matching.Distances, distance => Assert.Equal(0, distance, 1e-3));
        Assert.Equal(model.Objective, back.Objective, 0.01 * Math.Abs(model.Objective));
    }

    [Fact]
    public void A_refreshed_model_has_the_figures_of_a_fit()
    {
        var model = Fit(1);
        var refreshed = model.Refreshed(Data, Token);
        Assert.Equal(model.Objective, refreshed.Objective, 1e-6 * model.Objective);
        Assert.Equal(model.ExplainedPart, refreshed.ExplainedPart, 1e-6);
        Assert.Equal(model.Activations.ToRowMajor(), refreshed.Activations.ToRowMajor());
        var dropped = model.Drop(0);
        Assert.True(dropped.Refreshed(Data, Token).Objective > model.Objective);
        Assert.Equal(model.Objective, dropped.Objective);
    }

    [Fact]
    public void Penalties_and_relevances_follow_their_components_or_the_edit_is_refused()
    {
        var penalised = NmfFactorizer.Fit(
            Data, new NmfOptions { Rank = 4, Problem = new BetaNmf(1) { Penalties = [new LogPenalty(0.5, 0.1)] } },
            cancellationToken: Token);
        Assert.Equal(
            [.. penalised.Penalty!.Groups.Skip(2).Select(group => group.Scales[0])],
            penalised.Drop(0, 1).Penalty!.Groups.Where(group => group.Components.Count > 0)
                .Select(group => group.Scales[0]));
        Assert.Contains("penalties", Refused(() => penalised.Merge([0, 1])), StringComparison.Ordinal);
        Assert.Contains("penalties", Refused(() => penalised.Split(0, Data, Token)), StringComparison.Ordinal);
        Assert.Equal(3, penalised.Drop(2).Transform(Data, Token).Columns);

        var found = NmfFactorizer.Fit(
            Data, new NmfOptions
            {
                Rank = 8, Problem = new AutomaticRelevance(1) { Dispersion = 0.2 },
                Iterations = new() { MaximumIterations = 300 },
            }, cancellationToken: Token);
        var rank = found.Dictionary.Columns;
        Assert.True(rank > 1);
        var less = found.Drop(0);
        Assert.Equal(found.Relevance!.Weights.Skip(1), less.Relevance!.Weights);
        Assert.Equal(rank - 1, less.Relevance.EffectiveRank);
        Assert.Equal(8, less.Relevance.StartingRank);
        Assert.Contains("relevances", Refused(() => found.Merge([0, 1])), StringComparison.Ordinal);

        var bounded = NmfFactorizer.Fit(
            Data, new NmfOptions { Rank = 3, Problem = new AbundanceNmf(2), Scale = ComponentScale.None },
            cancellationToken: Token);
        Assert.Contains("bounded", Refused(() => bounded.Merge([0, 1])), StringComparison.Ordinal);

        static string Refused(Action edit) => Assert.Throws<InvalidOperationException>(edit).Message;
    }

    [Fact]
    public void What_cannot_be_done_is_named()
    {
        var model = Fit();
        Refused("no component 4", () => model.Drop(4));
        Refused("no component -1", () => model.Merge([0, -1]));
        Refused("named twice", () => model.Drop(1, 1));
        Refused("at least 2", () => model.Merge([1]));
        Refused("at least 1", () => model.Drop());
        Refused("At least one component must be left", () => model.Drop(0, 1, 2, 3));
        Refused("at least 4", () => model.Reorder([0, 1, 2]));
        Refused("3 names for 4", () => model.Named(["a", "b", "c"]));
        Refused("component 1 is empty", () => model.Named(["a", " ", "c", "d"]));
        Refused("the name 'a'", () => model.Named(["a", "b", "a", "d"]));
        Refused("threshold", () => model.NearDuplicates(1.1));

        static void Refused(string part, Action edit)
            => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(edit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Jensen_Shannon_is_that_of_scipy()
    {
        // scipy.spatial.distance.jensenshannon([.5, .3, .2, 0], [.1, .2, .3, .4], base=2) ** 2
        Assert.Equal(
            0.3195179763, ComponentSimilarities.JensenShannon([0.5, 0.3, 0.2, 0], [0.1, 0.2, 0.3, 0.4]), 1e-9);
        Assert.Equal(1, ComponentSimilarities.JensenShannon([1, 0], [0, 1]), 1e-12);
    }

    [Fact]
    public void The_text_of_a_model_says_what_it_is()
    {
        var text = Fit(1).Named(["sport", "money", "war", "art"]).Drop(3).ToString();
        foreach (var part in new[] { "3 components", "15 features", "40 samples", "beta = 1", "sport", "drop 3" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    private static NmfModel<double> Fit(
        double beta = 1, ComponentScale scale = ComponentScale.UnitSum, int rank = 4)
        => NmfFactorizer.Fit(
            Data, new NmfOptions
            {
                Rank = rank, Problem = beta, Scale = scale,
                Inference = new() { Tolerance = 1e-9, MaximumIterations = 100_000 },
            }, cancellationToken: Token);

    private static double[] Column(Matrix<double> matrix, int k)
        => [.. Enumerable.Range(0, matrix.Rows).Select(i => matrix[i, k])];

    private static void Close(Matrix<double> expected, Matrix<double> actual, double tolerance)
    {
        var (a, b) = (expected.ToRowMajor(), actual.ToRowMajor());
        var largest = a.Max();
        for (var i = 0; i < a.Length; i++)
            Assert.Equal(a[i], b[i], tolerance * largest);
    }
}
