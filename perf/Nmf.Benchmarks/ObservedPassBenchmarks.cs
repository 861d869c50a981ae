using BenchmarkDotNet.Attributes;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// One multiplicative iteration, both factors updated in place, on dense single-precision data: all entries there, half
/// of them NaN, and each with a weight of its own.
/// </summary>
[Config(typeof(KernelConfig))]
public class ObservedPassBenchmarks : IDisposable
{
    private WorkTeam _team = null!;
    private DivergencePass<float> _plain = null!;
    private DivergencePass<float> _missing = null!;
    private DivergencePass<float> _weighted = null!;
    private Matrix<float> _w = null!;
    private Matrix<float> _h = null!;

    public static IEnumerable<DenseShape> Shapes => [new(3000, 500, 10), new(3000, 500, 50), new(1000, 2000, 100)];

    [ParamsSource(nameof(Shapes))]
    public DenseShape Shape { get; set; } = null!;

    [Params(2.0, 1.0)]
    public double Beta { get; set; }

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _team = new WorkTeam(Threads);
        (_w, _h) = (RandomFactor.Create(Shape.Features, Shape.Rank, seed: 1),
            RandomFactor.Create(Shape.Samples, Shape.Rank, seed: 2));
        var data = RandomFactor.Create(Shape.Samples, Shape.Features, seed: 3);
        var weights = RandomFactor.Create(Shape.Samples, Shape.Features, seed: 4);
        var holes = data.Clone();
        var random = new Random(5);
        for (var i = 0; i < holes.Rows; i++)
        {
            foreach (ref var v in holes.Row(i))
                v = random.NextDouble() < 0.5 ? float.NaN : v;
        }

        _plain = DivergencePass<float>.Create(data, Shape.Rank, Beta, _team);
        _missing = DivergencePass<float>.CreateObserved(holes, null, [], 0, Shape.Rank, Beta, _team);
        _weighted = DivergencePass<float>.CreateObserved(data, weights, [], 0, Shape.Rank, Beta, _team);
    }

    [Benchmark(Baseline = true)]
    public void AllEntries() => Step(_plain);

    [Benchmark]
    public void HalfMissing() => Step(_missing);

    [Benchmark]
    public void Weighted() => Step(_weighted);

    [GlobalCleanup]
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Step(DivergencePass<float> pass)
    {
        pass.UpdateActivations(_w, _h, 1);
        pass.UpdateDictionary(_w, _h, 1);
    }
}
