namespace Nmf.Tests;

public sealed class EuclideanMultiplicativeContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 2, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class HalsContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = 2, Solver = NmfSolver.Hals };
}

public sealed class KullbackLeiblerContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class ItakuraSaitoContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class ItakuraSaitoMajorizationContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0, Solver = NmfSolver.MajorizationMinimization };
}

public sealed class HalfBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0.5, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class ThreeHalvesBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1.5, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class OrdinaryBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1.3, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class NegativeBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = -1, Solver = NmfSolver.MajorizationMinimization };
}

public sealed class LargeBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 3, Solver = NmfSolver.MajorizationMinimization };
}

public sealed class ExtrapolatedHalsContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 2, Solver = NmfSolver.ExtrapolatedHals };

    protected override bool PathDependsOnStoredEntries => true;
}

public sealed class ExtrapolatedEuclideanContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 2, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate };
}

public sealed class ExtrapolatedKullbackLeiblerContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate };
}

public sealed class ExtrapolatedItakuraSaitoContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate };
}

public sealed class ExtrapolatedOrdinaryBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0.7, Solver = NmfSolver.ExtrapolatedMultiplicativeUpdate };
}

public sealed class ExtrapolatedNewtonContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1, Solver = NmfSolver.ExtrapolatedNewton };

    protected override bool PathDependsOnStoredEntries => true;
}

public sealed class SharedNewtonContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1, Solver = NmfSolver.SharedNewton };
}

public sealed class EuclideanJointContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 2, Solver = NmfSolver.JointMajorizationMinimization };
}

public sealed class ThreeHalvesJointContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1.5, Solver = NmfSolver.JointMajorizationMinimization };
}

public sealed class KullbackLeiblerJointContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 1, Solver = NmfSolver.JointMajorizationMinimization };
}

public sealed class HalfBetaJointContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0.5, Solver = NmfSolver.JointMajorizationMinimization };
}

public sealed class ItakuraSaitoJointContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 0, Solver = NmfSolver.JointMajorizationMinimization };
}

public sealed class LargeBetaJointContract : ModelContract
{
    protected override NmfOptions Options(int rank)
        => new() { Rank = rank, Problem = 3, Solver = NmfSolver.JointMajorizationMinimization };
}
