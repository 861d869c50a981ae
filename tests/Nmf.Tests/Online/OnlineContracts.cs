namespace Nmf.Tests;

public sealed class OnlineLeastSquaresContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank)
        => new() { Rank = rank, Beta = 2, Learning = new() { Update = OnlineUpdate.LeastSquares } };
}

public sealed class OnlineEuclideanContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank)
        => new() { Rank = rank, Beta = 2, Learning = new() { Update = OnlineUpdate.MajorizationMinimization } };
}

public sealed class OnlineKullbackLeiblerContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank) => new() { Rank = rank, Beta = 1 };
}

public sealed class OnlineItakuraSaitoContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank) => new() { Rank = rank, Beta = 0 };
}

public sealed class OnlineHalfBetaContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank) => new() { Rank = rank, Beta = 0.5 };
}

public sealed class OnlineOrdinaryBetaContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank) => new() { Rank = rank, Beta = 1.3 };
}

public sealed class OnlineLargeBetaContract : OnlineContract
{
    protected override OnlineNmfOptions Options(int rank) => new() { Rank = rank, Beta = 3 };
}
