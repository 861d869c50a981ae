namespace Nmf.Kernels.Dense;

/// <summary>The memory of one worker: a tile of the model and what becomes of it, packed rows of H, and the sums of
/// a row of tiles.</summary>
internal sealed unsafe class TileScratch<T>
    where T : unmanaged
{
    private const int TailElements = 64;

    private readonly PinnedMemory<T> _buffer;

    public TileScratch(DenseCut cut, bool spreadsData = false)
    {
        nint tile = (nint)cut.TileRows * cut.TileColumns;
        nint rows = (nint)cut.TileRows * cut.PaddedRank;
        nint tallest = (nint)Math.Max(cut.TileRows, cut.TileColumns) * cut.PaddedRank;
        nint lanes = (nint)cut.TileRows * cut.LaneSumColumns * cut.Lanes;
        _buffer = new PinnedMemory<T>(
            (2 * tile) + (4 * rows) + tallest + (2 * lanes) + TailElements + (spreadsData ? tile : 0));
        Samples = _buffer.Pointer;
        Negative = Samples + rows;
        Positive = Negative + tile;
        NegativeRows = Positive + tile;
        PositiveRows = NegativeRows + rows;
        NegativeLanes = PositiveRows + tallest;
        PositiveLanes = NegativeLanes + lanes;
        NegativeSamples = PositiveLanes + lanes;
        PositiveSamples = NegativeSamples + rows;
        Tail = PositiveSamples + rows;
        Data = Tail + TailElements;
    }

    /// <summary>Packed rows of H: TileRows x PaddedRank.</summary>
    public T* Samples { get; }

    /// <summary>The model, then v y^(β-2): TileRows x TileColumns.</summary>
    public T* Negative { get; }

    /// <summary>y^(β-1): TileRows x TileColumns.</summary>
    public T* Positive { get; }

    /// <summary>Sums of the negative part of a row of tiles: TileRows x PaddedRank.</summary>
    public T* NegativeRows { get; }

    /// <summary>The same for the positive part; on the dictionary side rows of a feature tile.</summary>
    public T* PositiveRows { get; }

    /// <summary>Lane sums of the last components of the negative part: TileRows x LaneSumColumns x lanes.</summary>
    public T* NegativeLanes { get; }

    /// <summary>The same for the positive part.</summary>
    public T* PositiveLanes { get; }

    /// <summary>Rows in place of those of H in the negative part of a majoriser's gradient:
    /// TileRows x PaddedRank.</summary>
    public T* NegativeSamples { get; }

    /// <summary>The same for the positive part.</summary>
    public T* PositiveSamples { get; }

    /// <summary>Two vectors.</summary>
    public T* Tail { get; }

    /// <summary>A tile of sparse data with its zeros: TileRows x TileColumns, where it was asked for.</summary>
    public T* Data { get; }
}
