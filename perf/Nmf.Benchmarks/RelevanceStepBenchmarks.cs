using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>
/// One iteration of automatic relevance determination beside one of plain majorisation-minimisation, one thread, no
/// component removed. The ratio is to stay below 1.3.
/// </summary>
[Config(typeof(KernelConfig))]
public class RelevanceStepBenchmarks : IDisposable
{
    private NmfData<float> _data = null!;
    private WorkTeam _team = null!;
    private NmfStart<float>[] _starts = null!;
    private Solver<float>[] _solvers = null!;

    public static IEnumerable<FitShape> Shapes => [new(2429, 361, 49, 1), new(2429, 361, 49, 2), new(3000, 513, 20, 0)];

    [ParamsSource(nameof(Shapes))]
    public FitShape Shape { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        var values = RandomFactor.Create(Shape.Samples, Shape.Features, seed: 1);
        _data = NmfData<float>.FromMatrix(values.Clone());
        _team = new WorkTeam(1);
        var beta = Shape.Options.Problem.BetaOrNull!.Value;
        NmfProblem[] models =
        [
            Shape.Options.Problem,
            new AutomaticRelevance(beta) { Prior = RelevancePrior.Exponential, Prune = false },
            new AutomaticRelevance(beta) { Prior = RelevancePrior.HalfNormal, Prune = false },
        ];
        _starts = [.. models.Select(_ => new NmfStart<float>(
            RandomFactor.Create(Shape.Features, Shape.Rank, seed: 2),
            RandomFactor.Create(Shape.Samples, Shape.Rank, seed: 3)))];
        _solvers = [.. models.Select(
            (problem, i) => Solver<float>.Create(_data, Shape.Options with { Problem = problem }, _starts[i], _team))];
    }

    [Benchmark(Baseline = true)]
    public void Plain() => _solvers[0].Step();

    [Benchmark]
    public void Exponential() => _solvers[1].Step();

    [Benchmark]
    public void HalfNormal() => _solvers[2].Step();

    [GlobalCleanup]
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Shape of a fit.</summary>
public sealed record FitShape(int Samples, int Features, int Rank, double Beta) : INominalWork
{
    internal NmfOptions Options => new() { Rank = Rank, Problem = Beta, Solver = NmfSolver.MajorizationMinimization };

    public override string ToString() => $"{Samples} x {Features}, K = {Rank}, β = {Beta}";

    // The formulas of PeerComparison, which measures plain iterations.
    double INominalWork.NominalFlops(BenchmarkCase benchmarkCase)
    {
        double cells = (double)Samples * Features;
        return Beta switch
        {
            2 => (4 * cells * Rank) + (4.0 * (Samples + Features) * Rank * Rank),
            1 => 8 * cells * Rank,
            _ => 12 * cells * Rank,
        };
    }
}
