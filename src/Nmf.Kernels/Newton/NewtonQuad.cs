using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

/// <summary>
/// Four rows of a dense Kullback-Leibler problem at once. Their sums and Newton steps do not depend on each other, so
/// that the processor works on four instead of waiting for one, and a column of the basis is loaded once for all. Every
/// row gets the bits that <see cref="NewtonRow{TVector, TSimd, T}"/> gives.
/// </summary>
internal readonly unsafe struct NewtonQuad<TVector, TSimd, T>(
    T* v, T* y, nint rowStride, T* columns, nint columnStride, int length, int rank)
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public const int Rows = 4;

    /// <summary>Sweeps over all components.</summary>
    /// <param name="x">The first row of the factor; the four are updated in place.</param>
    /// <param name="stride">Distance between rows of the factor.</param>
    /// <param name="sums">Sums of the whole columns of the basis.</param>
    /// <param name="sweeps">Number of sweeps.</param>
    /// <param name="mask">The first of four rows that are zero where an entry that is zero stays, or null.</param>
    /// <param name="maskStride">Distance between rows of the mask.</param>
    public void Sweep(T* x, nint stride, double* sums, int sweeps, T* mask, nint maskStride)
    {
        var concordance = stackalloc double[Rows];
        var derivatives = stackalloc T[2 * Rows];
        var pending = stackalloc T[Rows];
        for (var r = 0; r < Rows; r++)
            concordance[r] = Row(r).Concordance();
        ComputeModel(x, stride);
        for (var r = 0; r < Rows; r++)
            pending[r] = T.Zero;
        var moved = columns;
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            for (var k = 0; k < rank; k++)
            {
                var column = columns + (k * columnStride);
                Derivatives(column, moved, pending, derivatives);
                for (var r = 0; r < Rows; r++)
                {
                    ref var entry = ref x[(r * stride) + k];
                    var next = mask != null && mask[(r * maskStride) + k] == T.Zero ? entry
                        : NewtonRow<TVector, TSimd, T>.Next(
                        entry, sums[k], derivatives[2 * r], derivatives[(2 * r) + 1], concordance[r]);
                    pending[r] = next - entry;
                    entry = next;
                }

                moved = column;
            }
        }
    }

    private NewtonRow<TVector, TSimd, T> Row(int r)
        => new(v + (r * rowStride), y + (r * rowStride), columns, columnStride, length, rank);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Derivatives(T* column, T* moved, T* pending, T* derivatives)
    {
        TVector first0 = TSimd.Zero, first1 = TSimd.Zero, first2 = TSimd.Zero, first3 = TSimd.Zero;
        TVector second0 = TSimd.Zero, second1 = TSimd.Zero, second2 = TSimd.Zero, second3 = TSimd.Zero;
        var (step0, step1, step2, step3) = (TSimd.Broadcast(pending[0]), TSimd.Broadcast(pending[1]),
            TSimd.Broadcast(pending[2]), TSimd.Broadcast(pending[3]));
        var y0 = y;
        var y1 = y0 + rowStride;
        var y2 = y1 + rowStride;
        var y3 = y2 + rowStride;
        var v0 = v;
        var v1 = v0 + rowStride;
        var v2 = v1 + rowStride;
        var v3 = v2 + rowStride;
        for (var j = 0; j < length; j += TSimd.Count)
        {
            var (c, m) = (TSimd.Load(column + j), TSimd.Load(moved + j));
            NewtonRow<TVector, TSimd, T>.Accumulate(c, m, step0, v0 + j, y0 + j, ref first0, ref second0);
            NewtonRow<TVector, TSimd, T>.Accumulate(c, m, step1, v1 + j, y1 + j, ref first1, ref second1);
            NewtonRow<TVector, TSimd, T>.Accumulate(c, m, step2, v2 + j, y2 + j, ref first2, ref second2);
            NewtonRow<TVector, TSimd, T>.Accumulate(c, m, step3, v3 + j, y3 + j, ref first3, ref second3);
        }

        derivatives[0] = TSimd.Sum(first0);
        derivatives[1] = TSimd.Sum(second0);
        derivatives[2] = TSimd.Sum(first1);
        derivatives[3] = TSimd.Sum(second1);
        derivatives[4] = TSimd.Sum(first2);
        derivatives[5] = TSimd.Sum(second2);
        derivatives[6] = TSimd.Sum(first3);
        derivatives[7] = TSimd.Sum(second3);
    }

    /// <summary>The model of the four rows. Each row sums its components in the order of
    /// <see cref="NewtonRow{TVector, TSimd, T}.ComputeModel"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ComputeModel(T* x, nint stride)
    {
        for (var r = 0; r < Rows; r++)
            new Span<T>(y + (r * rowStride), length).Clear();
        var y0 = y;
        var y1 = y0 + rowStride;
        var y2 = y1 + rowStride;
        var y3 = y2 + rowStride;
        for (var k = 0; k < rank; k += 2)
        {
            // An odd last component is added to a column of any kind with weight zero.
            var a = columns + (k * columnStride);
            var b = k + 1 < rank ? a + columnStride : a;
            var (p0, p1, p2, p3) = (Entry(x, 0, k), Entry(x, stride, k), Entry(x, 2 * stride, k),
                Entry(x, 3 * stride, k));
            var (q0, q1, q2, q3) = (Entry(x, 0, k + 1), Entry(x, stride, k + 1), Entry(x, 2 * stride, k + 1),
                Entry(x, 3 * stride, k + 1));
            for (var j = 0; j < length; j += TSimd.Count)
            {
                var (c, d) = (TSimd.Load(a + j), TSimd.Load(b + j));
                TSimd.Store(y0 + j, TSimd.MultiplyAdd(q0, d, TSimd.MultiplyAdd(p0, c, TSimd.Load(y0 + j))));
                TSimd.Store(y1 + j, TSimd.MultiplyAdd(q1, d, TSimd.MultiplyAdd(p1, c, TSimd.Load(y1 + j))));
                TSimd.Store(y2 + j, TSimd.MultiplyAdd(q2, d, TSimd.MultiplyAdd(p2, c, TSimd.Load(y2 + j))));
                TSimd.Store(y3 + j, TSimd.MultiplyAdd(q3, d, TSimd.MultiplyAdd(p3, c, TSimd.Load(y3 + j))));
            }
        }
    }

    private TVector Entry(T* x, nint offset, int k) => TSimd.Broadcast(k < rank ? x[offset + k] : T.Zero);
}
