using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>A measure of fit of one row v against y = W h, as multiplicative updates need it: one call per row and
/// iteration. Shared by all threads.</summary>
internal abstract unsafe class RowMeasure<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The exponent of neg/pos in the update.</summary>
    public virtual double Exponent => 1;

    /// <summary>What pos - neg is to be multiplied by to be the derivative.</summary>
    public virtual double Slope => 1;

    /// <summary>Whether the update is <c>h exp(neg/pos)</c>.</summary>
    public virtual bool IsExponential => false;

    /// <summary>Whether the update may raise the objective, so that <see cref="Value"/> decides
    /// whether it is taken.</summary>
    public virtual bool IsGuarded => false;

    /// <summary>The weights of the rows of W in neg, pos and the convex part of the curvature.</summary>
    /// <param name="v">The row.</param>
    /// <param name="y">The model; may be overwritten.</param>
    /// <param name="negative">Receives the weights in neg.</param>
    /// <param name="positive">Receives the weights in pos.</param>
    /// <param name="curvature">Receives those of squared entries of W in the second derivative.</param>
    /// <param name="scratch">Of the thread.</param>
    public abstract void Parts(
        Span<T> v, Span<T> y, Span<T> negative, Span<T> positive, Span<T> curvature, RowSolver<T>.Scratch scratch);

    /// <summary>The objective, for guarded measures.</summary>
    public virtual double Value(Span<T> v, Span<T> y, Span<T> scratch) => 0;
}

/// <summary>α-divergence.</summary>
internal sealed class AlphaRows<T>(double alpha) : RowMeasure<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _alpha = T.CreateChecked(alpha);
    private readonly T _floor = ModelFloor.Of<T>(1);

    public override double Exponent => alpha == 0 ? 1 : 1 / alpha;

    public override double Slope => Exponent;

    public override bool IsExponential => alpha == 0;

    public override void Parts(
        Span<T> v, Span<T> y, Span<T> negative, Span<T> positive, Span<T> curvature, RowSolver<T>.Scratch scratch)
    {
        TensorPrimitives.Max(y, _floor, y);
        TensorPrimitives.Divide<T>(v, y, negative);
        positive.Fill(T.One);
        if (alpha == 0)
        {
            TensorPrimitives.Log<T>(negative, negative);
            TensorPrimitives.Reciprocal<T>(y, curvature);
            return;
        }

        TensorPrimitives.Pow(negative, _alpha, negative);
        TensorPrimitives.Divide<T>(negative, y, curvature);
    }
}

/// <summary>Bregman divergence.</summary>
internal sealed unsafe class BregmanRows<T>(IBregmanGenerator generator) : RowMeasure<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Bregman<T> _bregman = new(generator);
    private readonly T _floor = ModelFloor.Of<T>(0);

    public override bool IsGuarded => true;

    public override void Parts(
        Span<T> v, Span<T> y, Span<T> negative, Span<T> positive, Span<T> curvature, RowSolver<T>.Scratch scratch)
    {
        fixed (T* data = v, model = y, product = positive)
            _bregman.Parts(_floor, data, model, product, v.Length, curvature);
        y.CopyTo(negative);
    }

    public override double Value(Span<T> v, Span<T> y, Span<T> scratch)
    {
        fixed (T* data = v, model = y, room = scratch)
            return _bregman.Value(_floor, data, model, v.Length, room);
    }
}

/// <summary>β-divergence with an outlier term, r being its minimum for the h at hand.</summary>
internal sealed unsafe class RobustRows<TVector, TSimd, T>(double beta, OutlierKernel penalty) : RowMeasure<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _floor = ModelFloor.Of<T>(beta);

    public override void Parts(
        Span<T> v, Span<T> y, Span<T> negative, Span<T> positive, Span<T> curvature, RowSolver<T>.Scratch scratch)
    {
        // The row was divided by 2^e: the divergence shrinks by that to the power of β, the penalty by its first power.
        var lambda = penalty.Lambda * Math.Pow(2, -scratch.Exponent * (beta - 1));
        var step = new OutlierStep<T>(beta, lambda, penalty.OfSamples);
        fixed (T* data = v, model = y, outliers = scratch.NewOutliers())
        {
            var sum = step.Add<TVector, TSimd>(data, model, _floor, v.Length, scratch.OutlierNorm, outliers);
            scratch.OutlierNorm = penalty.OfSamples ? Math.Sqrt(sum) : sum;
            ModelPower<T>.Compute(
                model, (T*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref positive[0]), v.Length, beta - 2);
        }

        TensorPrimitives.Multiply<T>(v, positive, negative);

        // The convex part of the second derivative: (2-β) v y^(β-3) + (β-1) y^(β-2), the last where β ≥ 1.
        TensorPrimitives.Divide<T>(negative, y, curvature);
        TensorPrimitives.Multiply(curvature, T.CreateChecked(2 - beta), curvature);
        if (beta > 1)
            TensorPrimitives.MultiplyAdd(positive, T.CreateChecked(beta - 1), curvature, curvature);
        TensorPrimitives.Multiply<T>(positive, y, positive);
    }
}
