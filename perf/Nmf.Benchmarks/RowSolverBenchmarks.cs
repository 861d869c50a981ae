using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Latency of one row for a fixed dictionary, averaged over a hundred rows of a model with noise.</summary>
[Config(typeof(KernelConfig))]
public class RowSolverBenchmarks
{
    private const int Rows = 100;

    private RowSolver<float> _solver = null!;
    private RowSolver<float>.Scratch _scratch = null!;
    private int[][] _indices = null!;
    private float[][] _values = null!;
    private float[] _h = null!;

    public static IEnumerable<RowShape> Shapes
        => [new(361, 49, 2), new(361, 49, 1), new(5000, 20, 1), new(5000, 100, 1), new(361, 8, 0)];

    [ParamsSource(nameof(Shapes))]
    public RowShape Shape { get; set; } = null!;

    [Params(1e-4, 1e-6)]
    public double Tolerance { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var w = new Matrix<float>(Shape.Features, Shape.Rank);
        for (var f = 0; f < Shape.Features; f++)
        {
            foreach (ref var x in w.Row(f))
                x = random.NextDouble() < 0.6 ? 0.001f : -MathF.Log(1 - random.NextSingle());
        }

        _solver = new RowSolver<float>(w, Shape.Beta, Tolerance, maximumIterations: 10_000);
        _scratch = _solver.CreateScratch();
        _h = new float[Shape.Rank];
        (_indices, _values) = (new int[Rows][], new float[Rows][]);
        for (var n = 0; n < Rows; n++)
        {
            var activations = _h.Select(_ => random.NextDouble() < 0.75 ? 0 : -Math.Log(1 - random.NextDouble()))
                .ToArray();
            activations[n % Shape.Rank] += 0.5;
            var row = Enumerable.Range(0, Shape.Features)
                .Select(f => Shape.Cell(w.Row(f), activations, random)).ToArray();
            _indices[n] = [.. Enumerable.Range(0, Shape.Features).Where(f => row[f] > 0)];
            _values[n] = [.. row.Where(x => x > 0)];
        }
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public int Solve()
    {
        var iterations = 0;
        for (var n = 0; n < Rows; n++)
            iterations += _solver.Solve(_indices[n], _values[n], _h, _scratch);
        return iterations;
    }
}

/// <summary>A dictionary and a kind of row: long vocabularies hold documents of about a hundred terms, short
/// ones full rows.</summary>
public sealed record RowShape(int Features, int Rank, double Beta) : INominalWork
{
    private const double TermsOfDocument = 100;

    public override string ToString() => $"F = {Features}, K = {Rank}, β = {Beta}";

    // The product with the dictionary, once: what no method can do without.
    double INominalWork.NominalFlops(BenchmarkCase benchmarkCase)
        => 2.0 * (Features > 1000 ? TermsOfDocument : Features) * Rank;

    internal float Cell(ReadOnlySpan<float> w, double[] activations, Random random)
    {
        double y = 0;
        for (var k = 0; k < w.Length; k++)
            y += w[k] * activations[k];
        if (Features <= 1000)
            return (float)((y * (0.7 + (0.6 * random.NextDouble()))) + 0.01);
        return random.NextDouble() < TermsOfDocument / Features ? 1 + (float)Math.Floor(y) : 0;
    }
}
