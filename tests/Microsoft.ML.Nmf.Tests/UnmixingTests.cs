using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

public class UnmixingTests
{
    private static readonly float[][] Spectra = [
        [0.1f, 0.2f, 0.8f, 0.9f, 0.5f], [0.7f, 0.6f, 0.2f, 0.1f, 0.3f], [0.4f, 0.9f, 0.4f, 0.2f, 0.9f]];

    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(AbundanceConstraint.SumToOne)]
    [InlineData(AbundanceConstraint.SumToAtMostOne)]
    public void Known_endmembers_give_the_abundances_of_mixtures_in_their_order(AbundanceConstraint constraint)
    {
        var abundances = Mixtures(shade: constraint == AbundanceConstraint.SumToAtMostOne);
        var view = TestRows.View(_context, Mix(abundances));
        var model = _context.Transforms.UnmixingNmf(
            "Abundances", "Features", KnownComponents.FromColumns(Spectra), constraint).Fit(view);
        var found = TestRows.Column(model.Transform(view), "Abundances");
        for (var n = 0; n < found.Length; n++)
            Assert.Equal(abundances[n], found[n], (a, b) => Math.Abs(a - b) < 1e-5);
        for (var k = 0; k < Spectra.Length; k++)
            Assert.Equal(Spectra[k], model.Model.GetComponent(k).ToArray());
        Assert.Equal(new AbundanceNmf { Sum = constraint }, model.Model.Problem);
    }

    [Fact]
    public void A_fit_finds_the_pure_pixels_and_transform_gives_what_the_fit_found()
    {
        var view = TestRows.View(_context, Mix(Mixtures(shade: false)));
        var model = _context.Transforms.UnmixingNmf("Abundances", "Features", rank: 3, minimumVolume: 0.05).Fit(view);
        var rows = TestRows.Column(model.Transform(view), "Abundances");
        Assert.All(rows, row => Assert.Equal(1, row.Sum(), 1e-5f));
        foreach (var spectrum in Spectra)
            Assert.Contains(
                Enumerable.Range(0, 3), k => SpectralAngle.Degrees<float>(spectrum, model.Model.GetComponent(k)) < 1);
        Assert.Equal(0.05, Assert.IsType<AbundanceNmf>(model.Model.Problem).Volume!.Weight);
        Assert.Equal(ComponentScale.None, model.Model.Scale);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 0.05)]
    public void Other_measures_of_fit_have_abundances_too_before_and_after_saving(double beta, double volume)
    {
        var view = TestRows.View(_context, Mix(Mixtures(shade: false)));
        var model = _context.Transforms.UnmixingNmf(new NmfEstimator.Options
        {
            OutputColumnName = "Abundances",
            InputColumnName = "Features",
            Rank = 3,
            Problem = new AbundanceNmf(beta) { Volume = volume > 0 ? new VolumePenalty { Weight = volume } : null },
        }).Fit(view);
        var rows = TestRows.Column(model.Transform(view), "Abundances");
        Assert.All(rows, row => Assert.Equal(1, row.Sum(), 1e-5f));
        foreach (var spectrum in Spectra)
            Assert.Contains(
                Enumerable.Range(0, 3), k => SpectralAngle.Degrees<float>(spectrum, model.Model.GetComponent(k)) < 1.5);

        using var file = new MemoryStream();
        _context.Model.Save(model, view.Schema, file);
        file.Position = 0;
        var loaded = _context.Model.Load(file, out _);
        Assert.Equal(rows, TestRows.Column(loaded.Transform(view), "Abundances"));
    }

    [Fact]
    public void The_number_of_endmembers_is_estimated_from_a_column()
    {
        var random = new Random(3);
        var pixels = Enumerable.Range(0, 20).SelectMany(_ => Mix(Mixtures(shade: false)))
            .Select(spectrum => Array.ConvertAll(
                spectrum, value => (float)Math.Max(0, value + (0.002 * (random.NextDouble() - 0.5)))));
        var estimate = _context.Model.EstimateEndmembers(TestRows.View(_context, [.. pixels]), "Features");
        Assert.Equal(3, estimate.Endmembers);
        Assert.Equal(5, estimate.NoiseDeviations.Count);
        Assert.InRange(estimate.SignalToNoiseRatio, 50, 70);
        Refused("more pixels", () => _context.Model.EstimateEndmembers(
            TestRows.View(_context, Mix(Mixtures(shade: false))[..4]), "Features"));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Model.EstimateEndmembers(TestRows.View(_context, Spectra), "Spectra"));
    }

    [Fact]
    public void A_pipeline_of_abundances_and_classifier_is_saved_loaded_and_predicts()
    {
        var abundances = Mixtures(shade: false);
        var pixels = Mix(abundances)
            .Select((spectrum, n) => new Pixel { Features = spectrum, IsFirst = abundances[n][0] > 0.5 }).ToArray();
        var view = _context.Data.LoadFromEnumerable(pixels);
        var pipeline = _context.Transforms.UnmixingNmf("Abundances", "Features", KnownComponents.FromColumns(Spectra))
            .Append(_context.BinaryClassification.Trainers.LbfgsLogisticRegression("IsFirst", "Abundances"));
        var model = pipeline.Fit(view);
        using var file = new MemoryStream();
        _context.Model.Save(model, view.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);

        var output = loaded.Transform(view);
        Assert.Equal(TestRows.Column(model.Transform(view), "Abundances"), TestRows.Column(output, "Abundances"));
        var slotNames = default(VBuffer<ReadOnlyMemory<char>>);
        output.Schema["Abundances"].GetSlotNames(ref slotNames);
        Assert.Equal(
            ["Component0", "Component1", "Component2"], slotNames.DenseValues().Select(name => name.ToString()));
        using var engine = _context.Model.CreatePredictionEngine<Pixel, Answer>(loaded);
        Assert.All(Enumerable.Range(0, 3), k =>
        {
            var answer = engine.Predict(new Pixel { Features = Spectra[k] });
            Assert.Equal(1, answer.Abundances[k], 1e-5f);
            Assert.Equal(k == 0, answer.PredictedLabel);
        });
    }

    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    [InlineData(EndmemberSearch.VertexComponentAnalysis)]
    public void Separable_components_are_rows_of_the_input_and_say_which(EndmemberSearch search)
    {
        var values = Mix(Mixtures(shade: false));
        var view = TestRows.View(_context, values);
        var model = ModelStream.Load(
            ModelStream.Save(_context.Transforms.SeparableNmf("H", "Features", rank: 3, search: search).Fit(view)));
        var rows = model.Model.SelectedRows!;
        Assert.Equal([0, 1, 2], rows.Order());
        var activations = TestRows.Column(model.Transform(view), "H");
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(values[rows[k]], model.Model.GetComponent(k).ToArray());
            Assert.Equal(1, activations[rows[k]][k], 1e-4f);
        }

        var byOptions = _context.Transforms.SeparableNmf(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", ReconstructionColumnName = "Y", Rank = 3,
            SeparableSearch = search, Iterations = new() { MaximumIterations = 0 }, Scale = ComponentScale.None,
            Problem = new AbundanceNmf(),
        }).Fit(view);
        Assert.Equal([0, 1, 2], byOptions.Model.SelectedRows!.Order());
        Assert.All(TestRows.Column(byOptions.Transform(view), "H"), row => Assert.Equal(1, row.Sum(), 1e-5f));

        var failure = Assert.ThrowsAny<ArgumentException>(() => _context.Transforms.SeparableNmf(
            "H", "Features", rank: 6, search: EndmemberSearch.SuccessiveProjection).Fit(view));
        Assert.Contains("3 of the 6", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_of_a_saved_model_is_checked()
    {
        var view = TestRows.View(_context, Mix(Mixtures(shade: false)));
        var bytes = ModelStream.Save(
            _context.Transforms.UnmixingNmf("Abundances", "Features", rank: 3, minimumVolume: 0.05).Fit(view));
        Assert.Equal(0.05, Assert.IsType<AbundanceNmf>(ModelStream.Load(bytes).Model.Problem).Volume!.Weight);
        var at = bytes.AsSpan().IndexOf("abundances"u8) + "abundances".Length;
        foreach (var damage in new byte[] { 0, 77 })
        {
            var copy = (byte[])bytes.Clone();
            copy[at] = damage;
            Assert.IsType<FormatException>(
                Assert.ThrowsAny<Exception>(() => ModelStream.Load(copy)).GetBaseException());
        }
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_with_its_name()
    {
        var view = TestRows.View(_context, Mix(Mixtures(shade: false)));
        var transforms = _context.Transforms;
        Refused("rank is 2", () => transforms.UnmixingNmf(
            Options(options => (options.Rank, options.InitialComponents) = (2, KnownComponents.FromColumns(Spectra)))));
        Refused(
            "must be of type AbundanceNmf here", () => transforms.UnmixingNmf(Options(options => options.Problem = 2)));
        Refused("missing", () => transforms.UnmixingNmf(Options(options => options.MissingValues = MissingValues.NaN)));
        Refused("weight of the volume penalty", () => transforms.UnmixingNmf("A", minimumVolume: -1));
        Refused("not from several", () => transforms.UnmixingNmf(Options(options =>
        {
            (options.InitialComponents, options.SeparableSearch) = (KnownComponents.FromColumns(Spectra),
                EndmemberSearch.SuccessiveProjection);
            options.Iterations = new() { MaximumIterations = 0 };
        })));
        Refused("not improved or scaled", () => transforms.SeparableNmf(
            Options(options => options.SeparableSearch = EndmemberSearch.SuccessiveProjection)));
        Refused("needs a search", () => transforms.SeparableNmf(Options(_ => { })));
        Refused(
            "have 2 values, but column 'Features' has 5 slots",
            () => transforms.UnmixingNmf("A", "Features", KnownComponents.FromColumns([[1f, 1]])).Fit(view));

        static NmfEstimator.Options Options(Action<NmfEstimator.Options> change)
        {
            var options = new NmfEstimator.Options { OutputColumnName = "A", Rank = 3, Problem = new AbundanceNmf() };
            change(options);
            return options;
        }
    }

    private static void Refused(string part, Action action)
        => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static float[][] Mixtures(bool shade)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 60).Select(n =>
        {
            var shares = n < 3
                ? Enumerable.Range(0, 3).Select(k => k == n ? 1.0 : 0).ToArray()
                : [.. Enumerable.Range(0, 3).Select(_ => random.NextDouble())];
            var sum = shares.Sum() / (shade && n >= 3 ? 0.7 : 1);
            return Array.ConvertAll(shares, share => (float)(share / sum));
        })];
    }

    private static float[][] Mix(float[][] abundances)
        => [.. abundances.Select(h => Enumerable.Range(0, 5)
            .Select(f => (float)Enumerable.Range(0, 3).Sum(k => (double)h[k] * Spectra[k][f])).ToArray())];

    private sealed class Pixel
    {
        [VectorType(5)]
        public float[] Features { get; set; } = [];

        public bool IsFirst { get; set; }
    }

    private sealed class Answer
    {
        public float[] Abundances { get; set; } = [];

        public bool PredictedLabel { get; set; }
    }
}
