using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

/// <summary>
/// One row of a Kullback-Leibler problem, min over x ≥ 0 of Σ_k s_k x_k - Σ_j v_j log y_j with y = Σ_k x_k c_k: values,
/// model and columns of the basis contiguous over j. Surplus entries at the end hold v = 0 and c = 0.
/// </summary>
internal readonly unsafe struct NewtonRow<TVector, TSimd, T>(
    T* v, T* y, T* columns, nint columnStride, int length, int rank)
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Steps with a smaller Newton decrement decrease a self-concordant function undamped.
    private const double SafeDecrement = 0.6838;

    private static T Floor => T.CreateTruncating(1e-16);

    /// <summary>Sweeps over all components.</summary>
    /// <param name="x">The row of the factor, updated in place.</param>
    /// <param name="sums">s, the sums of the whole columns of the basis.</param>
    /// <param name="sweeps">Number of sweeps.</param>
    /// <param name="mask">Zero where an entry that is zero stays, or null.</param>
    public void Sweep(T* x, double* sums, int sweeps, T* mask)
    {
        var concordance = Concordance();
        ComputeModel(x);
        var pending = T.Zero;
        var moved = columns;
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            for (var k = 0; k < rank; k++)
            {
                var column = columns + (k * columnStride);
                var (first, second) = Derivatives(column, moved, pending);
                var next = mask != null && mask[k] == T.Zero ? x[k]
                    : Next(x[k], sums[k], first, second, concordance);
                pending = next - x[k];
                moved = column;
                x[k] = next;
            }
        }
    }

    /// <summary>The entry after one damped Newton step.</summary>
    /// <param name="entry">Entry before.</param>
    /// <param name="sum">Sum of the column of the basis.</param>
    /// <param name="first">Σ c v / y.</param>
    /// <param name="second">Σ c² v / y², the second derivative.</param>
    /// <param name="concordance">Self-concordance constant of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Next(T entry, double sum, T first, T second, double concordance)
    {
        // Without curvature the column does not meet the non-zeros: the entry only adds mass.
        if (!(second > T.Zero))
            return T.Zero;
        var (x, curvature) = (double.CreateTruncating(entry), double.CreateTruncating(second));
        var gradient = sum - double.CreateTruncating(first);
        var step = Math.Max(-x, -gradient / curvature);
        if (gradient > 0)
        {
            var decrement = concordance * Math.Sqrt(curvature) * -step;
            if (decrement > SafeDecrement)
                step /= 1 + decrement;
        }

        return T.Max(T.Zero, entry + T.CreateTruncating(step));
    }

    /// <summary>Brings one vector of the model up to date with the step before, then adds c v / y
    /// and c² v / y².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Accumulate(
        TVector column, TVector moved, TVector step, T* v, T* y, ref TVector first, ref TVector second)
    {
        var model = TSimd.Max(TSimd.Broadcast(Floor), TSimd.MultiplyAdd(step, moved, TSimd.Load(y)));
        TSimd.Store(y, model);
        var t = TSimd.Multiply(column, TSimd.Reciprocal(model));
        var u = TSimd.Multiply(t, TSimd.Load(v));
        first = TSimd.Add(first, u);
        second = TSimd.MultiplyAdd(t, u, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (T First, T Second) Derivatives(T* column, T* moved, T pending)
    {
        TVector first = TSimd.Zero, second = TSimd.Zero;
        var step = TSimd.Broadcast(pending);
        for (var j = 0; j < length; j += TSimd.Count)
            Accumulate(TSimd.Load(column + j), TSimd.Load(moved + j), step, v + j, y + j, ref first, ref second);
        return (TSimd.Sum(first), TSimd.Sum(second));
    }

    /// <summary>y = Σ x_k c_k, summed afresh so that the rounding of single steps does not pile up; clipped
    /// where it is used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ComputeModel(T* x)
    {
        new Span<T>(y, length).Clear();
        var k = 0;
        for (; k + 3 < rank; k += 4)
        {
            var (x0, x1, x2, x3) = (TSimd.Broadcast(x[k]), TSimd.Broadcast(x[k + 1]), TSimd.Broadcast(x[k + 2]),
                TSimd.Broadcast(x[k + 3]));
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
    }

    /// <summary>One over the root of the smallest positive value: the self-concordance constant of Σ v log y.</summary>
    public double Concordance()
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
