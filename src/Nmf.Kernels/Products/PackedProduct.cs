using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Products;

/// <summary>
/// <see cref="MatrixProduct{T}"/> by <see cref="MicroKernel{T, TVector, TSimd}"/>: B is packed into panels as wide as
/// a register block, which all threads share; of A every block of rows is copied by whoever computes it and read
/// against one panel after the other.
/// </summary>
internal sealed unsafe class PackedProduct<T, TVector, TSimd>(WorkTeam team) : MatrixProduct<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    // A panel of so many rows of B stays in the cache next to the core.
    private const int Depth = 256;

    // A multiple of the heights of all register blocks.
    private const int BlockRows = 48;

    private const long SmallProduct = 1 << 18;

    private readonly PinnedMemory<T>[] _left = Memory(team.Threads, BlockRows * Depth);
    private readonly PinnedMemory<T>[] _tiles = Memory(team.Threads, BlockRows * PanelWidth);
    private PinnedMemory<T> _panels = new(0);
    private MatrixPart<T> _a;
    private MatrixPart<T> _b;
    private MatrixPart<T> _c;
    private T _scale;
    private bool _accumulate;
    private bool _packs;

    private static nint PanelWidth => (nint)MicroKernel<T, TVector, TSimd>.PanelVectors * TSimd.Count;

    private int Panels => (int)((_b.Columns + PanelWidth - 1) / PanelWidth);

    void IBlockWork.Run(int block, int worker)
    {
        if (_packs)
            PackPanel(block);
        else
            MultiplyRows(block * BlockRows, worker);
    }

    private protected override void Run(
        MatrixPart<T> a, MatrixPart<T> b, MatrixPart<T> c, T scale, bool accumulate)
    {
        (_a, _b, _c, _scale, _accumulate) = (a, b, c, scale, accumulate);
        var size = Panels * PanelWidth * b.Rows;
        if (_panels.Count < size)
            _panels = new PinnedMemory<T>(size);
        _packs = true;
        Run(Panels);
        _packs = false;
        Run((a.Rows + BlockRows - 1) / BlockRows);
        (_a, _b, _c) = (default, default, default);
    }

    // Waking the others for a small product takes longer than the product.
    private void Run(int blocks)
    {
        if ((long)_a.Rows * _a.Columns * _b.Columns > SmallProduct)
        {
            team.Run(this, blocks);
            return;
        }

        for (var block = 0; block < blocks; block++)
            ((IBlockWork)this).Run(block, 0);
        GC.KeepAlive(this);
    }

    private static PinnedMemory<T>[] Memory(int threads, nint size)
        => [.. Enumerable.Range(0, threads).Select(_ => new PinnedMemory<T>(size))];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackPanel(int panel)
    {
        var first = panel * PanelWidth;
        var columns = nint.Min(PanelWidth, _b.Columns - first);
        var target = _panels.Pointer + (first * _b.Rows);
        var (rowStride, columnStride) = (_b.RowStride, _b.ColumnStride);
        var source = _b.Data + (first * columnStride);
        if (columnStride == 1 && columns == PanelWidth)
        {
            for (nint d = 0; d < _b.Rows; d++, target += PanelWidth, source += rowStride)
            {
                for (nint j = 0; j < PanelWidth; j += TSimd.Count)
                    TSimd.Store(target + j, TSimd.Load(source + j));
            }

            return;
        }

        for (nint d = 0; d < _b.Rows; d++, target += PanelWidth, source += rowStride)
        {
            nint j = 0;
            for (; j < columns; j++)
                target[j] = source[j * columnStride];
            for (; j < PanelWidth; j++)
                target[j] = T.Zero;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MultiplyRows(int first, int worker)
    {
        var rows = Math.Min(BlockRows, _a.Rows - first);
        var padded = (rows + DenseCut.RowQuantum - 1) / DenseCut.RowQuantum * DenseCut.RowQuantum;
        var left = _left[worker].Pointer;
        var tile = _tiles[worker].Pointer;
        for (nint from = 0; from == 0 || from < _a.Columns; from += Depth)
        {
            var depth = nint.Min(Depth, _a.Columns - from);
            var (rowStride, depthStride) = PackRows(first, rows, padded, from, depth, left);
            var adds = from > 0 || _accumulate;
            for (nint panel = 0; panel < _b.Columns; panel += PanelWidth)
            {
                var columns = (int)nint.Min(PanelWidth, _b.Columns - panel);
                var vectors = (columns + TSimd.Count - 1) / TSimd.Count;
                var right = _panels.Pointer + (panel * _b.Rows) + (from * PanelWidth);
                var target = _c.Data + (first * _c.RowStride) + panel;
                if (rows == padded && columns == vectors * TSimd.Count)
                {
                    MicroKernel<T, TVector, TSimd>.Multiply(
                        left, rowStride, depthStride, right, PanelWidth, depth, target, _c.RowStride, rows, vectors,
                        adds);
                    continue;
                }

                MicroKernel<T, TVector, TSimd>.Multiply(
                    left, rowStride, depthStride, right, PanelWidth, depth, tile, PanelWidth, padded, vectors, false);
                for (var i = 0; i < rows; i++)
                {
                    var row = new Span<T>(target + (i * _c.RowStride), columns);
                    var values = new ReadOnlySpan<T>(tile + (i * PanelWidth), columns);
                    if (adds)
                        TensorPrimitives.Add(row, values, row);
                    else
                        values.CopyTo(row);
                }
            }
        }
    }

    // Times the scale, in the order in which they lie: rows one after the other, or those of a transpose side by side.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (nint RowStride, nint DepthStride) PackRows(int first, int rows, int padded, nint from, nint depth, T* left)
    {
        var source = _a.Data + (first * _a.RowStride) + (from * _a.ColumnStride);
        if (_a.ColumnStride == 1)
        {
            for (var i = 0; i < rows; i++)
                Scale(source + (i * _a.RowStride), left + (i * depth), (int)depth);
            for (var i = rows; i < padded; i++)
                new Span<T>(left + (i * depth), (int)depth).Clear();
            return (depth, 1);
        }

        for (nint d = 0; d < depth; d++)
        {
            var target = left + (d * padded);
            Scale(source + (d * _a.ColumnStride), target, rows);
            new Span<T>(target + rows, padded - rows).Clear();
        }

        return (1, padded);
    }

    private void Scale(T* source, T* target, int count)
        => TensorPrimitives.Multiply(new ReadOnlySpan<T>(source, count), _scale, new Span<T>(target, count));
}
