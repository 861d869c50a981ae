using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

/// <summary>The way that users go: ML.NET's own converter, a pipeline of more than one step, and the file scored by
/// OnnxRuntime and by ML.NET.</summary>
public sealed class OnnxConverterTests
{
    private const int Rank = 4;

    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0, 2e-5)]
    [InlineData(1.0, 2e-4)]
    [InlineData(1.5, 2e-2)]
    public void A_pipeline_is_exported_by_the_converter_and_scored_as_a_block_and_row_by_row(
        double beta, double tolerance)
    {
        var values = TestRows.Values(rows: 80, features: 20, rank: Rank);
        var view = TestRows.View(_context, values);
        var pipeline = _context.Transforms.NormalizeMinMax("Scaled", "Features")
            .Append(_context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Scaled", Rank = Rank, Problem = beta, Seed = 1,
                ReconstructionColumnName = "Y",
                Inference = new() { Tolerance = 1e-6, MaximumIterations = 20_000 },
            }))
            .Append(_context.Transforms.Concatenate("Joined", "H", "Scaled"));
        var model = pipeline.Fit(view);
        var transformed = model.Transform(view);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        try
        {
            using (var file = File.Create(path))
                _context.Model.ConvertToOnnx(model, view, file);

            using var session = new InferenceSession(path);
            var input = new DenseTensor<float>(values.SelectMany(row => row).ToArray(), [values.Length, 20]);
            var ids = new DenseTensor<int>(Enumerable.Range(0, values.Length).ToArray(), [values.Length, 1]);
            using var results = session.Run(
                [NamedOnnxValue.CreateFromTensor("Features", input), NamedOnnxValue.CreateFromTensor("Id", ids)]);
            var applied = _context.Transforms.ApplyOnnxModel(path).Fit(view).Transform(view);
            foreach (var (name, size) in new[] { ("H", Rank), ("Y", 20), ("Joined", Rank + 20) })
            {
                var expected = TestRows.Column(transformed, name);
                var block = results.Single(result => result.Name == name + ".output").AsTensor<float>();
                Assert.Equal([values.Length, size], block.Dimensions.ToArray());
                RequireClose(expected, [.. block.ToArray().Chunk(size)], tolerance);
                RequireClose(expected, TestRows.Column(applied, name), tolerance);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_converter_passes_on_why_a_model_is_not_exported()
    {
        var view = TestRows.View(_context, TestRows.Values(rows: 40, features: 12, rank: 3));
        var model = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = new Nmf.AlphaDivergence(2),
        }).Fit(view);
        var exception = Assert.ThrowsAny<Exception>(
            () => _context.Model.ConvertToOnnx(model, view, new MemoryStream()));
        Assert.Contains("beta-divergences alone", exception.ToString(), StringComparison.Ordinal);
    }

    private static void RequireClose(float[][] expected, float[][] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var n = 0; n < expected.Length; n++)
        {
            var largest = expected[n].Max();
            Assert.All(expected[n].Zip(actual[n]), pair =>
                Assert.InRange(Math.Abs(pair.First - pair.Second), 0, tolerance * largest));
        }
    }
}
