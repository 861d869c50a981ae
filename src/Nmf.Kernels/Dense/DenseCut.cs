using System.Numerics;

namespace Nmf.Kernels.Dense;

/// <summary>
/// How a dense pass is cut into tiles and blocks. Everything here follows from the shape and the vector width, never
/// from the number of threads: that is what makes results independent of it.
/// </summary>
/// <remarks>
/// A tile is <see cref="TileRows"/> samples x <see cref="TileColumns"/> features: the model of a tile and its packed
/// rows of W and H stay in the caches of one core. The activation side runs one block per row of tiles. The dictionary
/// side sums over samples, so the samples are cut into <see cref="Slabs"/> whose partial sums are added in order, and,
/// where that gives too few blocks, the features into <see cref="FeatureGroups"/>.
/// </remarks>
internal sealed class DenseCut
{
    /// <summary>Rows of a micro-kernel operand come in multiples of this.</summary>
    public const int RowQuantum = 4;

    private const int SamplesPerSlab = 96;

    // With few components a tile is little work for its memory: low ones stay in the first-level cache, model, data and
    // all. With many the packed rows of W do not, and are read once for every row of tiles; and sums of two parts go
    // to memory once for every row of tiles, too.
    private const int FewComponents = 24;
    private const int LowTile = 12;
    private const int HighTile = 48;

    private const int MostSlabs = 32;
    private const int EnoughSlabs = 8;
    private const int WantedBlocks = 32;
    // A fit is to need no more than the data, the factors and 64 MB, of which the runtime takes more than half.
    private const long MostPartialBytes = 16L << 20;

    public DenseCut(int samples, int features, int rank, int lanes, int elementSize, int parts = 1)
    {
        Samples = samples;
        Features = features;
        Rank = rank;
        Lanes = lanes;
        TileRows = rank <= FewComponents && parts == 1 ? LowTile : HighTile;
        TileColumns = elementSize == sizeof(float) ? 96 : 48;
        PaddedRank = RoundUp(rank, Math.Max(lanes, RowQuantum));
        RankRows = RoundUp(rank, RowQuantum);
        LaneSumColumns = RoundUp(rank % lanes, RowQuantum);
        if (2 * LaneSumColumns > lanes)
            LaneSumColumns = 0;
        BlockedRank = LaneSumColumns > 0 ? rank / lanes * lanes : RoundUp(rank, lanes);
        RowTiles = (samples + TileRows - 1) / TileRows;
        FeatureTiles = (features + TileColumns - 1) / TileColumns;
        var partialBytes = Math.Max(1, FeatureTiles * PartialTile * elementSize * parts);
        var wanted = Math.Clamp((samples + SamplesPerSlab - 1) / SamplesPerSlab, 1, MostSlabs);
        Slabs = (int)Math.Clamp(MostPartialBytes / partialBytes, 1, wanted);
        JointIsFused = Slabs >= Math.Min(wanted, EnoughSlabs);
        FeatureGroups = Math.Clamp((WantedBlocks + Slabs - 1) / Slabs, 1, Math.Max(1, FeatureTiles));
    }

    public int Samples { get; }

    public int Features { get; }

    public int Rank { get; }

    /// <summary>Elements of a vector.</summary>
    public int Lanes { get; }

    /// <summary>Samples of a tile: a multiple of the heights of register blocks.</summary>
    public int TileRows { get; }

    /// <summary>Features of a tile: a multiple of the width of a panel.</summary>
    public int TileColumns { get; }

    /// <summary>The rank rounded up to whole vectors: the stride of packed factor rows.</summary>
    public int PaddedRank { get; }

    /// <summary>The rank rounded up to whole register blocks: rows of a transposed tile of sums.</summary>
    public int RankRows { get; }

    /// <summary>Leading components whose activation sums fill whole vectors, padded where that wastes less
    /// than half of one.</summary>
    public int BlockedRank { get; }

    /// <summary>The remaining components, whose activation sums are kept lane by lane, rounded up to whole register
    /// blocks; or none.</summary>
    public int LaneSumColumns { get; }

    /// <summary>Elements of the dictionary sums of one tile: <see cref="RankRows"/>
    /// x <see cref="TileColumns"/>.</summary>
    public long PartialTile => (long)RankRows * TileColumns;

    public int RowTiles { get; }

    public int FeatureTiles { get; }

    public int Slabs { get; }

    public int FeatureGroups { get; }

    /// <summary>
    /// Whether the joint pass walks the data once, a slab at a time. With very many features there is memory for a few
    /// slabs only, and two passes that use all threads are faster than one that cannot.
    /// </summary>
    public bool JointIsFused { get; }

    /// <summary>The row tiles of a slab.</summary>
    public (int First, int End) SlabTiles(int slab) => Part(slab, Slabs, RowTiles);

    /// <summary>The feature tiles of a group.</summary>
    public (int First, int End) GroupTiles(int group) => Part(group, FeatureGroups, FeatureTiles);

    /// <summary>Samples in a row tile.</summary>
    public int RowsOf(int rowTile) => Math.Min(TileRows, Samples - (rowTile * TileRows));

    /// <summary>Features in a feature tile.</summary>
    public int ColumnsOf(int featureTile) => Math.Min(TileColumns, Features - (featureTile * TileColumns));

    /// <summary>The distance from a tile to the one that comes next, in elements of V: to the right, or the first one
    /// of the row of tiles below.</summary>
    /// <param name="stride">Distance between rows of V.</param>
    /// <param name="featureTile">The tile.</param>
    /// <param name="featureTiles">Those of a row of tiles that are walked.</param>
    public nint Ahead(nint stride, int featureTile, (int First, int End) featureTiles)
        => featureTile + 1 < featureTiles.End
            ? TileColumns
            : (TileRows * stride) - ((featureTile - featureTiles.First) * (nint)TileColumns);

    /// <summary>The next multiple.</summary>
    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    private static (int First, int End) Part(int index, int parts, int count)
        => ((int)((long)count * index / parts), (int)((long)count * (index + 1) / parts));
}
