using Nmf.Kernels;

namespace Nmf.Tests;

/// <content>Where a solver comes to rest.</content>
public abstract partial class SolverContract
{
    private const int StepsToRest = 4000;

    /// <summary>The factors that may be changed a little without leaving what the model allows.</summary>
    protected virtual (bool Dictionary, bool Activations) FreeFactors => (true, true);

    /// <summary>How far a slow solver may still be from rest, relative to the objective; a gradient off by a hundredth
    /// of the objective shows at 1e-4.</summary>
    protected virtual double RestTolerance => 3e-6;

    [Fact]
    public void Where_a_solver_rests_no_small_change_of_a_factor_lowers_the_objective()
    {
        var data = Dense<double>(Values, Samples, Features);
        var start = RestStart();
        using var team = new WorkTeam(1);
        var solver = CreateSolver(data, start, team);
        var (previous, current) = (double.PositiveInfinity, solver.Objective());
        for (var i = 0; i < StepsToRest && previous - current > 1e-12 * Math.Abs(current); i += 100)
        {
            for (var j = 0; j < 100; j++)
                solver.Step();
            (previous, current) = (current, solver.Objective());
        }

        // What the solver minimises is what it reports: a wrong gradient rests elsewhere.
        var rest = Objective(data, solver, null, team);
        var random = new Random(18);
        foreach (var factor in new[] { 1.01, 0.99 })
        {
            for (var k = 0; k < Rank; k++)
            {
                foreach (var i in Enumerable.Range(0, 6).Select(_ => random.Next(Features)).Prepend(-1).Where(
                    _ => FreeFactors.Dictionary))
                {
                    AssertNotLower(
                        Objective(data, solver, (true, i, k, factor), team),
                        $"dictionary entry {i}, {k} times {factor}");
                }
                foreach (var i in Enumerable.Range(0, 6).Select(_ => random.Next(Samples)).Prepend(-1).Where(
                    _ => FreeFactors.Activations))
                {
                    AssertNotLower(
                        Objective(data, solver, (false, i, k, factor), team), $"activation {i}, {k} times {factor}");
                }
            }
        }

        void AssertNotLower(double changed, string what)
            => Assert.True(changed >= rest - (RestTolerance * Math.Abs(rest)), $"{what}: {rest:R} -> {changed:R}");
    }

    /// <summary>The objective of factors near those of rest.</summary>
    private protected virtual double ObjectiveOf(NmfData<double> data, NmfStart<double> factors, WorkTeam team)
    {
        var solver = CreateSolver(data, factors, team);
        return solver.Objective();
    }

    /// <summary>Where the solver starts.</summary>
    protected NmfStart<double> RestStart() => Start<double>(Samples, Features, Rank, 17);

    // With one entry multiplied, or a whole component where i is negative.
    private double Objective(
        NmfData<double> data, Solver<double> solver, (bool InDictionary, int I, int K, double Factor)? change,
        WorkTeam team)
    {
        var factors = new NmfStart<double>(solver.W.Clone(), solver.H.Clone());
        if (change is { } c)
        {
            var changed = c.InDictionary ? factors.Dictionary : factors.Activations!;
            for (var i = Math.Max(0, c.I); i < (c.I < 0 ? changed.Rows : c.I + 1); i++)
                changed[i, c.K] *= c.Factor;
        }

        return ObjectiveOf(data, factors, team);
    }
}
