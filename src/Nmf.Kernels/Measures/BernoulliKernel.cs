using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// The Bernoulli likelihood with a Beta(a, b) prior of the activations. It has two passes: its own is that of the ones,
/// β = 1 over V; that of the zeros belongs to <see cref="ComplementKernel"/>.
/// </summary>
internal sealed record BernoulliKernel(double A = 1, double B = 1) : MeasureKernel
{
    public override DivergencePass<T> CreateDense<TVector, TSimd, T>(DenseWalk<T> walk)
        => walk.With<TVector, TSimd, KullbackLeibler<T, TVector, TSimd>>(default);

    public override RowAlgorithm<T> CreateRows<TVector, TSimd, T>(
        RowDictionary<T> dictionary, RowSolverOptions options)
        => new BernoulliRows<TVector, TSimd, T>(dictionary, this, options);
}

/// <summary>The zeros of binary data: β = 1 for 1 - V in the place of V, without making it.</summary>
internal sealed record ComplementKernel : MeasureKernel
{
    public override DivergencePass<T> CreateDense<TVector, TSimd, T>(DenseWalk<T> walk)
        => walk.With<TVector, TSimd, ComplementKullbackLeibler<T, TVector, TSimd>>(default);

    public override RowAlgorithm<T> CreateRows<TVector, TSimd, T>(
        RowDictionary<T> dictionary, RowSolverOptions options)
        => throw new NotSupportedException("The zeros of binary data are half of a likelihood: no row has them alone.");
}
