using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using MLNmf.Tests.Common;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Exports of chains, and what is not exported.</summary>
public sealed class OnnxChainTests
{
    private readonly MLContext _context = new(seed: 1);

    public static TheoryData<string, string> Refused => new()
    {
        { "penalty", "The ONNX export has no penalties" },
        { "relevance", "The ONNX export has no penalties" },
        { "measure", "a model of the alpha-divergence with alpha = 0.5" },
        { "robust", "a model of RobustNmf" },
        { "abundances", "a model of AbundanceNmf" },
        { "missing", "cannot leave entries out" },
        { "smooth", "depend on the rows around it" },
        { "dynamical", "depend on the rows around it" },
        { "ratings", "no models of ratings" },
        { "sound", "no clips of sound" },
        { "marginal", "no distributions of activations" },
        { "views", "no co-factorization" },
        { "tensor", "no models of tensors" },
    };

    [Theory]
    [InlineData(2.0, 2.0)]
    [InlineData(1.0, 2.0)]
    [InlineData(1.0, 0.5)]
    public void Two_steps_in_one_chain_make_one_graph(double first, double second)
    {
        var values = TestRows.Values(rows: 30, features: 12, rank: 4);
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.NonnegativeMatrixFactorization(Options("H", "Features", 4, first))
            .Append(_context.Transforms.NonnegativeMatrixFactorization(Options("G", "Features", 3, second)))
            .Append(_context.Transforms.NonnegativeMatrixFactorization(Options("F", "H", 2, first))).Fit(view);
        var transformed = model.Transform(view);

        using var session = new InferenceSession(OnnxWriter.Convert(model, view, "H", "G", "F"));
        var input = new DenseTensor<float>(values.SelectMany(row => row).ToArray(), [values.Length, values[0].Length]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", input)]);
        foreach (var name in new[] { "H", "G", "F" })
        {
            var expected = TestRows.Column(transformed, name);
            var actual = results.Single(result => result.Name == name + ".output").AsTensor<float>().ToArray();
            var largest = expected.Max(row => row.Max());
            Assert.All(
                expected.SelectMany(row => row).Zip(actual), pair => Assert.Equal(
                    pair.First, pair.Second, 0.02f * largest));
        }
    }

    [Fact]
    public void The_tolerance_of_negative_values_is_exported()
    {
        var values = TestRows.Values();
        var options = Options("H", "Features", 3, 1);
        options.NegativeTolerance = 1e-3f;
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        var row = values[0].Select((v, f) => f < 3 ? -1e-3f : v).ToArray();
        using var session = new InferenceSession(OnnxWriter.Convert(model, view, "H"));
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(row, [1, row.Length]))]);
        var expected = TestRows.Column(model.Transform(TestRows.View(_context, [row])), "H")[0];
        Assert.All(
            expected.Zip(results[0].AsTensor<float>().ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 0.01f * expected.Max()));
    }

    [Fact]
    public void Inputs_of_doubles_are_exported()
    {
        var values = TestRows.Values();
        var singles = TestRows.View(_context, values);
        var view = _context.Transforms.Conversion.ConvertType("Doubles", "Features", DataKind.Double)
            .Fit(singles).Transform(singles);
        view = _context.Data.Cache(_context.Transforms.SelectColumns("Doubles").Fit(view).Transform(view));
        var model = _context.Transforms.NonnegativeMatrixFactorization(Options("H", "Doubles", 3, 2)).Fit(view);
        using var session = new InferenceSession(OnnxWriter.Convert(model, view, "H"));
        var row = Array.ConvertAll(values[0], v => (double)v);
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor("Doubles", new DenseTensor<double>(row, [1, row.Length]))]);
        var expected = TestRows.Column(model.Transform(view), "H")[0];
        Assert.All(
            expected.Zip(results[0].AsTensor<float>().ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 0.001f * expected.Max()));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_exported_says_why(string kind, string reason)
    {
        var (model, view) = Fit(kind);
        // Saying no when ML.NET asks would leave the step out, and make inputs of its outputs.
        var error = Assert.Throws<NotSupportedException>(() => OnnxWriter.Convert(model, view));
        Assert.Contains("This step cannot be exported to ONNX: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static NmfEstimator.Options Options(string output, string input, int rank, NmfProblem problem) => new()
    {
        OutputColumnName = output, InputColumnName = input, Rank = rank, Problem = problem, Seed = 1,
        Inference = new() { Tolerance = 1e-6, MaximumIterations = 20_000 },
    };

    private (ITransformer Model, IDataView View) Fit(string kind)
    {
        var values = Array.ConvertAll(TestRows.Values(), row => Array.ConvertAll(row, v => v + 0.01f));
        var view = TestRows.View(_context, values);
        switch (kind)
        {
            case "ratings":
                var rows = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(
                    i => new Rating { User = $"u{i % 10}", Item = $"i{i / 10}", Stars = i % 5 }).ToArray());
                var keys = _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
                    .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item")).Fit(rows).Transform(rows);
                return (_context.Regression.Trainers.NonnegativeMatrixFactorization(
                    "Stars", "UserKey", "ItemKey", rank: 2).Fit(keys), keys);
            case "tensor":
                var cells = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 60).Select(
                    i => new Rating { User = $"u{i % 10}", Item = $"i{i / 10}", Stars = i % 5 }).ToArray());
                var modes = _context.Transforms.Conversion.MapValueToKey("UserKey", "User")
                    .Append(_context.Transforms.Conversion.MapValueToKey("ItemKey", "Item"))
                    .Fit(cells).Transform(cells);
                return (_context.Regression.Trainers.TensorNmf("Stars", ["UserKey", "ItemKey"], rank: 2).Fit(modes),
                    modes);
            case "marginal":
                var counts = TestRows.View(
                    _context, Array.ConvertAll(values, row => Array.ConvertAll(row, v => MathF.Ceiling(10 * v))));
                return (_context.Transforms.MarginalLikelihoodNmf("H", "Features", rank: 2).Fit(counts), counts);
            case "views":
                var both = _context.Transforms.CopyColumns("More", "Features").Fit(view).Transform(view);
                return (_context.Transforms.CoNmf("H", ["Features", "More"], rank: 2).Fit(both), both);
            case "sound":
                return (_context.Transforms.AudioNmf(new AudioNmfEstimator.Options
                {
                    OutputColumnName = "H", InputColumnName = "Features", Rank = 2, Stft = new() { FrameLength = 8 },
                }).Fit(view), view);
            case "smooth":
                return (_context.Transforms.SmoothNmf("H", "Features", rank: 2).Fit(view), view);
            case "dynamical":
                return (_context.Transforms.DynamicalSystemNmf("H", "Features", rank: 2).Fit(view), view);
            case "relevance":
                return (_context.Transforms.AutomaticRelevanceNmf(
                    "H", "Features", rank: 4, dispersion: 0.01).Fit(view), view);
        }

        var options = Options("H", "Features", 3, kind switch
        {
            "penalty" => new BetaNmf(2) { Penalties = [new L1Penalty(0.01)] },
            "measure" => new AlphaDivergence(0.5),
            "robust" => new RobustNmf(2, 0.5),
            "abundances" => new AbundanceNmf(2),
            _ => 2,
        });
        if (kind == "missing")
            options.MissingValues = MissingValues.NaN;
        return (_context.Transforms.NonnegativeMatrixFactorization(options).Fit(view), view);
    }

    private sealed class Rating
    {
        public string User { get; set; } = "";

        public string Item { get; set; } = "";

        public float Stars { get; set; }
    }
}
