using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class ParametersTests
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0, ComponentScale.UnitNorm, true)]
    [InlineData(1.0, ComponentScale.UnitSum, false)]
    [InlineData(0.5, ComponentScale.None, true)]
    public void Everything_about_the_fit_is_there_after_loading(double beta, ComponentScale scale, bool named)
    {
        var view = TestRows.View(
            _context, TestRows.Values(),
            slotNames: named ? [.. Enumerable.Range(0, 12).Select(f => $"späť {f}")] : null);
        var fitted = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features",
            ReconstructionColumnName = "Y", Rank = 3, Problem = beta, Scale = scale, NormalizeOutput = true,
            Inference = new() { Tolerance = 1e-4, MaximumIterations = 321 }, OnnxIterations = 77,
            Iterations = new() { MaximumIterations = 23 },
        }).Fit(view);
        using var stream = new MemoryStream();
        _context.Model.Save(fitted, view.Schema, stream);
        stream.Position = 0;

        var loaded = (NmfTransformer)new MLContext().Model.Load(stream, out _);

        Assert.Equal(
            ("H", "Features", "Y", true, 77), (loaded.OutputColumnName, loaded.InputColumnName,
                loaded.ReconstructionColumnName, loaded.NormalizeOutput, loaded.OnnxIterations));
        Assert.Equivalent(fitted.Model, loaded.Model, strict: true);
        var model = loaded.Model;
        Assert.Equal(
            (3, 12, (double?)beta, scale, 40),
            (model.Rank, model.FeatureCount, model.Problem.BetaOrNull, model.Scale, model.TrainingRows));
        Assert.Equal((1e-4, 321), (model.Inference.Tolerance, model.Inference.MaximumIterations));
        Assert.Equal(named, model.FeatureNames is not null);
        Assert.Equal(model.Iterations, model.ObjectiveHistory[^1].Iteration);
        Assert.InRange(model.ExplainedPart, 0.5, 1);
        Assert.Equal(1, model.Contributions.Sum(), 1e-9);
        for (var k = 0; k < 3; k++)
            Assert.Equal(fitted.Model.GetComponent(k).ToArray(), model.GetComponent(k).ToArray());
        var (before, after) = (fitted.Transform(view), loaded.Transform(view));
        Assert.Equal(TestRows.Column(before, "H"), TestRows.Column(after, "H"));
        Assert.Equal(TestRows.Column(before, "Y"), TestRows.Column(after, "Y"));
    }

    [Fact]
    public void The_numbers_that_stand_for_options_in_saved_models_never_change()
    {
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], new[]
        {
            NmfSolver.Auto, NmfSolver.MultiplicativeUpdate, NmfSolver.MajorizationMinimization, NmfSolver.Hals,
            NmfSolver.ExtrapolatedHals, NmfSolver.ExtrapolatedMultiplicativeUpdate, NmfSolver.ExtrapolatedNewton,
        }.Select(solver => (int)solver));
        Assert.Equal(
            [0, 1, 2],
            new[] { ComponentScale.UnitSum, ComponentScale.UnitNorm, ComponentScale.None }.Select(scale => (int)scale));
        Assert.Equal(
            [0, 1], new[] { StopReason.Converged, StopReason.MaximumIterations }.Select(reason => (int)reason));
    }

    [Fact]
    public void A_file_of_format_1_still_loads()
    {
        // Written by version 0.1.0: TestRows.Values(), rank 3, beta 1, seed 1, normalised, with
        // a reconstruction column.
        var model = (NmfTransformer)_context.Model.Load(
            Path.Combine(AppContext.BaseDirectory, "Models", "format-1.zip"), out var schema);

        var view = TestRows.View(
            _context, TestRows.Values(), slotNames: [.. Enumerable.Range(0, 12).Select(f => $"band {f}")]);
        Assert.Equal(12, ((VectorDataViewType)schema["Features"].Type).Size);
        Assert.Equal(
            ("H", "Features", "Y", true),
            (model.OutputColumnName, model.InputColumnName, model.ReconstructionColumnName, model.NormalizeOutput));
        Assert.Equal(
            (0.8509256502147764, 0.9819325311274407, 200, 41), (model.Model.Objective, model.Model.ExplainedPart,
                model.Model.Iterations, model.Model.ObjectiveHistory.Count));
        Assert.Equal(
            (6, "band 6", 0.21506993f), (model.Model.GetTopFeatures(0, 1)[0].Index,
                model.Model.GetTopFeatures(0, 1)[0].Name, model.Model.GetTopFeatures(0, 1)[0].Weight));
        var first = TestRows.Column(model.Transform(view), "H")[0];
        Assert.Equal(0.30200067f, first[0], 1e-4f);
        Assert.Equal(0f, first[1], 1e-4f);
        Assert.Equal(0.69799936f, first[2], 1e-4f);
    }

    // Written before models had checksums: rows of 0.1 to 8.1 in four features, rank 2, seed 1.
    [Theory]
    [InlineData("format-2.zip", 1.4034292f, 6.7215743f)]
    [InlineData("smooth-1.zip", 2.0034566f, 7.0656023f)]
    [InlineData("dynamical-1.zip", 10.443873f, 0.86947435f)]
    public void Files_without_a_checksum_still_load(string file, float first, float second)
    {
        var model = _context.Model.Load(Path.Combine(AppContext.BaseDirectory, "Models", file), out var schema);
        var random = new Random(4);
        var rows = Enumerable.Range(0, 20).Select(n => Enumerable.Range(0, 4).Select(
            f => 0.1f + MathF.Round(random.NextSingle() * (f % 2 == n % 2 ? 8 : 1), 2)).ToArray()).ToArray();
        Assert.Equal(4, ((VectorDataViewType)schema["Features"].Type).Size);
        var h = TestRows.Column(model.Transform(TestRows.View(_context, rows)), "H")[0];
        Assert.Equal(first, h[0], 1e-3f);
        Assert.Equal(second, h[1], 1e-3f);
    }

    // With the right checksum, 268 million iterations for a row would stop a process.
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    [InlineData(1 << 28)]
    [InlineData(int.MaxValue)]
    public void Inference_without_end_is_refused_by_options_and_files(int iterations)
    {
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3,
            Inference = new() { MaximumIterations = 54_321 }, Iterations = new() { MaximumIterations = 3 },
        };
        var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(
            TestRows.View(_context, TestRows.Values()));
        var bytes = ModelStream.Save(model);
        var at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(54_321));
        BitConverter.GetBytes(iterations).CopyTo(bytes, at);
        ModelStream.WriteChecksum(bytes);
        var error = Assert.ThrowsAny<Exception>(() => ModelStream.Load(bytes)).GetBaseException();
        Assert.Contains("maximum number of inference iterations", Assert.IsType<FormatException>(error).Message);

        options.Inference = new() { MaximumIterations = iterations };
        Assert.Contains("maximum number of inference iterations", Assert.ThrowsAny<ArgumentException>(
            () => _context.Transforms.NonnegativeMatrixFactorization(options)).Message);
    }

    [Fact]
    public void A_saved_model_saves_to_the_same_bytes_again()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var fitted = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3).Fit(view);

        var once = ModelStream.Save(fitted);
        var twice = ModelStream.Save(ModelStream.Load(once));

        Assert.Equal(once, twice);
    }
}
