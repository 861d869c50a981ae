using Microsoft.Win32.SafeHandles;

namespace Nmf.Hyperspectral;

/// <summary>
/// Reads the pixels of an ENVI picture in any order, block by block, whatever the interleave. Pixels are numbered line
/// by line, from 0, and a pixel is a row of <see cref="BandCount"/> Singles.
/// </summary>
/// <remarks>
/// The file is read at positions and not mapped into memory, so that a file which is cut while it is read is an error
/// and not a crash. Memory: one buffer of 256 kB at most, whatever the header claims. Reading n pixels touches n ·
/// BandCount values; of BSQ data each band of the block is one read. Not thread-safe; open one for each thread.
/// </remarks>
public sealed class EnviCube : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly SafeFileHandle _file;
    private readonly EnviLayout _layout;
    private readonly EnviValues _values;
    private readonly byte[] _buffer;
    private readonly int[] _bands;
    private long _bufferStart;
    private int _bufferLength;

    private EnviCube(
        EnviHeader header, string? headerPath, string dataPath, EnviReadOptions options, SafeFileHandle file)
    {
        (Header, DataPath, _file) = (header, dataPath, file);
        options.RequireFields(header, headerPath ?? dataPath);

        // Before anything is allocated whose size the header claims.
        var present = RandomAccess.GetLength(file);
        if (present - header.HeaderOffset < header.DataBytes)
            throw Truncated(present);
        Warnings =
            present == header.HeaderOffset + header.DataBytes ? header.Warnings : [.. header.Warnings, Longer(present)];
        _bands = options.Bands(header);
        if (_bands.Length == 0)
            throw new EnviFormatException(dataPath, $"'bbl' calls all {header.Bands} bands bad: none is left to read.");
        _layout = new EnviLayout(header, _bands);
        _values = new EnviValues(header, options.IgnoredAsMissing, options.ScaleToReflectance);
        _buffer = new byte[(int)Math.Min(BufferBytes, header.DataBytes)];
    }

    /// <summary>Opens a picture.</summary>
    /// <param name="path">
    /// Path of the data, which are then read whatever lies beside them; or path of the header: the data are then
    /// the file beside it that has its name, without extension or with one that is used for data, and the size
    /// that the header describes.
    /// </param>
    /// <param name="options">What becomes of bad bands and of stored values.</param>
    /// <exception cref="EnviFormatException">
    /// The header cannot be read, the data are shorter than it says, several files beside it may be the data, or a
    /// field that <paramref name="options"/> ask for is not understood.
    /// </exception>
    /// <exception cref="FileNotFoundException">The header or the data are missing.</exception>
    /// <exception cref="IOException">The path is that of a folder.</exception>
    public static EnviCube Open(string path, EnviReadOptions? options = null)
    {
        var headerPath = EnviPaths.FindHeader(path);
        var header = EnviHeader.Read(headerPath);
        return Open(header, headerPath, EnviPaths.FindData(path, headerPath, header), options);
    }

    /// <summary>Opens data whose header is at hand.</summary>
    /// <param name="header">The header.</param>
    /// <param name="dataPath">Path of the data.</param>
    /// <param name="options">What becomes of bad bands and of stored values.</param>
    /// <exception cref="ArgumentException">The header is out of range.</exception>
    /// <exception cref="EnviFormatException">The data are shorter than the header says, or a field that
    /// <paramref name="options"/> ask for is not understood.</exception>
    /// <exception cref="IOException">The path is that of a folder.</exception>
    internal static EnviCube Open(EnviHeader header, string dataPath, EnviReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentException.ThrowIfNullOrEmpty(dataPath);
        header.Validate();
        return Open(header, null, dataPath, options);
    }

    private static EnviCube Open(EnviHeader header, string? headerPath, string dataPath, EnviReadOptions? options)
    {
        EnviPaths.RequireNoFolder(dataPath);
        var file = File.OpenHandle(dataPath, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new EnviCube(header, headerPath, dataPath, options ?? new EnviReadOptions(), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the header says.</summary>
    public EnviHeader Header { get; }

    /// <summary>Path of the data.</summary>
    internal string DataPath { get; }

    /// <summary>What of the files was left out or taken to be meant: <see cref="EnviHeader.Warnings"/>, and whether
    /// there are more data than the header describes.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Number of values of a pixel that are read: the bands, without bad ones if those are left out.</summary>
    public int BandCount => _bands.Length;

    /// <summary>Indices in the file of the bands that are read, from 0.</summary>
    public IReadOnlyList<int> Bands => _bands;

    /// <summary>Reads a block of pixels.</summary>
    /// <param name="first">Number of the first pixel: line · samples + sample.</param>
    /// <param name="pixels">Receives whole pixels, <see cref="BandCount"/> values each; its
    /// length says how many.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="BandCount"/>, or there are not as
    /// many pixels.</exception>
    /// <exception cref="EnviFormatException">The file has become shorter.</exception>
    public void ReadPixels(long first, Span<float> pixels)
    {
        var (count, rest) = Math.DivRem(pixels.Length, BandCount);
        if (rest != 0)
            throw new ArgumentException(
                $"There is room for {pixels.Length} values, which is not a multiple of {BandCount} bands.",
                nameof(pixels));
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Header.Pixels - count);
        foreach (var run in _layout.Runs(first, count))
        {
            var (at, stride) = ((run.Pixel * BandCount) + run.Slot, run.AlongBands ? 1 : BandCount);
            for (var done = 0; done < run.Length;)
            {
                var bytes = Bytes(run.Offset + done, run.Length - done, run.End);
                _values.Decode(bytes, pixels[(at + (done * stride))..], stride);
                done += bytes.Length / _values.Size;
            }
        }
    }

    /// <summary>Reads the whole picture, pixel after pixel.</summary>
    /// <exception cref="InvalidOperationException">It has more values than an array can hold.</exception>
    /// <exception cref="EnviFormatException">The file has become shorter.</exception>
    public float[] ReadAll()
    {
        if (Header.Pixels > Array.MaxLength / BandCount)
            throw new InvalidOperationException(
                $"{Header.Pixels} pixels of {BandCount} bands are more than an array can hold: read them in blocks.");
        var pixels = new float[Header.Pixels * BandCount];
        ReadPixels(0, pixels);
        return pixels;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The stored values from an index on, as many of <paramref name="wanted"/> as the buffer has; reads ahead
    /// up to <paramref name="end"/>.</summary>
    private ReadOnlySpan<byte> Bytes(long index, int wanted, long end)
    {
        var size = _values.Size;
        var position = Header.HeaderOffset + (index * size);
        if (position < _bufferStart || position >= _bufferStart + _bufferLength)
        {
            var capacity = _buffer.Length / size * size;
            Fill(position, (int)Math.Min(capacity, (end - index) * size));
        }

        var offset = (int)(position - _bufferStart);
        return _buffer.AsSpan(offset, (int)Math.Min(_bufferLength - offset, (long)wanted * size));
    }

    private void Fill(long position, int length)
    {
        _bufferLength = 0;
        for (var filled = 0; filled < length;)
        {
            var count = RandomAccess.Read(_file, _buffer.AsSpan(filled, length - filled), position + filled);
            if (count == 0)
                throw Truncated(position + filled);
            filled += count;
        }

        _values.Swap(_buffer.AsSpan(0, length));
        (_bufferStart, _bufferLength) = (position, length);
    }

    private EnviFormatException Truncated(long present) => new(
        DataPath,
        IsPacked()
            ? "The data are packed (gzip): unpack them first."
            : $"The data are truncated: {Header.Samples} samples x {Header.Lines} lines x {Header.Bands} "
                + $"bands of {Header.DataType.Size()} bytes after {Header.HeaderOffset} bytes need "
                + $"{Header.HeaderOffset + Header.DataBytes} bytes, but the file has {present}.");

    private string Longer(long present) => EnviFormatException.About(
        DataPath,
        $"The file has {present} bytes, of which the header describes the first "
        + $"{Header.HeaderOffset + Header.DataBytes}; the rest is not read.");

    private bool IsPacked()
    {
        Span<byte> start = stackalloc byte[2];
        return RandomAccess.Read(_file, start, 0) == start.Length && start is [0x1F, 0x8B];
    }
}
