using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// HALS sweeps over blocks of rows. A panel of two vectors' worth of rows is transposed into scratch, so that one
/// component of all of them is two vectors, and all components are updated before the next panel: the panel stays in
/// the first-level cache and the Gram matrix in the second.
/// </summary>
internal sealed unsafe class FactorHals<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int RowsOfBlock = 256;

    private readonly HalsKernel _kernel = SimdWidth.Dispatch<T, Maker, HalsKernel>(default);
    private PinnedMemory<T> _scratch = new(0);
    private nint _scratchOfWorker;
    private double[] _changes = [];
    private Matrix<T>? _factor;
    private Matrix<T>? _product;
    private Matrix<T>? _gram;
    private int _sweeps;

    public double Run(Matrix<T> factor, Matrix<T> product, Matrix<T> gram, int sweeps, WorkTeam team)
    {
        var blocks = (int)((factor.Rows + (RowsOfBlock - 1L)) / RowsOfBlock);
        _scratchOfWorker = 2 * _kernel.PanelRows * (nint)(factor.Columns + 8);
        if (_scratch.Count < team.Threads * _scratchOfWorker)
            _scratch = new(team.Threads * _scratchOfWorker);
        if (_changes.Length < blocks)
            _changes = new double[blocks];
        (_factor, _product, _gram, _sweeps) = (factor, product, gram, sweeps);
        team.Run(this, blocks);
        (_factor, _product, _gram) = (null, null, null);
        double change = 0;
        for (var block = 0; block < blocks; block++)
            change += _changes[block];
        return change;
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (factor, product, gram) = (_factor!, _product!, _gram!);
        var (panel, rank) = (_kernel.PanelRows, factor.Columns);
        var x = _scratch.Pointer + (worker * _scratchOfWorker);
        var p = x + (_scratchOfWorker / 2);
        var to = (int)long.Min(factor.Rows, (block + 1L) * RowsOfBlock);
        double change = 0;
        for (var i = block * RowsOfBlock; i < to; i += panel)
        {
            var count = int.Min(panel, to - i);
            FactorPanel<T>.Load(factor.Data + (i * factor.Stride), factor.Stride, count, rank, x, panel);
            FactorPanel<T>.Load(product.Data + (i * factor.Stride), factor.Stride, count, rank, p, panel);
            double last = 0;
            for (var sweep = 0; sweep < _sweeps; sweep++)
                last = _kernel.Sweep(x, p, gram.Data, gram.Stride, rank);
            change += last;
            FactorPanel<T>.Store(x, panel, factor.Data + (i * factor.Stride), factor.Stride, count, rank);
        }

        _changes[block] = change;
    }

    private abstract class HalsKernel
    {
        public abstract int PanelRows { get; }

        /// <summary>One sweep over a transposed panel.</summary>
        /// <returns>Sum of the squared changes.</returns>
        public abstract double Sweep(T* x, T* product, T* gram, nint stride, int rank);
    }

    private sealed class HalsKernel<TVector, TSimd> : HalsKernel
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        public override int PanelRows => 2 * TSimd.Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override double Sweep(T* x, T* product, T* gram, nint stride, int rank)
        {
            TVector c0 = TSimd.Zero, c1 = TSimd.Zero;
            var k = 0;
            for (; k + 4 <= rank; k += 4)
                SweepFour(x, product, gram, stride, rank, k, ref c0, ref c1);
            for (; k < rank; k++)
            {
                var (r0, r1) = (TSimd.Load(Panel(product, k)), TSimd.Load(Panel(product, k) + TSimd.Count));
                for (var j = 0; j < rank; j++)
                {
                    var g = TSimd.Broadcast(-gram[(k * stride) + j]);
                    r0 = TSimd.MultiplyAdd(g, TSimd.Load(Panel(x, j)), r0);
                    r1 = TSimd.MultiplyAdd(g, TSimd.Load(Panel(x, j) + TSimd.Count), r1);
                }

                Step(Panel(x, k), gram[(k * stride) + k], r0, r1, ref c0, ref c1);
            }

            return double.CreateChecked(TSimd.Sum(c0)) + double.CreateChecked(TSimd.Sum(c1));
        }

        // Four components at a time: their residuals against the current panel are one small matrix product with eight
        // accumulators. A step of one of the four is then passed on to the residuals of the later ones.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void SweepFour(
            T* x, T* product, T* gram, nint stride, int rank, int k, ref TVector c0, ref TVector c1)
        {
            T* g0 = gram + (k * stride), g1 = g0 + stride, g2 = g1 + stride, g3 = g2 + stride;
            TVector a0 = TSimd.Zero, a1 = TSimd.Zero, b0 = TSimd.Zero, b1 = TSimd.Zero;
            TVector d0 = TSimd.Zero, d1 = TSimd.Zero, e0 = TSimd.Zero, e1 = TSimd.Zero;
            var row = x;
            for (var j = 0; j < rank; j++, row += 2 * TSimd.Count)
            {
                var (x0, x1) = (TSimd.Load(row), TSimd.Load(row + TSimd.Count));
                var g = TSimd.Broadcast(g0[j]);
                a0 = TSimd.MultiplyAdd(g, x0, a0);
                a1 = TSimd.MultiplyAdd(g, x1, a1);
                g = TSimd.Broadcast(g1[j]);
                b0 = TSimd.MultiplyAdd(g, x0, b0);
                b1 = TSimd.MultiplyAdd(g, x1, b1);
                g = TSimd.Broadcast(g2[j]);
                d0 = TSimd.MultiplyAdd(g, x0, d0);
                d1 = TSimd.MultiplyAdd(g, x1, d1);
                g = TSimd.Broadcast(g3[j]);
                e0 = TSimd.MultiplyAdd(g, x0, e0);
                e1 = TSimd.MultiplyAdd(g, x1, e1);
            }

            var p = Panel(product, k);
            var n = TSimd.Count;
            var (s0, s1) = Step(
                Panel(x, k), g0[k], TSimd.Subtract(TSimd.Load(p), a0), TSimd.Subtract(TSimd.Load(p + n), a1), ref c0,
                ref c1);
            var c = TSimd.Broadcast(g1[k]);
            b0 = TSimd.MultiplyAdd(c, s0, b0);
            b1 = TSimd.MultiplyAdd(c, s1, b1);
            c = TSimd.Broadcast(g2[k]);
            d0 = TSimd.MultiplyAdd(c, s0, d0);
            d1 = TSimd.MultiplyAdd(c, s1, d1);
            c = TSimd.Broadcast(g3[k]);
            e0 = TSimd.MultiplyAdd(c, s0, e0);
            e1 = TSimd.MultiplyAdd(c, s1, e1);
            (s0, s1) = Step(
                Panel(x, k + 1), g1[k + 1], TSimd.Subtract(TSimd.Load(p + (2 * n)), b0),
                TSimd.Subtract(TSimd.Load(p + (3 * n)), b1), ref c0, ref c1);
            c = TSimd.Broadcast(g2[k + 1]);
            d0 = TSimd.MultiplyAdd(c, s0, d0);
            d1 = TSimd.MultiplyAdd(c, s1, d1);
            c = TSimd.Broadcast(g3[k + 1]);
            e0 = TSimd.MultiplyAdd(c, s0, e0);
            e1 = TSimd.MultiplyAdd(c, s1, e1);
            (s0, s1) = Step(
                Panel(x, k + 2), g2[k + 2], TSimd.Subtract(TSimd.Load(p + (4 * n)), d0),
                TSimd.Subtract(TSimd.Load(p + (5 * n)), d1), ref c0, ref c1);
            c = TSimd.Broadcast(g3[k + 2]);
            e0 = TSimd.MultiplyAdd(c, s0, e0);
            e1 = TSimd.MultiplyAdd(c, s1, e1);
            Step(
                Panel(x, k + 3), g3[k + 3], TSimd.Subtract(TSimd.Load(p + (6 * n)), e0),
                TSimd.Subtract(TSimd.Load(p + (7 * n)), e1), ref c0, ref c1);
        }

        // x ← max(0, x + residual / gram_kk), clipped where the component is dead; returns what was added.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (TVector Step0, TVector Step1) Step(
            T* x, T gram, TVector r0, TVector r1, ref TVector c0, ref TVector c1)
        {
            var inverse = T.One / gram;
            if (!(gram > T.Zero) || !T.IsFinite(inverse))
                inverse = T.Zero;
            var i = TSimd.Broadcast(inverse);
            var (x0, x1) = (TSimd.Load(x), TSimd.Load(x + TSimd.Count));
            var (n0, n1) = (TSimd.Max(TSimd.Zero, TSimd.MultiplyAdd(r0, i, x0)),
                TSimd.Max(TSimd.Zero, TSimd.MultiplyAdd(r1, i, x1)));
            TSimd.Store(x, n0);
            TSimd.Store(x + TSimd.Count, n1);
            var (s0, s1) = (TSimd.Subtract(n0, x0), TSimd.Subtract(n1, x1));
            c0 = TSimd.MultiplyAdd(s0, s0, c0);
            c1 = TSimd.MultiplyAdd(s1, s1, c1);
            return (s0, s1);
        }

        // A call would take the accumulators out of their registers, in the loop before it already.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T* Panel(T* panel, int k) => panel + (k * (2 * TSimd.Count));
    }

    private readonly struct Maker : ISimdVisitor<T, HalsKernel>
    {
        public HalsKernel Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
            => new HalsKernel<TVector, TSimd>();
    }
}
