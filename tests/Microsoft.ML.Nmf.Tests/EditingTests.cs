using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Components of a fitted pipeline named, dropped, put in order, merged and split, and kept in the
/// file.</summary>
public sealed class EditingTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 12).Select(f => $"word{f}")];
    private readonly MLContext _context = new(seed: 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void An_edited_pipeline_is_saved_and_loaded_with_its_names_and_edits()
    {
        var data = Data();
        var model = _context.Transforms.CopyColumns("Copy", "Features")
            .Append(Fit(4, "Copy")).Fit(data);
        var edited = _context.Model.EditFactorization(
            model, nmf => nmf.NameComponents("a", "b", "c", "d").MergeComponents([1, 3], "bd")
                .ReorderComponents(2, 0, 1).DropComponents(1));
        using var stream = new MemoryStream();
        _context.Model.Save(edited, data.Schema, stream);
        stream.Position = 0;
        var loaded = new MLContext().Model.Load(stream, out _);
        foreach (var chain in new[] { edited, loaded })
        {
            var nmf = _context.Model.FindFactorization(chain).Model;
            Assert.Equal(["c", "bd"], nmf.ComponentNames);
            Assert.Equal(["merge 1, 3", "reorder 2, 0, 1", "drop 1"], nmf.Edits);
            Assert.Equal(2, nmf.Rank);
            Assert.Equal(1, nmf.Contributions.Sum(), 1e-9);
            var output = chain.Transform(data);
            Assert.Equal(["c", "bd"], SlotNames(output));
        }

        Assert.Equal(TestRows.Column(edited.Transform(data), "H"), TestRows.Column(loaded.Transform(data), "H"));
    }

    [Fact]
    public void Rows_are_transformed_as_by_the_edited_dictionary()
    {
        var data = Data();
        var fitted = Fit(4).Fit(data);
        var (before, order) = (TestRows.Column(fitted.Transform(data), "H"), new[] { 3, 1, 0, 2 });
        var other = TestRows.Column(fitted.ReorderComponents(order).Transform(data), "H");
        for (var n = 0; n < before.Length; n++)
        {
            for (var k = 0; k < 4; k++)
                Assert.Equal(before[n][order[k]], other[n][k], 1e-2f * before[n].Max());
        }

        // KL keeps the sum of every row, so that a merged topic takes about what its members had.
        var merged = TestRows.Column(fitted.MergeComponents([0, 2]).Transform(data), "H");
        for (var n = 0; n < before.Length; n++)
            Assert.Equal(before[n].Sum(), merged[n].Sum(), 1e-2f * before[n].Sum());
    }

    [Fact]
    public void A_split_component_explains_its_rows_better()
    {
        var data = Data();
        var fitted = Fit(2).Fit(data);
        var split = fitted.NameComponents("a", "b").SplitComponent(0, data, Token);
        Assert.Equal(["a (1)", "a (2)", "b"], split.Model.ComponentNames);
        Assert.Equal(["split 0"], split.Model.Edits);
        Assert.Equal(fitted.Model.GetComponent(1).ToArray(), split.Model.GetComponent(2).ToArray());
        Assert.Equal(
            split.Model.GetComponent(0).ToArray(),
            fitted.SplitComponent(0, data, Token).Model.GetComponent(0).ToArray());
        Assert.True(Divergence(split, data) < Divergence(fitted, data));
    }

    [Fact]
    public void Near_duplicates_are_told_and_the_text_shows_names_and_words()
    {
        var fitted = Fit(3).Fit(Data());
        Assert.Equal(3, fitted.Model.NearDuplicates(1e-6).Count);
        Assert.Empty(fitted.Model.NearDuplicates(1));
        var text = fitted.NameComponents("sport", "money", "art").ToString();
        foreach (var part in new[] { "Features -> H", "3 components", "beta = 1", "sport (", "word" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_section_says_of_components_follows_them_or_refuses()
    {
        var data = Data();
        var separable = _context.Transforms.SeparableNmf("H", "Features", rank: 4).Fit(data);
        Assert.Equal(
            [separable.Model.SelectedRows![3], separable.Model.SelectedRows[0]],
            separable.DropComponents(1, 2).ReorderComponents(1, 0).Model.SelectedRows);
        Assert.ThrowsAny<InvalidOperationException>(() => separable.MergeComponents([0, 1]));

        var found = _context.Transforms.AutomaticRelevanceNmf(
            "H", "Features", rank: 6, beta: 1, dispersion: 0.02, maximumIterations: 300, seed: 1).Fit(data);
        var rank = found.Model.Rank;
        Assert.InRange(rank, 2, 6);
        Assert.Equal(found.Model.Relevance!.Weights.Skip(1), found.DropComponents(0).Model.Relevance!.Weights);
        Assert.ThrowsAny<InvalidOperationException>(() => found.MergeComponents([0, 1]));
        var dropped = ModelStream.Load(ModelStream.Save(found.DropComponents(0)));
        Assert.Equal(rank - 1, dropped.Model.Relevance!.EffectiveRank);

        var marginal = _context.Transforms.MarginalLikelihoodNmf("H", "Features", rank: 3).Fit(data);
        Assert.ThrowsAny<InvalidOperationException>(
            () => marginal.Model.Reorder([.. Enumerable.Range(0, marginal.Model.Rank)]));
        string[] names = [.. Enumerable.Range(0, marginal.Model.Rank).Select(k => $"name {k}")];
        Assert.Equal("name 0", marginal.Model.Named(names).ComponentName(0));
    }

    [Fact]
    public void Names_that_edits_make_are_no_names_of_others_and_load()
    {
        var data = Data();
        var split = Fit(3).Fit(data).NameComponents("a", "a (1)", "b").SplitComponent(0, data, Token);
        Assert.Equal(["a (2)", "a (3)", "a (1)", "b"], Stored(split).ComponentNames);
        var merged = Fit(4).Fit(data).NameComponents("a", "b", "a + b", "c").MergeComponents([0, 1]);
        Assert.Equal(["a + b (2)", "a + b", "c"], Stored(merged).ComponentNames);

        // Twice as long with every round, were they not cut; in the middle of a character of two.
        var long1 = Fit(2).Fit(data).NameComponents(string.Concat(Enumerable.Repeat("\U0001F40E", 499)), "x");
        for (var round = 0; round < 3; round++)
            long1 = long1.SplitComponent(0, data, Token).MergeComponents([0, 1]);
        Assert.InRange(Stored(long1).ComponentName(0).Length, 100, 210);
        Assert.Equal(long1.Model.ComponentNames, Stored(long1).ComponentNames);

        static NmfModelParameters Stored(NmfTransformer transformer)
            => ModelStream.Load(ModelStream.Save(transformer)).Model;
    }

    [Fact]
    public void Names_that_no_file_can_hold_are_refused_and_odd_ones_stay()
    {
        var fitted = Fit(2).Fit(Data());
        foreach (var bad in new[] { "\uD800", "\uDC00\uD800", "\uFFFD\uD800", new string('x', 1001), " " })
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => fitted.NameComponents("good", bad));
            Assert.Contains("component 1", error.Message, StringComparison.Ordinal);
        }

        string[] odd = ["a\0b\r\n", "\uFFFD \U0001F40E<\">"];
        Assert.Equal(odd, ModelStream.Load(ModelStream.Save(fitted.NameComponents(odd))).Model.ComponentNames);
    }

    [Fact]
    public void A_word_of_two_million_letters_is_saved_and_loaded()
    {
        string[] names = [.. Names[1..], new string('w', 2_000_000)];
        var fitted = Fit(2).Fit(TestRows.View(_context, TestRows.Values(), slotNames: names));
        Assert.Equal(names, ModelStream.Load(ModelStream.Save(fitted)).Model.FeatureNames);
    }

    [Fact]
    public void A_model_without_one_factorisation_is_refused()
    {
        var data = Data();
        var none = _context.Transforms.CopyColumns("Copy", "Features").Fit(data);
        Assert.Contains(
            "0 factorizations", Assert.ThrowsAny<ArgumentException>(
                () => _context.Model.EditFactorization(none, nmf => nmf)).Message, StringComparison.Ordinal);
        var two = Fit(2).Append(_context.Transforms.NonnegativeMatrixFactorization("G", "Features", rank: 2)).Fit(data);
        Assert.Contains(
            "2 factorizations", Assert.ThrowsAny<ArgumentException>(
                () => _context.Model.FindFactorization(two)).Message, StringComparison.Ordinal);
    }

    private IDataView Data() => TestRows.View(_context, TestRows.Values(), slotNames: Names);

    private NmfEstimator Fit(int rank, string input = "Features")
        => _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = input, Rank = rank, Problem = 1,
            Inference = new() { Tolerance = 1e-6, MaximumIterations = 10_000 },
        });

    private static string[] SlotNames(IDataView view)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        view.Schema["H"].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static double Divergence(NmfTransformer transformer, IDataView data)
    {
        var (rows, h) = (TestRows.Column(data, "Features"), TestRows.Column(transformer.Transform(data), "H"));
        double sum = 0;
        for (var n = 0; n < rows.Length; n++)
        {
            for (var f = 0; f < rows[n].Length; f++)
            {
                double y = 0;
                for (var k = 0; k < h[n].Length; k++)
                    y += h[n][k] * transformer.Model.GetComponent(k)[f];
                sum += BetaDivergence.Value(rows[n][f], y, 1.0);
            }
        }

        return sum;
    }
}

/// <summary>Damaged files of edited models.</summary>
public sealed class DamagedEditedModelTests(ITestOutputHelper output) : DamagedModelContract<NmfTransformer>(output)
{
    protected override (NmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var view = TestRows.View(context, TestRows.Values());
        return (context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, maximumIterations: 5)
            .Fit(view).NameComponents("one", "two", "three").ReorderComponents(1, 2, 0), view);
    }

    protected override void Use(NmfTransformer model, IDataView view)
    {
        if (model.InputColumnName == "Features" && model.Model.FeatureCount == 12)
        {
            using var cursor = model.Transform(view).GetRowCursor(view.Schema);
            Assert.True(cursor.MoveNext());
            Assert.NotNull(model.Model.ComponentName(0));
        }
    }
}
