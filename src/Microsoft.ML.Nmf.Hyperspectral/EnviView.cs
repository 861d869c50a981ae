using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf.Hyperspectral;

namespace Microsoft.ML.Transforms.Hyperspectral;

/// <summary>
/// The pixels of an ENVI picture, line by line: their spectrum, line and sample. Nothing is held in memory but one
/// block of pixels for each cursor, which opens the file for itself.
/// </summary>
internal sealed class EnviView : IDataView
{
    public const string SpectrumColumnName = "Spectrum";
    public const string RowColumnName = "Row";
    public const string ColumnColumnName = "Column";
    public const int SpectrumIndex = 0;
    public const int RowIndex = 1;

    // Large enough that a band of a block of band-sequential data is worth a read of its own, small
    // enough for a cache: 4 MB.
    private const int BlockValues = 1 << 20;

    private readonly EnviHeader _header;
    private readonly string _dataPath;
    private readonly EnviReadOptions _options;

    /// <param name="host">What is asked for cancellation.</param>
    /// <param name="path">Path of the header, or of the data beside it.</param>
    /// <param name="options">What becomes of bad bands and of stored values.</param>
    public EnviView(IHost host, string path, EnviReadOptions options)
    {
        using var cube = EnviCube.Open(path, options);
        if (cube.Warnings.Count > 0)
        {
            using var channel = host.Start("Loading");
            foreach (var warning in cube.Warnings)
                channel.Warning(warning);
        }

        (Host, _header, _dataPath, _options, BandCount) = (host, cube.Header, cube.DataPath, options, cube.BandCount);
        BlockPixels = (int)Math.Min(_header.Pixels, Math.Max(1, BlockValues / BandCount));
        Schema = CreateSchema(cube);
    }

    public IHost Host { get; }

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public bool CanShuffle => true;

    public int BandCount { get; }

    /// <summary>Width of the picture.</summary>
    public int Samples => _header.Samples;

    /// <summary>Number of pixels of every block but the last.</summary>
    public int BlockPixels { get; }

    public int BlockCount => checked((int)((_header.Pixels + BlockPixels - 1) / BlockPixels));

    /// <inheritdoc/>
    public long? GetRowCount() => _header.Pixels;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        => GetRowCursorSet(columnsNeeded, 1, rand)[0];

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        Host.CheckValue(columnsNeeded, nameof(columnsNeeded));
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
            active[column.Index] = true;
        var order = rand is null ? null : new EnviShuffle(BlockCount, rand);
        var cursors = new DataViewRowCursor[Math.Clamp(n <= 0 ? Environment.ProcessorCount : n, 1, BlockCount)];
        for (var i = 0; i < cursors.Length; i++)
            cursors[i] = new EnviCursor(this, active, order, i, cursors.Length);
        return cursors;
    }

    public EnviCube Open() => EnviCube.Open(_header, _dataPath, _options);

    /// <summary>Number of pixels of a block.</summary>
    public int PixelsOf(int block) => (int)Math.Min(BlockPixels, _header.Pixels - ((long)block * BlockPixels));

    private static DataViewSchema CreateSchema(EnviCube cube)
    {
        var (header, bands) = (cube.Header, cube.Bands);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddSlotNames([.. bands.Select(header.BandLabel)]);
        if (header.Wavelengths is { } wavelengths && !header.IsSpectralLibrary)
        {
            var type = new VectorDataViewType(NumberDataViewType.Double, bands.Count);
            annotations.Add(EnviCatalog.WavelengthsAnnotation, type, (ref VBuffer<double> values) =>
            {
                var editor = VBufferEditor.Create(ref values, bands.Count);
                for (var slot = 0; slot < bands.Count; slot++)
                    editor.Values[slot] = wavelengths[bands[slot]];
                values = editor.Commit();
            });
        }

        if (header.WavelengthUnits is { } units)
            annotations.Add(
                EnviCatalog.WavelengthUnitsAnnotation, TextDataViewType.Instance,
                (ref ReadOnlyMemory<char> value) => value = units.AsMemory());
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(
            SpectrumColumnName, new VectorDataViewType(NumberDataViewType.Single, bands.Count),
            annotations.ToAnnotations());
        builder.AddColumn(RowColumnName, NumberDataViewType.Int32);
        builder.AddColumn(ColumnColumnName, NumberDataViewType.Int32);
        return builder.ToSchema();
    }
}

/// <summary>An order of blocks, and a seed for the order of the pixels of each; the same however many
/// cursors share it.</summary>
internal sealed class EnviShuffle
{
    private readonly int[] _blocks;
    private readonly int[] _seeds;

    public EnviShuffle(int blocks, Random random)
    {
        _blocks = [.. Enumerable.Range(0, blocks)];
        random.Shuffle(_blocks);
        _seeds = [.. _blocks.Select(_ => random.Next())];
    }

    public int Block(int position) => _blocks[position];

    /// <summary>Puts the pixels of the block at a position into their order.</summary>
    public void Order(int position, Span<int> pixels) => new Random(_seeds[position]).Shuffle(pixels);
}
