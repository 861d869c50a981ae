using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>One multiplicative iteration, both factors updated in place, on observed entries alone: its time should
/// follow their number.</summary>
[Config(typeof(KernelConfig))]
public class RatingPassBenchmarks : IDisposable
{
    private static readonly long[] Entries = [250_000, 500_000, 1_000_000, 2_000_000];
    private static readonly int[] Ranks = [10, 50];

    private WorkTeam _team = null!;
    private DivergencePass<float> _pass = null!;
    private SparseMatrix<float> _data = null!;
    private SparseMatrix<float> _transposed = null!;
    private Matrix<float> _w = null!;
    private Matrix<float> _h = null!;

    public static IEnumerable<RatingShape> Shapes
        => from entries in Entries from rank in Ranks select new RatingShape(10_000, 4_000, entries, rank);

    [ParamsSource(nameof(Shapes))]
    public RatingShape Shape { get; set; } = null!;

    [Params(2.0, 1.0)]
    public double Beta { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _team = new WorkTeam(Threads);
        _data = ZipfCounts.Generate(Shape.Users, Shape.Items, Shape.Entries, seed: 1);
        _transposed = _data.Transpose(_team);
        (_w, _h) = (RandomFactor.Create(Shape.Items, Shape.Rank, seed: 2),
            RandomFactor.Create(Shape.Users, Shape.Rank, seed: 3));
        _pass = DivergencePass<float>.CreateObserved(_data, _transposed, null, null, 0, Shape.Rank, Beta, _team);
    }

    [Benchmark]
    public void Step()
    {
        _pass.UpdateActivations(_w, _h, 1);
        _pass.UpdateDictionary(_w, _h, 1);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Shape of a table of ratings.</summary>
public sealed record RatingShape(int Users, int Items, long Entries, int Rank) : INominalWork
{
    public override string ToString() => $"{Users} x {Items}, {Entries / 1e6:F2} M, K = {Rank}";

    // For every entry and side a scalar product and two sums of length K.
    double INominalWork.NominalFlops(BenchmarkCase benchmarkCase) => 12.0 * Entries * Rank;
}
