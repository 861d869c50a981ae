using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>The passes of one iteration on sparse single-precision counts, and the steps of the size
/// of the factors.</summary>
[Config(typeof(KernelConfig))]
public class SparsePassBenchmarks : IDisposable
{
    private WorkTeam _team = null!;
    private DivergencePass<float> _pass = null!;
    private SparseMatrix<float> _data = null!;
    private SparseMatrix<float> _transposed = null!;
    private Matrix<float> _w = null!;
    private Matrix<float> _h = null!;
    private Matrix<float> _negativeW = null!;
    private Matrix<float> _positiveW = null!;
    private Matrix<float> _negativeH = null!;
    private Matrix<float> _positiveH = null!;

    public static IEnumerable<SparseShape> Shapes
        => [new(30_991, 15_276, 4_500_000, 20), new(30_991, 15_276, 4_500_000, 200)];

    [ParamsSource(nameof(Shapes))]
    public SparseShape Shape { get; set; } = null!;

    [Params(1.0, 2.0)]
    public double Beta { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _team = new WorkTeam(Threads);
        _data = ZipfCounts.Generate(Shape.Samples, Shape.Features, Shape.NonZeros, seed: 1);
        _transposed = _data.Transpose(_team);
        _w = RandomFactor.Create(Shape.Features, Shape.Rank, seed: 2);
        _h = RandomFactor.Create(Shape.Samples, Shape.Rank, seed: 3);
        _negativeW = new Matrix<float>(Shape.Features, Shape.Rank);
        _positiveW = new Matrix<float>(Shape.Features, Shape.Rank);
        _negativeH = new Matrix<float>(Shape.Samples, Shape.Rank);
        _positiveH = new Matrix<float>(Shape.Samples, Shape.Rank);
        _pass = DivergencePass<float>.Create(_data, _transposed, Shape.Rank, Beta, _team);
    }

    [Benchmark(Baseline = true)]
    public void Gradients()
    {
        _pass.ActivationGradient(_w, _h, _negativeH, _positiveH, withObjective: false);
        _pass.DictionaryGradient(_w, _h, _negativeW, _positiveW);
    }

    [Benchmark]
    public double GradientsWithObjective()
    {
        var objective = _pass.ActivationGradient(_w, _h, _negativeH, _positiveH, withObjective: true);
        _pass.DictionaryGradient(_w, _h, _negativeW, _positiveW);
        return objective;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Shape of a sparse problem.</summary>
public sealed record SparseShape(int Samples, int Features, long NonZeros, int Rank) : INominalWork
{
    public override string ToString() => $"{Samples} x {Features}, {NonZeros / 1e6:F1} M, K = {Rank}";

    // Two scalar products or sums of length K for every non-zero and side; for β = 2 one, and the Gram matrices.
    double INominalWork.NominalFlops(BenchmarkCase benchmarkCase)
        => (double)benchmarkCase.Parameters[nameof(SparsePassBenchmarks.Beta)] == 2
            ? (4.0 * NonZeros * Rank) + (4.0 * (Samples + Features) * Rank * Rank)
            : 8.0 * NonZeros * Rank;
}
