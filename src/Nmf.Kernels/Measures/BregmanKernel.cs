using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>The Bregman divergence of a convex function.</summary>
internal sealed record BregmanKernel(IBregmanGenerator Generator) : MeasureKernel
{
    public override bool IsHomogeneous => Generator.UnitPower is not null;

    public override DivergencePass<T> CreateDense<TVector, TSimd, T>(DenseWalk<T> walk)
        => walk.On<TVector, TSimd, BregmanTiles<T, TVector, TSimd>>(new(new(Generator)), floorBeta: 0);

    public override RowAlgorithm<T> CreateRows<TVector, TSimd, T>(
        RowDictionary<T> dictionary, RowSolverOptions options)
        => new MeasureRows<TVector, TSimd, T>(dictionary, options, new BregmanRows<T>(Generator));
}
