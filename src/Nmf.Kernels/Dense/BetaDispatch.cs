using System.Numerics;

namespace Nmf.Kernels.Dense;

/// <summary>What is built for one divergence.</summary>
internal interface IDivergenceVisitor<T, out TResult>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    TResult Visit<TDivergence>(TDivergence divergence)
        where TDivergence : struct, IDivergence<T>;
}

/// <summary>The one place that turns β into arithmetic: special code for 2, 3/2, 1, 1/2 and 0, one vector power per
/// entry for the rest.</summary>
internal static class BetaDispatch
{
    public static TResult Dispatch<T, TVisitor, TResult>(double beta, TVisitor visitor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVisitor : struct, IDivergenceVisitor<T, TResult>
        => beta switch
        {
            2 => visitor.Visit(default(Euclidean<T>)),
            1.5 => visitor.Visit(default(ThreeHalvesDivergence<T>)),
            1 => visitor.Visit(default(KullbackLeibler<T>)),
            0.5 => visitor.Visit(default(HalfDivergence<T>)),
            0 => visitor.Visit(default(ItakuraSaito<T>)),
            _ => visitor.Visit(new PowerDivergence<T>(beta)),
        };
}
