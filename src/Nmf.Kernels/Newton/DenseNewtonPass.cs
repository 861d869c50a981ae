using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Newton;

/// <summary>
/// Newton sweeps for dense data. The basis is transposed once per call and shared by all rows; a few rows of V (for the
/// dictionary: columns) are copied to scratch memory at a time, where they are contiguous and padded.
/// </summary>
internal sealed unsafe class DenseNewtonPass<TVector, TSimd, T> : NewtonPass<T>, IBlockWork
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Columns of V that share the cache lines which a gather touches.
    private const int RowsOfBlock = 16;

    private readonly Matrix<T> _data;
    private readonly WorkTeam _team;
    private readonly PinnedMemory<T> _columns;
    private readonly PinnedMemory<T> _scratch;
    private readonly nint _scratchOfWorker;
    private readonly PinnedMemory<double> _sums;
    private readonly int _rank;
    private Matrix<T>? _factor;
    private int _length;
    private int _sweeps;
    private bool _activations;

    public DenseNewtonPass(Matrix<T> data, int rank, WorkTeam team)
        : base(data, null, rank, team)
    {
        (_data, _rank, _team) = (data, rank, team);
        var longest = Padded(Math.Max(data.Rows, data.Columns));
        _columns = new PinnedMemory<T>((nint)rank * longest);
        _scratchOfWorker = (RowsOfBlock + NewtonQuad<TVector, TSimd, T>.Rows) * (nint)longest;
        _scratch = new PinnedMemory<T>(team.Threads * _scratchOfWorker);
        _sums = new PinnedMemory<double>(rank);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var scratch = _scratch.Pointer + (worker * _scratchOfWorker);
        var y = scratch + ((nint)RowsOfBlock * _length);
        var first = block * RowsOfBlock;
        var count = Math.Min(RowsOfBlock, _factor!.Rows - first);
        if (_activations)
            CopyRows(first, count, scratch);
        else
            CopyColumns(first, count, scratch);
        var i = 0;
        for (; i + NewtonQuad<TVector, TSimd, T>.Rows <= count; i += NewtonQuad<TVector, TSimd, T>.Rows)
        {
            new NewtonQuad<TVector, TSimd, T>(
                scratch + ((nint)i * _length), y, _length, _columns.Pointer, _length, _length, _rank)
                .Sweep(
                    _factor.Data + ((first + i) * _factor.Stride), _factor.Stride, _sums.Pointer, _sweeps,
                    MaskOf(first + i, _activations), MaskStride);
        }

        for (; i < count; i++)
        {
            new NewtonRow<TVector, TSimd, T>(
                scratch + ((nint)i * _length), y, _columns.Pointer, _length, _length, _rank)
                .Sweep(
                    _factor.Data + ((first + i) * _factor.Stride), _sums.Pointer, _sweeps,
                    MaskOf(first + i, _activations));
        }
    }

    // Whole cache lines, which are whole vectors of any width.
    private static int Padded(int length) => (length + (64 / sizeof(T)) - 1) / (64 / sizeof(T)) * (64 / sizeof(T));

    private protected override void Sweep(Matrix<T> basis, Matrix<T> factor, int sweeps, bool activations)
    {
        (_factor, _sweeps, _activations, _length) = (factor, sweeps, activations, Padded(basis.Rows));
        FactorKernels.ColumnSums(basis, new Span<double>(_sums.Pointer, _rank), _team);
        TransposeBasis(basis);
        _team.Run(this, (factor.Rows + RowsOfBlock - 1) / RowsOfBlock);
        _factor = null;
    }

    private void TransposeBasis(Matrix<T> basis)
    {
        for (var k = 0; k < _rank; k++)
        {
            var column = _columns.Pointer + ((nint)k * _length);
            for (var j = basis.Rows; j < _length; j++)
                column[j] = T.Zero;
        }

        for (var j = 0; j < basis.Rows; j++)
        {
            var row = basis.Data + (j * basis.Stride);
            for (var k = 0; k < _rank; k++)
                _columns.Pointer[((nint)k * _length) + j] = row[k];
        }

        GC.KeepAlive(basis);
    }

    private void CopyRows(int first, int count, T* target)
    {
        for (var i = 0; i < count; i++)
        {
            var row = new Span<T>(target + ((nint)i * _length), _length);
            _data.Row(first + i).CopyTo(row);
            row[_data.Columns..].Clear();
        }
    }

    private void CopyColumns(int first, int count, T* target)
    {
        for (var n = 0; n < _data.Rows; n++)
        {
            var row = _data.Data + (n * _data.Stride) + first;
            for (var i = 0; i < count; i++)
                target[((nint)i * _length) + n] = row[i];
        }

        for (var i = 0; i < count; i++)
            new Span<T>(target + ((nint)i * _length) + _data.Rows, _length - _data.Rows).Clear();
    }
}
