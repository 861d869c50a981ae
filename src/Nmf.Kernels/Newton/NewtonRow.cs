using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

/// <summary>
/// One row of a Kullback-Leibler problem, min over x ≥ 0 of Σ_k s_k x_k - Σ_j v_j log y_j with y = Σ_k x_k c_k: values, model and columns of
/// the basis contiguous over j. Surplus entries at the end hold v = 0 and c = 0.
/// </summary>
internal readonly unsafe struct NewtonRow<TVector, TSimd, T>(T* v, T* y, T* columns, nint columnStride, int length, int rank)
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Steps with a smaller Newton decrement decrease a self-concordant function undamped.
    private const double SafeDecrement = 0.6838;

    private static readonly T Floor = T.CreateChecked(1e-16);

    /// <summary>Sweeps over all components.</summary>
    /// <param name="x">The row of the factor, updated in place.</param>
    /// <param name="sums">s, the sums of the whole columns of the basis.</param>
    /// <param name="sweeps">Number of sweeps.</param>
    public void Sweep(T* x, double* sums, int sweeps)
    {
        var concordance = Concordance();
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            ComputeModel(x);
            var pending = T.Zero;
            var moved = columns;
            for (var k = 0; k < rank; k++)
            {
                var column = columns + (k * columnStride);
                var (first, second) = Derivatives(column, moved, pending);
                var step = Step(double.CreateTruncating(x[k]), sums[k] - first, second, concordance);
                var next = T.Max(T.Zero, x[k] + T.CreateTruncating(step));
                pending = next - x[k];
                moved = column;
                x[k] = next;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Step(double x, double gradient, double second, double concordance)
    {
        // Without curvature the column does not meet the non-zeros: the entry only adds mass.
        if (!(second > 0))
            return -x;
        var step = Math.Max(-x, -gradient / second);
        if (gradient > 0)
        {
            var decrement = concordance * Math.Sqrt(second) * -step;
            if (decrement > SafeDecrement)
                step /= 1 + decrement;
        }

        return step;
    }

    // First brings the model up to date with the step before, then sums c v / y and c² v / y².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (double First, double Second) Derivatives(T* column, T* moved, T pending)
    {
        TVector first = TSimd.Zero, second = TSimd.Zero;
        var (step, floor) = (TSimd.Broadcast(pending), TSimd.Broadcast(Floor));
        for (var j = 0; j < length; j += TSimd.Count)
        {
            var model = TSimd.Max(floor, TSimd.MultiplyAdd(step, TSimd.Load(moved + j), TSimd.Load(y + j)));
            TSimd.Store(y + j, model);
            var t = TSimd.Multiply(TSimd.Load(column + j), TSimd.Reciprocal(model));
            var u = TSimd.Multiply(t, TSimd.Load(v + j));
            first = TSimd.Add(first, u);
            second = TSimd.MultiplyAdd(t, u, second);
        }

        return (double.CreateTruncating(TSimd.Sum(first)), double.CreateTruncating(TSimd.Sum(second)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputeModel(T* x)
    {
        new Span<T>(y, length).Clear();
        var k = 0;
        for (; k + 3 < rank; k += 4)
        {
            var (x0, x1, x2, x3) = (TSimd.Broadcast(x[k]), TSimd.Broadcast(x[k + 1]), TSimd.Broadcast(x[k + 2]), TSimd.Broadcast(x[k + 3]));
            var column = columns + (k * columnStride);
            for (var j = 0; j < length; j += TSimd.Count)
            {
                var sum = TSimd.MultiplyAdd(x0, TSimd.Load(column + j), TSimd.Load(y + j));
                sum = TSimd.MultiplyAdd(x1, TSimd.Load(column + columnStride + j), sum);
                sum = TSimd.MultiplyAdd(x2, TSimd.Load(column + (2 * columnStride) + j), sum);
                TSimd.Store(y + j, TSimd.MultiplyAdd(x3, TSimd.Load(column + (3 * columnStride) + j), sum));
            }
        }

        for (; k < rank; k++)
        {
            var x0 = TSimd.Broadcast(x[k]);
            var column = columns + (k * columnStride);
            for (var j = 0; j < length; j += TSimd.Count)
                TSimd.Store(y + j, TSimd.MultiplyAdd(x0, TSimd.Load(column + j), TSimd.Load(y + j)));
        }

        var floor = TSimd.Broadcast(Floor);
        for (var j = 0; j < length; j += TSimd.Count)
            TSimd.Store(y + j, TSimd.Max(floor, TSimd.Load(y + j)));
    }

    // One over the root of the smallest positive value: the self-concordance constant of Σ v log y.
    private double Concordance()
    {
        var smallest = T.PositiveInfinity;
        for (var j = 0; j < length; j++)
        {
            if (v[j] > T.Zero)
                smallest = T.Min(smallest, v[j]);
        }

        return T.IsFinite(smallest) ? 1 / Math.Sqrt(double.CreateTruncating(smallest)) : 0;
    }
}
