using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

/// <summary>Every kind of model, saved and used by a process that knows nothing but ML.NET and the file:
/// the same bits.</summary>
public sealed class FreshProcessTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public static TheoryData<string, string, MeasureOfFit> Measures => new()
    {
        { "alpha", "Model", new AlphaDivergence(0.5) },
        { "Bernoulli", "H", new BernoulliLikelihood(1.05, 1.1) },
        { "logistic", "Model", new BregmanDivergence(new LogisticGenerator()) },
        { "own", "H", new BregmanDivergence(new MeasureTests.CubicGenerator()) },
    };

    [Theory]
    [InlineData("H")]
    [InlineData("Imputed")]
    public void Missing_entries(string column)
    {
        var values = Array.ConvertAll(
            TestRows.Values(),
            row => row.Select((v, f) => ((int)(1000 * row[0]) + f) % 5 == 1 ? float.NaN : v).ToArray());
        Assert.Contains(values, row => row.Contains(float.NaN));
        SameBits(
            column, values,
            Options(options => (options.MissingValues, options.ImputedColumnName) = (MissingValues.NaN, "Imputed")));
    }

    [Theory]
    [InlineData("Score")]
    [InlineData("Outliers")]
    public void An_outlier_term(string column)
        => SameBits(
            column,
            [.. TestRows.Values().Select(
                (row, n) => row.Select((v, f) => (n + f) % 9 == 0 ? v + 2 + (0.1f * n) : v).ToArray())],
            Options(options => (options.Problem, options.OutlierScoreColumnName,
                options.OutlierColumnName) = (new RobustNmf(2, 0.2), "Score", "Outliers")));

    [Theory]
    [MemberData(nameof(Measures))]
    public void A_measure_of_fit(string name, string column, MeasureOfFit measure)
    {
        var values = Array.ConvertAll(
            TestRows.Values(), row => Array.ConvertAll(row, v => Math.Min(1, 0.01f + (0.3f * v))));
        var assembly = name == "own" ? typeof(FreshProcessTests).Assembly.Location : null;
        SameBits(column, values, Options(options => options.Problem = measure), assembly);
    }

    [Fact]
    public void Penalties()
        => SameBits("H", TestRows.Values(), Options(options => options.Problem =
            new BetaNmf { Penalties = [new L2Penalty(0.2), new GroupPenalty([[0, 2], [1]], 0.3, 0.1)] }));

    [Fact]
    public void Shares_of_the_largest_component()
    {
        var view = TestRows.View(_context, TestRows.Values());
        SameBits(
            "Share", _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3)
                .Append(_context.Transforms.LargestComponent("Topic", "H", "Share")).Fit(view), view);
    }

    [Fact]
    public void Automatic_relevance()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var model = _context.Transforms.AutomaticRelevanceNmf(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 6,
            Problem = new AutomaticRelevance(BetaDivergence.KullbackLeibler), Seed = 1, Starts = 1,
            Iterations = new() { MaximumIterations = 2000, Tolerance = 1e-6 },
        }).Fit(view);
        Assert.NotNull(model.Model.Relevance);
        SameBits("H", model, view);
    }

    [Fact]
    public void Ratings()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 600).Select(
            i => new RatingRow { User = $"u{i / 20}", Item = $"i{random.Next(25)}", Stars = 1 + random.Next(5) })
            .ToArray();
        RatingRow[] asked = [
            .. rows[..50], new() { User = "nobody", Item = "i1" }, new() { User = "u1", Item = "nothing" }];
        var model = _context.Transforms.Conversion.MapValueToKey("UserKey", nameof(RatingRow.User))
            .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", nameof(RatingRow.Item)))
            .Append(_context.Regression.Trainers.NonnegativeMatrixFactorization(
                nameof(RatingRow.Stars), "UserKey", "ItemKey", rank: 3, seed: 1))
            .Fit(_context.Data.LoadFromEnumerable(rows));
        var scores = SameBits("Score", model, _context.Data.LoadFromEnumerable(asked));
        Assert.Equal(2, scores.Count(score => score == Bits(float.NaN)));
    }

    [Theory]
    [InlineData("Code")]
    [InlineData("Score")]
    public void Clips_of_sound_to_a_classifier(string column)
    {
        var random = new Random(4);
        var view = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 12).Select(i => new Clip
        {
            Samples = [.. Enumerable.Range(0, 400 + random.Next(400)).Select(
                t => (float)(Math.Sin((i % 2 == 0 ? 0.3 : 0.9) * t) + (0.1 * random.NextDouble())))],
            Label = i % 2 == 0 ? "low" : "high",
        }).ToArray());
        var model = _context.Transforms.AudioNmf(new AudioNmfEstimator.Options
            {
                OutputColumnName = "Code", InputColumnName = nameof(Clip.Samples),
            SampleRateColumnName = nameof(Clip.Rate), Rank = 3, Stft = new() { FrameLength = 128 },
            Iterations = new() { MaximumIterations = 20 },
            })
            .Append(_context.Transforms.NormalizeLogMeanVariance("Code"))
            .Append(_context.Transforms.Conversion.MapValueToKey(nameof(Clip.Label)))
            .Append(_context.MulticlassClassification.Trainers.SdcaMaximumEntropy(
                featureColumnName: "Code", maximumNumberOfIterations: 10))
            .Fit(view);
        SameBits(column, model, view);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sequences(bool dynamical)
    {
        var view = TestRows.View(
            _context, Array.ConvertAll(TestRows.Values(), row => Array.ConvertAll(row, v => v + 0.01f)));
        SequenceNmfEstimator.Options options = dynamical
            ? new SequenceNmfEstimator.DynamicalSystemOptions { Shapes = [2, 1, 0] }
            : new SequenceNmfEstimator.SmoothOptions { ComponentSmoothness = [5, 1, 0] };
        (options.OutputColumnName, options.InputColumnName, options.Rank, options.Iterations) = ("H", "Features", 3,
            new() { MaximumIterations = 20 });
        var estimator = options is SequenceNmfEstimator.SmoothOptions smooth
            ? _context.Transforms.SmoothNmf(smooth)
            : _context.Transforms.DynamicalSystemNmf((SequenceNmfEstimator.DynamicalSystemOptions)options);
        SameBits("H", estimator.Fit(view), view);
    }

    public void Dispose() => _folder.Delete(true);

    private static NmfEstimator.Options Options(Action<NmfEstimator.Options> change)
    {
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", ReconstructionColumnName = "Model", Rank = 3,
            Iterations = new() { MaximumIterations = 40 },
        };
        change(options);
        return options;
    }

    private static string Bits(float value) => BitConverter.SingleToUInt32Bits(value).ToString("x8");

    private void SameBits(string column, float[][] values, NmfEstimator.Options options, string? assembly = null)
    {
        var view = TestRows.View(_context, values);
        SameBits(column, _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view), view, assembly);
    }

    private string[] SameBits(string column, ITransformer model, IDataView view, string? assembly = null)
    {
        var (modelPath, dataPath) = (Path.Combine(_folder.FullName, "model.zip"),
            Path.Combine(_folder.FullName, "data.idv"));
        _context.Model.Save(model, view.Schema, modelPath);
        using (var stream = File.Create(dataPath))
            _context.Data.SaveAsBinary(view, stream);
        var output = model.Transform(view);
        string[] expected = output.Schema[column].Type is VectorDataViewType
            ? [.. TestRows.Column(output, column).Select(row => string.Join(' ', row.Select(Bits)))]
            : [.. output.GetColumn<float>(column).Select(Bits)];
        Assert.True(expected.Distinct().Count() > 3, "These values would be the same for any model.");

        string[] arguments = [modelPath, dataPath, column];
        using var process = Process.Start(
            Probe.Start("Microsoft.ML.Nmf.LoadProbe", assembly is null ? arguments : [.. arguments, assembly]))!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n').Select(line => line.Trim()).ToArray();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        Assert.Equal(expected, lines.Take(expected.Length));
        return expected;
    }

    private sealed class Clip
    {
        public float[] Samples { get; set; } = [];

        public float Rate { get; set; } = 8000;

        public string Label { get; set; } = "";
    }

    private sealed class RatingRow
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public float Stars { get; set; }
    }
}
