using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms;
using MLNmf.Tests.Common;

namespace MLNmf.Tests;

public class OnnxTests(ITestOutputHelper output)
{
    private readonly MLContext _context = new(seed: 1);

    [Theory]
    [InlineData(2.0, 2e-5)]
    [InlineData(1.0, 1e-4)]
    [InlineData(1.5, 1e-2)]
    [InlineData(0.5, 1e-2)]
    [InlineData(0.0, 1e-2)]
    [InlineData(3.0, 5e-2)]
    public void The_exported_graph_agrees_with_transform(double beta, double tolerance)
    {
        var values = TestRows.Values(rows: 60, features: 20, rank: 5);
        if (beta > 0)
            Array.Clear(values[7]);

        Compare(values, new NmfEstimator.Options { Rank = 5, Problem = beta }, tolerance);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    public void Normalised_activations_agree_too_and_a_row_of_zeros_stays_zero(double beta)
    {
        var values = TestRows.Values(rows: 60, features: 20, rank: 5, density: 0.6);
        Array.Clear(values[7]);

        var (exported, _) = Compare(
            values, new NmfEstimator.Options { Rank = 5, Problem = beta, NormalizeOutput = true }, 1e-3);

        Assert.All(exported[7], value => Assert.Equal(0f, value));
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    public void A_component_without_weight_stays_silent(double beta)
    {
        var values = Enumerable.Range(1, 30).Select(n => new float[] { n, 2 * n, 0, 3 * n }).ToArray();

        Compare(
            values,
            new NmfEstimator.Options { Rank = 2, Problem = beta, Initialization = Nmf.NmfInitialization.Nndsvd }, 1e-3,
            unique: false);
    }

    [Theory]
    [InlineData(2.0, 10, 2e-5)]
    [InlineData(2.0, 30, 2e-5)]
    [InlineData(1.0, 10, 1e-3)]
    [InlineData(1.0, 30, 1e-2)]
    public void Digits_agree(double beta, int rank, double tolerance)
    {
        var path = SharedData.Find("images", "digits.csv.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var values = new List<float[]>();
        while (values.Count < 300 && reader.ReadLine() is { } line)
        {
            if (char.IsAsciiDigit(line[0]))
                values.Add(
                    [.. line.Split(',').Take(64).Select(field => float.Parse(field, CultureInfo.InvariantCulture))]);
        }

        Compare(
            [.. values],
            new NmfEstimator.Options { Rank = rank, Problem = beta, Iterations = new() { MaximumIterations = 100 } },
            tolerance);
    }

    [Theory]
    [InlineData(2.0, 2e-5)]
    [InlineData(1.0, 1e-3)]
    public void Sparse_counts_agree(double beta, double tolerance)
    {
        var values = TestRows.Values(rows: 80, features: 60, rank: 8, density: 0.5);
        foreach (var row in values)
        {
            for (var f = 0; f < row.Length; f++)
                row[f] = MathF.Round(2 * row[f]);
        }

        Compare(
            [.. values.Where(row => row.Sum() > 0)], new NmfEstimator.Options { Rank = 8, Problem = beta }, tolerance);
    }

    // Components that are nearly the same: the condition of WᵀW is about a thousand, and the activations
    // are not as certain as what they add up to.
    [Theory]
    [InlineData(2.0, 1e-4)]
    [InlineData(1.0, 1e-4)]
    public void Components_much_alike_give_the_same_reconstructions(double beta, double tolerance)
    {
        var values = TestRows.Values(rows: 60, features: 30, rank: 4);
        for (var n = 0; n < values.Length; n++)
            values[n] = Array.ConvertAll(values[n], v => v + 1 + (0.01f * n));

        Compare(values, new NmfEstimator.Options { Rank = 4, Problem = beta }, tolerance, unique: false);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(200, false)]
    public void Too_few_iterations_are_a_warning(int iterations, bool isWarned)
    {
        var messages = new List<string>();
        _context.Log += (_, e) => messages.Add(e.Message);
        var view = TestRows.View(_context, TestRows.Values(rows: 40, features: 20, rank: 4));
        var model = _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 4, Problem = 2, Seed = 1,
            OnnxIterations = iterations,
        }).Fit(view);
        _ = OnnxWriter.Convert(model, view, "H");
        Assert.Equal(isWarned, messages.Exists(
            message => message.Contains("Set OnnxIterations higher", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2.0, 1e6f)]
    [InlineData(2.0, 1e-6f)]
    [InlineData(1.0, 1e6f)]
    [InlineData(1.0, 1e-6f)]
    public void The_unit_of_the_data_does_not_matter(double beta, float unit)
    {
        var values = TestRows.Values(rows: 40, features: 20, rank: 4, density: 0.8);
        foreach (var row in values)
        {
            for (var f = 0; f < row.Length; f++)
                row[f] *= unit;
        }

        Compare(
            [.. values.Where(row => row.Sum() > 0)], new NmfEstimator.Options { Rank = 4, Problem = beta }, 1e-4);
    }

    [Fact]
    public void Dictionaries_too_large_for_Newton_steps_are_exported_without()
    {
        var values = TestRows.Values(rows: 70, features: 1000, rank: 65);

        Compare(
            values, new NmfEstimator.Options
            {
                Rank = 65, Problem = 1, Iterations = new() { MaximumIterations = 5 }, OnnxIterations = 300,
            }, 1e-2, unique: false);
    }

    // The largest difference of an activation, relative to the largest activation of its row.
    private (float[][] Activations, float[][] Reconstructions) Compare(
        float[][] values, NmfEstimator.Options options, double tolerance, bool unique = true)
    {
        (options.OutputColumnName, options.InputColumnName, options.ReconstructionColumnName) = ("H", "Features", "Y");
        (options.Inference, options.Seed) = (new() { Tolerance = 1e-6, MaximumIterations = 20_000 }, 1);
        var view = TestRows.View(_context, values);
        var model = _context.Transforms.NonnegativeMatrixFactorization(options).Fit(view);
        var transformed = model.Transform(view);

        using var session = new InferenceSession(OnnxWriter.Convert(model, view, "H", "Y"));
        var input = new DenseTensor<float>(values.SelectMany(row => row).ToArray(), [values.Length, values[0].Length]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Features", input)]);
        var (h, y) = (Rows(results, "H.output"), Rows(results, "Y.output"));

        var differences = new[] { WorstDifference(TestRows.Column(transformed, "H"), h), WorstDifference(
            TestRows.Column(transformed, "Y"), y) };
        output.WriteLine(
            $"beta {options.Problem.BetaOrNull}, rank {options.Rank}, {options.OnnxIterations} iterations: "
            + $"activations {differences[0]:e1}, reconstructions {differences[1]:e1}");
        Assert.InRange(differences[1], 0, tolerance);
        if (unique)
            Assert.InRange(differences[0], 0, tolerance);
        return (h, y);
    }

    private static float[][] Rows(IEnumerable<DisposableNamedOnnxValue> results, string name)
    {
        var tensor = results.Single(result => result.Name == name).AsTensor<float>();
        return [.. tensor.ToArray().Chunk(tensor.Dimensions[1])];
    }

    private static double WorstDifference(float[][] expected, float[][] actual)
    {
        double worst = 0;
        for (var n = 0; n < expected.Length; n++)
        {
            var largest = Math.Max(expected[n].Max(), float.Epsilon);
            for (var k = 0; k < expected[n].Length; k++)
            {
                var difference = Math.Abs(expected[n][k] - actual[n][k]) / largest;
                worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
            }
        }

        return worst;
    }
}
