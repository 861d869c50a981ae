using Nmf.Kernels;

namespace Nmf.Tests.Sequences;

/// <summary>Solvers of sequences of nine samples each; where there is another number of samples,
/// of one sequence.</summary>
public abstract class SequenceContract : SolverContract
{
    private const int Length = 9;

    private protected override int Samples => 4 * Length;

    protected override bool AllowsZeros => false;

    protected override bool IsPenalized => true;

    // Whole sequences change places.
    private protected override int[] Permutation(int samples)
        => [.. Enumerable.Range(0, samples).Select(n => (n + (2 * Length)) % samples)];

    private protected static SequenceLayout Layout(int samples)
        => samples % Length == 0
            ? SequenceLayout.FromLengths([.. Enumerable.Repeat(Length, samples / Length)])
            : SequenceLayout.One(samples);
}

public abstract class SmoothContract(SmoothnessDirection direction) : SequenceContract
{
    private protected override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
    {
        var options = new SmoothNmfOptions { Rank = start.Dictionary.Columns, Smoothness = 2, Direction = direction };
        return new SmoothSolver<T>(data, options, Layout(data.Samples), start, team);
    }
}

public sealed class SmoothNmfContract() : SmoothContract(SmoothnessDirection.PreviousAgainstCurrent);

public sealed class ReversedSmoothNmfContract() : SmoothContract(SmoothnessDirection.CurrentAgainstPrevious);

public abstract class DynamicalSystemContract(DynamicalSystemForm form) : SequenceContract
{
    private object? _transitions;

    private protected override double ObjectiveOf(NmfData<double> data, NmfStart<double> factors, WorkTeam team)
        => Solver(data, factors, ((Matrix<double>)_transitions!).Clone(), team).Objective();

    private protected override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
    {
        var rank = start.Dictionary.Columns;
        var transitions = new Matrix<T>(rank, rank);
        for (var k = 0; k < rank; k++)
        {
            transitions.Row(k).Fill(T.CreateChecked(0.125));
            transitions[k, k] = T.CreateChecked(0.625);
        }

        // The solver improves them in place.
        _transitions ??= transitions;
        return Solver(data, start, transitions, team);
    }

    private DynamicalSystemSolver<T> Solver<T>(NmfData<T> data, NmfStart<T> start, Matrix<T> transitions, WorkTeam team)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var options = new DynamicalSystemOptions { Rank = start.Dictionary.Columns, Shape = 3, Form = form };
        var from = new DynamicalSystemStart<T>(start.Dictionary, transitions, start.Activations);
        return new DynamicalSystemSolver<T>(data, options, Layout(data.Samples), from, team);
    }
}

public sealed class ItakuraSaitoDynamicalSystemContract() : DynamicalSystemContract(DynamicalSystemForm.ItakuraSaito);

public sealed class MaximumAPosterioriDynamicalSystemContract()
    : DynamicalSystemContract(DynamicalSystemForm.MaximumAPosteriori);
