using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Operations of the size of a factor. The nominal work is that of the sweep and of the Gram
/// matrix, 2 rows K².</summary>
[Config(typeof(KernelConfig))]
public class FactorKernelBenchmarks : IDisposable
{
    private WorkTeam _team = null!;
    private Matrix<float> _factor = null!;
    private Matrix<float> _negative = null!;
    private Matrix<float> _positive = null!;
    private Matrix<float> _gram = null!;

    public static IEnumerable<FactorShape> Shapes => [new(30_991, 20), new(30_991, 49), new(30_991, 200)];

    [ParamsSource(nameof(Shapes))]
    public FactorShape Shape { get; set; } = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _team = new WorkTeam(Threads);
        _factor = RandomFactor.Create(Shape.Rows, Shape.Rank, seed: 1);

        // Both parts alike: updates move the factor back and forth by nothing, however often they are repeated.
        _negative = RandomFactor.Create(Shape.Rows, Shape.Rank, seed: 2);
        _positive = _negative.Clone();
        _gram = new Matrix<float>(Shape.Rank, Shape.Rank);
        FactorKernels.Gram(_factor, _gram, _team);
    }

    [Benchmark(Baseline = true)]
    public double HalsSweep() => FactorKernels.HalsSweep(_factor, _negative, _gram, _team);

    [Benchmark]
    public void Gram() => FactorKernels.Gram(_negative, _gram, _team);

    [Benchmark]
    public void MultiplicativeUpdate() => FactorKernels.MultiplicativeUpdate(_factor, _negative, _positive, 1, _team);

    [Benchmark]
    public void MultiplicativeUpdateCubeRoot()
        => FactorKernels.MultiplicativeUpdate(_factor, _negative, _positive, 1 / 3.0, _team);

    [Benchmark]
    public double InnerProduct() => FactorKernels.InnerProduct(_factor, _negative, _team);

    [GlobalCleanup]
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Shape of a factor.</summary>
public sealed record FactorShape(int Rows, int Rank) : INominalWork
{
    public override string ToString() => $"{Rows} x {Rank}";

    double INominalWork.NominalFlops(BenchmarkCase benchmarkCase) => 2.0 * Rows * Rank * Rank;
}
