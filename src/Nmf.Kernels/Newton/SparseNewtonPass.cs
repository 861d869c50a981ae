using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

/// <summary>
/// Newton sweeps for sparse data. The rows of the basis at the non-zeros of a row of V are gathered once per call,
/// transposed, so that a component is contiguous over the non-zeros; several sweeps share the gathering.
/// </summary>
internal sealed unsafe class SparseNewtonPass<TVector, TSimd, T> : NewtonPass<T>, IBlockWork
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SparseData<T> _data;
    private readonly int[] _sampleBlocks;
    private readonly int[] _featureBlocks;
    private readonly WorkTeam _team;
    private readonly PinnedMemory<T>?[] _scratch;
    private readonly PinnedMemory<double> _sums;
    private readonly int _rank;
    private SparseMatrix<T> _rows;
    private int[] _firstRows;
    private Matrix<T>? _factor;
    private Matrix<T>? _basis;
    private int _sweeps;

    public SparseNewtonPass(SparseData<T> data, int rank, WorkTeam team)
        : base(null, data, rank, team)
    {
        (_data, _rank, _team) = (data, rank, team);
        (_sampleBlocks, _featureBlocks) = (SparsePassBlocks.Cut(data.Matrix), SparsePassBlocks.Cut(data.Transposed));
        (_rows, _firstRows) = (data.Matrix, _sampleBlocks);
        _scratch = new PinnedMemory<T>[team.Threads];
        _sums = new PinnedMemory<double>(rank);
    }

    void IBlockWork.Run(int block, int worker)
    {
        for (var i = _firstRows[block]; i < _firstRows[block + 1]; i++)
        {
            var count = _rows.RowIndices(i).Length;
            var x = _factor!.Data + (i * _factor.Stride);
            if (count == 0)
            {
                new Span<T>(x, _rank).Clear();
                continue;
            }

            var line = 64 / sizeof(T);
            var length = (count + line - 1) / line * line;
            var v = Scratch(worker, (_rank + 2L) * length);
            var y = v + length;
            var columns = y + length;
            Gather(_rows.RowStarts[i], count, length, v, columns);
            new NewtonRow<TVector, TSimd, T>(v, y, columns, length, length, _rank).Sweep(
                x, _sums.Pointer, _sweeps, MaskOf(i, _rows == _data.Matrix));
        }
    }

    private protected override void Sweep(Matrix<T> basis, Matrix<T> factor, int sweeps, bool activations)
    {
        (_rows, _firstRows) = activations ? (_data.Matrix, _sampleBlocks) : (_data.Transposed, _featureBlocks);
        (_basis, _factor, _sweeps) = (basis, factor, sweeps);
        FactorKernels.ColumnSums(basis, new Span<double>(_sums.Pointer, _rank), _team);
        _team.Run(this, _firstRows.Length - 1);
        (_basis, _factor) = (null, null);
    }

    private void Gather(long start, int count, int length, T* v, T* columns)
    {
        var values = _rows.Values + start;
        var indices = _rows.ColumnIndices + start;
        var data = _basis!.Data;
        var stride = _basis.Stride;
        for (var j = 0; j < count; j++)
        {
            v[j] = values[j];
            var row = data + (indices[j] * stride);
            for (var k = 0; k < _rank; k++)
                columns[((nint)k * length) + j] = row[k];
        }

        for (var j = count; j < length; j++)
        {
            v[j] = T.Zero;
            for (var k = 0; k < _rank; k++)
                columns[((nint)k * length) + j] = T.Zero;
        }
    }

    private T* Scratch(int worker, long count)
    {
        // Sized by the longest row that this worker has met, with room to grow, so that it
        // settles after the first sweep.
        if (_scratch[worker] is not { } scratch || scratch.Count < (nint)count)
            _scratch[worker] = scratch = new PinnedMemory<T>((nint)(count + (count / 2)));

        return scratch.Pointer;
    }
}
