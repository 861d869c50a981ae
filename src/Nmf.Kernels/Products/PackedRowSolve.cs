using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Products;

/// <summary>
/// <see cref="RowSolve{T}"/> by <see cref="MicroKernel{T, TVector, TSimd}"/>: factors are packed once into panels as
/// wide as a register block, those that are subtracted with their sign changed; a worker takes some rows through all of
/// them in memory of its own.
/// </summary>
internal sealed unsafe class PackedRowSolve<T, TVector, TSimd> : RowSolve<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    // A multiple of the heights of all register blocks.
    private const int BlockRows = 48;

    private readonly WorkTeam _team;
    private readonly int _size;
    private readonly nint _stride;
    private readonly List<Part> _parts = [];
    private readonly PinnedMemory<T> _panels;
    private readonly PinnedMemory<T>[] _rows;
    private readonly PinnedMemory<T>[] _blocks;
    private Matrix<T>? _source;
    private Matrix<T>? _target;

    public PackedRowSolve(WorkTeam team, int size)
    {
        (_team, _size) = (team, size);
        nint end = 0;
        Cut(0, size, ref end);
        _panels = new PinnedMemory<T>(end);

        // Rows of a power of two would all lie in the same few sets of the cache.
        _stride = ((size + PanelWidth - 1) / PanelWidth * PanelWidth) + (64 / sizeof(T));
        _rows = [.. Enumerable.Range(0, team.Threads).Select(_ => new PinnedMemory<T>(BlockRows * _stride))];
        _blocks = [.. Enumerable.Range(0, team.Threads).Select(
            _ => new PinnedMemory<T>(BlockRows * (Block + PanelWidth)))];
    }

    private static nint PanelWidth => (nint)MicroKernel<T, TVector, TSimd>.PanelVectors * TSimd.Count;

    public override void Take(Matrix<T> factors)
    {
        (_source, _target) = (factors, null);
        _team.Run(this, _parts.Count);
        _source = null;
    }

    public override void Solve(Matrix<T> rows)
    {
        _target = rows;
        _team.Run(this, (rows.Rows + BlockRows - 1) / BlockRows);
        _target = null;
    }

    void IBlockWork.Run(int block, int worker)
    {
        if (_target is null)
            Pack(_parts[block]);
        else
            SolveRows(_target, block * BlockRows, worker);
    }

    // Parts in the order in which rows meet them.
    private void Cut(int from, int size, ref nint end)
    {
        if (size <= Block)
        {
            Add(new Part(from, from, size, size, end), ref end);
            return;
        }

        var half = Half(size);
        Add(new Part(from, from + half, half, size - half, end), ref end);
        Cut(from + half, size - half, ref end);
        Add(new Part(from + half, from, size - half, half, end), ref end);
        Cut(from, half, ref end);
    }

    private void Add(Part part, ref nint end)
    {
        _parts.Add(part);
        end += (part.Columns + PanelWidth - 1) / PanelWidth * PanelWidth * part.Rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack(Part part)
    {
        var target = _panels.Pointer + part.Offset;
        for (nint first = 0; first < part.Columns; first += PanelWidth)
        {
            var columns = nint.Min(PanelWidth, part.Columns - first);
            var source = _source!.Data + (part.Row * _source.Stride) + part.Column + first;
            for (var d = 0; d < part.Rows; d++, target += PanelWidth, source += _source.Stride)
            {
                if (columns == PanelWidth)
                {
                    for (nint j = 0; j < PanelWidth; j += TSimd.Count)
                    {
                        var entries = TSimd.Load(source + j);
                        TSimd.Store(target + j, part.IsInverse ? entries : TSimd.Subtract(TSimd.Zero, entries));
                    }

                    continue;
                }

                for (nint j = 0; j < PanelWidth; j++)
                    target[j] = j >= columns ? T.Zero : part.IsInverse ? source[j] : -source[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SolveRows(Matrix<T> matrix, int first, int worker)
    {
        T* x = _rows[worker].Pointer, block = _blocks[worker].Pointer;
        var rows = Math.Min(BlockRows, matrix.Rows - first);
        var padded = (rows + DenseCut.RowQuantum - 1) / DenseCut.RowQuantum * DenseCut.RowQuantum;
        for (var i = 0; i < padded; i++)
        {
            var row = new Span<T>(x + (i * _stride), (int)_stride);
            if (i < rows)
                matrix.Row(first + i).CopyTo(row);
            row[(i < rows ? _size : 0)..].Clear();
        }

        foreach (var part in _parts)
        {
            T* left = x + part.Row, right = _panels.Pointer + part.Offset, target = x + part.Column;
            if (part.IsInverse)
            {
                // What is read may not be written over.
                nint width = part.Rows;
                for (var i = 0; i < padded; i++)
                    new Span<T>(left + (i * _stride), part.Rows).CopyTo(new Span<T>(block + (i * width), part.Rows));
                Multiply(part, block, width, right, target, padded, false);
                continue;
            }

            Multiply(part, left, _stride, right, target, padded, true);
        }

        for (var i = 0; i < rows; i++)
            new Span<T>(x + (i * _stride), _size).CopyTo(matrix.Row(first + i));
    }

    // Vectors reach beyond the columns only where there are no more columns.
    private void Multiply(Part part, T* left, nint leftStride, T* right, T* target, nint rows, bool accumulate)
    {
        for (nint first = 0; first < part.Columns; first += PanelWidth)
        {
            var columns = nint.Min(PanelWidth, part.Columns - first);
            MicroKernel<T, TVector, TSimd>.Multiply(
                left, leftStride, 1, right + (first * part.Rows), PanelWidth, part.Rows, target + first, _stride, rows,
                (columns + TSimd.Count - 1) / TSimd.Count, accumulate);
        }
    }

    /// <summary>A rectangle of the factors.</summary>
    private readonly record struct Part(int Row, int Column, int Rows, int Columns, nint Offset)
    {
        public bool IsInverse => Row == Column;
    }
}
