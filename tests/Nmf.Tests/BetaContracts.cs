namespace Nmf.Tests;

public sealed class EuclideanMultiplicativeContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 2, Solver = NmfSolver.MultiplicativeUpdate };
}

public sealed class HalsContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 2, Solver = NmfSolver.Hals };
}

public sealed class KullbackLeiblerContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 1 };
}

public sealed class ItakuraSaitoContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 0 };
}

public sealed class ItakuraSaitoMajorizationContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 0, Solver = NmfSolver.MajorizationMinimization };
}

public sealed class HalfBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 0.5 };
}

public sealed class ThreeHalvesBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 1.5 };
}

public sealed class OrdinaryBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 1.3 };
}

public sealed class NegativeBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = -1 };
}

public sealed class LargeBetaContract : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Beta = 3 };
}
