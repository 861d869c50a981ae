using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>One multiplicative iteration on dense single-precision data: both gradients and both updates.</summary>
[Config(typeof(KernelConfig))]
public class DensePassBenchmarks : IDisposable
{
    private WorkTeam _team = null!;
    private DivergencePass<float> _pass = null!;
    private Matrix<float> _data = null!;
    private Matrix<float> _w = null!;
    private Matrix<float> _h = null!;
    private Matrix<float> _negativeW = null!;
    private Matrix<float> _positiveW = null!;
    private Matrix<float> _negativeH = null!;
    private Matrix<float> _positiveH = null!;

    public static IEnumerable<DenseShape> Shapes =>
        [new(2429, 361, 49), new(3000, 513, 8), new(3000, 513, 20), new(10_000, 2_000, 50), new(1_984, 1_920, 200)];

    [ParamsSource(nameof(Shapes))]
    public DenseShape Shape { get; set; } = null!;

    [Params(2.0, 1.0, 0.0)]
    public double Beta { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _team = new WorkTeam(Threads);
        _w = Positive(Shape.Features, Shape.Rank, random);
        _h = Positive(Shape.Samples, Shape.Rank, random);
        _data = Positive(Shape.Samples, Shape.Features, random);
        _negativeW = new Matrix<float>(Shape.Features, Shape.Rank);
        _positiveW = new Matrix<float>(Shape.Features, Shape.Rank);
        _negativeH = new Matrix<float>(Shape.Samples, Shape.Rank);
        _positiveH = new Matrix<float>(Shape.Samples, Shape.Rank);
        _pass = DivergencePass<float>.Create(_data, Shape.Rank, Beta, _team);
    }

    [Benchmark(Baseline = true)]
    public void Alternating()
    {
        _pass.ActivationGradient(_w, _h, _negativeH, _positiveH, withObjective: false);
        FactorKernels.MultiplicativeUpdate(_h, _negativeH, _positiveH, 1, _team);
        _pass.DictionaryGradient(_w, _h, _negativeW, _positiveW);
        FactorKernels.MultiplicativeUpdate(_w, _negativeW, _positiveW, 1, _team);
    }

    [Benchmark]
    public void Joint()
    {
        _pass.JointGradient(_w, _h, _negativeH, _positiveH, _negativeW, _positiveW, withObjective: false);
        FactorKernels.MultiplicativeUpdate(_h, _negativeH, _positiveH, 1, _team);
        FactorKernels.MultiplicativeUpdate(_w, _negativeW, _positiveW, 1, _team);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }

    private static Matrix<float> Positive(int rows, int columns, Random random)
    {
        var matrix = new Matrix<float>(rows, columns);
        for (var i = 0; i < rows; i++)
            foreach (ref var x in matrix.Row(i))
                x = 0.1f + random.NextSingle();
        return matrix;
    }
}

/// <summary>Shape of a dense problem.</summary>
public sealed record DenseShape(int Samples, int Features, int Rank) : INominalWork
{
    public override string ToString() => $"{Samples} x {Features}, K = {Rank}";

    // Products of 2 F N K operations: β = 2 needs one for each side and the Gram matrices, β = 1 two, others three. The
    // joint update shares the model between the sides.
    double INominalWork.NominalFlops(BenchmarkCase benchmarkCase)
    {
        var beta = (double)benchmarkCase.Parameters[nameof(DensePassBenchmarks.Beta)];
        var shared = benchmarkCase.Descriptor.WorkloadMethod.Name == nameof(DensePassBenchmarks.Joint) && beta != 2;
        var products = (beta == 2 ? 2 : beta == 1 ? 4 : 6) - (shared ? 1 : 0);
        var gram = beta == 2 ? 4.0 * (Features + Samples) * Rank * Rank : 0;
        return (2.0 * products * Features * Samples * Rank) + gram;
    }
}
