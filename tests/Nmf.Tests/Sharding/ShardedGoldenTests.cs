using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests.Sharding;

/// <summary>What a program of its own computes shard by shard (tests/goldens/make_sharded_goldens.py).</summary>
public sealed class ShardedGoldenTests
{
    private static readonly Golden Values = JsonSerializer.Deserialize<Golden>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sharded.json")), JsonSerializerOptions.Web)!;

    [Fact]
    public void Multiplicative_updates_in_shards_follow_an_independent_program()
    {
        var data = NmfData<double>.FromDense(Fixture.Values<double>(), Fixture.Samples, Fixture.Features);
        using var team = new WorkTeam(2);
        var solver = Solver<double>.Create(
            data, new NmfOptions
            {
                Rank = Fixture.Rank, Problem = 1, Solver = NmfSolver.MultiplicativeUpdate,
                Shards = NmfShards.OfSizes([3, 3, 2]),
            }, Fixture.Start<double>(), team);
        foreach (var golden in Values.Objectives)
        {
            Assert.Equal(golden, solver.Objective(), 1e-11 * golden);
            solver.Step();
        }

        // The last step was one too many.
        solver = Solver<double>.Create(
            data, new NmfOptions
            {
                Rank = Fixture.Rank, Problem = 1, Solver = NmfSolver.MajorizationMinimization,
                Shards = NmfShards.OfSizes([3, 3, 2]),
            }, Fixture.Start<double>(), team);
        for (var i = 1; i < Values.Objectives.Length; i++)
            solver.Step();
        foreach (var (expected, actual) in Values.W.Zip(solver.W.ToRowMajor()).Concat(
            Values.H.Zip(solver.H.ToRowMajor())))
        {
            Assert.Equal(expected, actual, 1e-11);
        }
    }

    private sealed record Golden(double[] Objectives, double[] W, double[] H);
}
