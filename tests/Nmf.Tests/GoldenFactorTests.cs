using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Same start, same number of iterations: objective and factors agree with scikit-learn's multiplicative
/// updates (tests/goldens/make_goldens.py).</summary>
public sealed class GoldenFactorTests
{
    private static readonly Goldens Reference = JsonSerializer.Deserialize<Goldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sklearn-mu.json")), JsonSerializerOptions.Web)!;

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void Double_agrees_with_scikit_learn(double beta) => AssertAgrees<double>(beta, 1e-9);

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    public void Float_agrees_with_scikit_learn(double beta) => AssertAgrees<float>(beta, 1e-4);

    private static void AssertAgrees<T>(double beta, double tolerance)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var golden = Assert.Single(Reference.Cases, c => c.Beta == beta);
        var data = NmfData<T>.FromDense(Convert<T>(Reference.Data), Reference.Samples, Reference.Features);
        var start = NmfStart<T>.FromRowMajor(
            Convert<T>(Reference.StartDictionary), Convert<T>(Reference.StartActivations), Reference.Rank);
        using var team = new WorkTeam(2);
        var options =
            new NmfOptions { Rank = Reference.Rank, Problem = beta, Solver = NmfSolver.MajorizationMinimization };
        var solver = Solver<T>.Create(data, options, start, team);
        for (var i = 0; i < Reference.Iterations; i++)
            solver.Step();

        Assert.Equal(golden.Objective, solver.Objective(), tolerance * golden.Objective);
        // Rebalancing moves powers of two between W and H: compare at scikit-learn's scale.
        for (var k = 0; k < Reference.Rank; k++)
        {
            var scale = Column(golden.Dictionary, k).Sum() / Column(Convert<double>(solver.W.ToRowMajor()), k).Sum();
            AssertColumn(
                Column(golden.Dictionary, k), Column(Convert<double>(solver.W.ToRowMajor()), k), scale, tolerance);
            AssertColumn(
                Column(golden.Activations, k), Column(Convert<double>(solver.H.ToRowMajor()), k), 1 / scale, tolerance);
        }
    }

    private static void AssertColumn(double[] expected, double[] actual, double scale, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max();
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i] * scale, tolerance * largest);
    }

    private static double[] Column(double[] values, int k) => values.Where((_, i) => i % Reference.Rank == k).ToArray();

    private static TTo[] Convert<TTo>(double[] values)
        where TTo : System.Numerics.INumberBase<TTo>
        => Array.ConvertAll(values, TTo.CreateChecked);

    private static TTo[] Convert<TTo>(float[] values)
        where TTo : System.Numerics.INumberBase<TTo>
        => Array.ConvertAll(values, TTo.CreateChecked);

    private static double[] Convert<TTo>(Array values)
        => values is float[] single ? Convert<double>(single) : (double[])values;

    private sealed record Goldens(
        int Samples, int Features, int Rank, int Iterations, double[] Data, double[] StartActivations,
        double[] StartDictionary, GoldenCase[] Cases);

    private sealed record GoldenCase(double Beta, double Objective, double[] Activations, double[] Dictionary);
}
