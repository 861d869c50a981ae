using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// Bands of the columns of sparse data. A pass gathers rows of the basis in no order; where the basis does not fit in
/// what the last-level cache has for it, taking the columns band by band keeps those of a band there, and each comes
/// from memory once for a band rather than once for a non-zero.
/// </summary>
/// <remarks>Within a row the non-zeros keep their order, so the sums have the same bits.</remarks>
internal sealed unsafe class ColumnBands<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Of the basis. Bands for the second-level cache cost more than they gain: most rows of text have few non-zeros in
    // each.
    private const long BytesOfBand = 3 << 20;

    // A row of the data costs something in each band: so many non-zeros it has there on average.
    private const long LeastEntries = 24;
    private const int MostBands = 64;

    private PinnedMemory<long> _starts = new(0);
    private bool _isCut;
    private int _rows;

    /// <summary>Number of bands, at least 1.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Forgets the data.</summary>
    public void Clear() => _isCut = false;

    /// <summary>Cuts the columns, unless that was done.</summary>
    /// <param name="data">The data.</param>
    /// <param name="stride">Length of a row of the basis.</param>
    public void Cut(SparseMatrix<T> data, nint stride)
    {
        if (_isCut)
            return;
        (_isCut, _rows) = (true, data.Rows);
        var wanted = data.Columns * (long)stride * sizeof(T) / BytesOfBand;
        var possible = data.NonZeros / (LeastEntries * long.Max(1, data.Rows));
        Count = (int)long.Clamp(long.Min(wanted, possible), 1, MostBands);
        if (Count == 1)
            return;
        if (_starts.Count < (Count + 1L) * _rows)
            _starts = new((Count + 1L) * _rows, isCleared: false);
        for (var i = 0; i < data.Rows; i++)
        {
            var (at, end) = (data.RowStarts[i], data.RowStarts[i + 1]);
            Starts(0)[i] = at;
            for (var band = 1; band < Count; band++)
            {
                var boundary = data.Columns * (long)band / Count;
                while (at < end && data.ColumnIndices[at] < boundary)
                    at++;
                Starts(band)[i] = at;
            }

            Starts(Count)[i] = end;
        }

        GC.KeepAlive(data);
    }

    /// <summary>Where the rows enter a band, and leave the one before.</summary>
    public long* Starts(int band) => _starts.Pointer + (band * (nint)_rows);
}
