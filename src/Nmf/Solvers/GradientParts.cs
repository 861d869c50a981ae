using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The negative and the positive part of the gradient with respect to a factor, each of its shape: what the
/// update <c>x ← x ∘ (neg / pos)^γ</c> needs.</summary>
internal sealed class GradientParts<T>(Matrix<T> factor)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Matrix<T> Negative { get; } = new(factor.Rows, factor.Columns);

    public Matrix<T> Positive { get; } = new(factor.Rows, factor.Columns);
}
