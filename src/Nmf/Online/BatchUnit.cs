using System.Numerics;
using Nmf.Kernels;
using Nmf.Kernels.Dense;

namespace Nmf;

/// <summary>The unit in which a stream is learnt, 2^exponent, which the mean of its first batch decides, and memory for
/// one batch in it. See <see cref="FitUnit"/>.</summary>
internal sealed class BatchUnit<T>(double beta, WorkTeam team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BatchBuffers<T> _buffers = new();
    private readonly DataSummary _summary = new();
    private NmfData<T>? _batch;
    private double? _mean;

    /// <summary>The exponent, or null before the first batch that is not zero.</summary>
    public int? Exponent => _mean is { } mean ? Math.ILogB(mean) : null;

    /// <summary>A batch in the unit: the batch itself, or one in memory that holds the next one afterwards.</summary>
    /// <exception cref="NmfDataException">The first batch is out of range, or a value is so far below its mean that it
    /// looks like zero to a divergence that is infinite there.</exception>
    public NmfData<T> Apply(NmfData<T> batch)
    {
        if (_mean is null && batch.Sum > 0)
        {
            FitUnit.ExponentOf(batch, beta);
            _mean = batch.Mean;
        }
        var exponent = Exponent ?? 0;
        var result = exponent == 0 ? batch : batch.Dense is { } dense ? Dense(batch, dense, exponent)
            : Sparse(batch, batch.Sparse!, exponent);
        if (beta <= 0)
            result.RequireAbove(ModelFloor.Of<T>(beta), batch, new BetaMeasure(beta), _mean);
        return result;
    }

    /// <summary>A cost in the unit of the data.</summary>
    public double CostOf(double cost) => cost * Math.Pow(2, (Exponent ?? 0) * beta);

    public void Save(BinaryWriter writer) => writer.Write(_mean ?? 0);

    public void Load(BinaryReader reader)
    {
        _mean = reader.ReadFinite(0) is > 0 and var mean ? mean : null;
        if (!double.IsNormal(CostOf(1)))
            throw new FormatException("The unit of the data is out of range.");
    }

    private NmfData<T> Dense(NmfData<T> batch, Matrix<T> dense, int exponent)
    {
        Begin(batch);
        for (var n = 0; n < dense.Rows; n++)
        {
            var row = _buffers.Row(n, dense.Columns, dense.Rows);
            dense.Row(n).CopyTo(row);
            Add(row, n, exponent, dense.Rows);
        }

        _summary.SampleSums = _buffers.SampleSums;
        var scaled = _buffers.FirstDenseRows(dense.Rows);
        return ReferenceEquals(_batch?.Dense, scaled) ? _batch!
            : _batch = NmfData<T>.Recycled(scaled, _summary, static () => { });
    }

    private unsafe NmfData<T> Sparse(NmfData<T> batch, SparseMatrix<T> sparse, int exponent)
    {
        Begin(batch);
        _buffers.AppendSparse(
            sparse.Rows, sparse.Columns, 0, new ReadOnlySpan<int>(sparse.ColumnIndices, checked((int)sparse.NonZeros)),
            new ReadOnlySpan<T>(sparse.Values, (int)sparse.NonZeros));
        var scaled = _buffers.Sparse!;
        new ReadOnlySpan<long>(sparse.RowStarts, sparse.Rows + 1).CopyTo(
            new Span<long>(scaled.RowStarts, sparse.Rows + 1));
        for (var n = 0; n < sparse.Rows; n++)
            Add(scaled.RowMemory(n), n, exponent, sparse.Rows);
        _buffers.Transpose(team);
        GC.KeepAlive(sparse);
        _summary.SampleSums = _buffers.SampleSums;
        return ReferenceEquals(_batch?.Sparse, scaled) ? _batch!
            : _batch = NmfData<T>.Recycled(scaled, _buffers.Transposed!, _summary, static () => { });
    }

    private void Begin(NmfData<T> batch)
    {
        (_summary.Weight, _summary.Observed) = (batch.TotalWeight, batch.ObservedEntries);
        (_summary.Sum, _summary.SumOfSquares) = (0, 0);
    }

    private void Add(Span<T> row, int sample, int exponent, int rows)
    {
        PowerOfTwo.Scale(row, -exponent);
        var sums = RowKernels.Summarize<T>(row);
        _buffers.SetSampleSum(sample, sums.Sum, rows);
        _summary.Sum += sums.Sum;
        _summary.SumOfSquares += sums.SumOfSquares;
    }
}
