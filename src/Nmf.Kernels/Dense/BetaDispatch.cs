using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>What is built for one divergence.</summary>
internal interface IDivergenceVisitor<TVector, out TResult>
    where TVector : unmanaged
{
    TResult Visit<TDivergence>(TDivergence divergence)
        where TDivergence : struct, IDivergence<TVector>;
}

/// <summary>The one place that turns β into arithmetic: special code for 2, 3/2, 1, 1/2 and 0, one vector power per
/// entry for the rest.</summary>
internal static class BetaDispatch
{
    public static TResult Dispatch<T, TVector, TSimd, TVisitor, TResult>(double beta, TVisitor visitor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        where TVisitor : struct, IDivergenceVisitor<TVector, TResult>
        => beta switch
        {
            2 => visitor.Visit(default(Euclidean<T, TVector, TSimd>)),
            1.5 => visitor.Visit(default(ThreeHalvesDivergence<T, TVector, TSimd>)),
            1 => visitor.Visit(default(KullbackLeibler<T, TVector, TSimd>)),
            0.5 => visitor.Visit(default(HalfDivergence<T, TVector, TSimd>)),
            0 => visitor.Visit(default(ItakuraSaito<T, TVector, TSimd>)),
            _ => visitor.Visit(new PowerDivergence<T, TVector, TSimd>(beta)),
        };
}
