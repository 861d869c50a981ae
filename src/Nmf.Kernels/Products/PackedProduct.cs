using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Products;

/// <summary>
/// <see cref="MatrixProduct{T}"/> by <see cref="MicroKernel{T, TVector, TSimd}"/>: B is packed into panels as wide as
/// a register block, which all threads share; of A every block of rows is copied by whoever computes it, row after row,
/// and read against one panel after the other.
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
        team.Run(this, Panels);
        _packs = false;
        team.Run(this, (a.Rows + BlockRows - 1) / BlockRows);
        (_a, _b, _c) = (default, default, default);
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
            PackRows(first, rows, padded, from, depth, left);
            for (nint panel = 0; panel < _b.Columns; panel += PanelWidth)
            {
                MicroKernel<T, TVector, TSimd>.Multiply(
                    left, depth, 1, _panels.Pointer + (panel * _b.Rows) + (from * PanelWidth), PanelWidth, depth, tile,
                    PanelWidth, padded, MicroKernel<T, TVector, TSimd>.PanelVectors, false);
                var columns = (int)nint.Min(PanelWidth, _b.Columns - panel);
                for (var i = 0; i < rows; i++)
                {
                    var target = new Span<T>(_c.Data + ((first + i) * _c.RowStride) + panel, columns);
                    var values = new ReadOnlySpan<T>(tile + (i * PanelWidth), columns);
                    if (from > 0 || _accumulate)
                        TensorPrimitives.Add(target, values, target);
                    else
                        values.CopyTo(target);
                }
            }
        }
    }

    // Row by row, times the scale.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PackRows(int first, int rows, int padded, nint from, nint depth, T* left)
    {
        var (rowStride, columnStride) = (_a.RowStride, _a.ColumnStride);
        var source = _a.Data + (first * rowStride) + (from * columnStride);
        if (columnStride == 1)
        {
            for (var i = 0; i < rows; i++)
                TensorPrimitives.Multiply(
                    new ReadOnlySpan<T>(source + (i * rowStride), (int)depth), _scale,
                    new Span<T>(left + (i * depth), (int)depth));
        }
        else
        {
            for (nint d = 0; d < depth; d++)
            {
                for (var i = 0; i < rows; i++)
                    left[(i * depth) + d] = _scale * source[(i * rowStride) + (d * columnStride)];
            }
        }

        for (var i = rows; i < padded; i++)
            new Span<T>(left + (i * depth), (int)depth).Clear();
    }
}
