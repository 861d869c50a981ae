using Microsoft.Win32.SafeHandles;

namespace Nmf.Hyperspectral;

/// <summary>
/// Writes an ENVI picture pixel by pixel in any interleave, type and byte order. The data go to a file of another name,
/// which <see cref="Complete"/> puts in place together with the header: a picture that was not finished leaves nothing,
/// and an older one as it was.
/// </summary>
/// <remarks>
/// Values are multiplied by <see cref="EnviHeader.ReflectanceScaleFactor"/>, and NaN becomes
/// <see cref="EnviHeader.DataIgnoreValue"/>, where the header has them. Integers are rounded and clipped. Memory: a
/// block of pixels of some megabytes at most. Not thread-safe.
/// </remarks>
public sealed class EnviWriter : IDisposable
{
    private const int BlockValues = 1 << 20;
    private const int BufferBytes = 1 << 18;

    private readonly SafeFileHandle _file;
    private readonly string _unfinishedPath;
    private readonly EnviLayout _layout;
    private readonly EnviValues _values;
    private readonly float[] _block;
    private readonly byte[] _buffer;
    private readonly int _blockPixels;
    private long _written;
    private int _filled;
    private long _bufferStart;
    private int _bufferLength;
    private long _clipped;

    private EnviWriter(EnviHeader header, string headerPath, string dataPath)
    {
        (Header, HeaderPath, DataPath) = (header, headerPath, dataPath);
        _layout = new EnviLayout(header, [.. Enumerable.Range(0, header.Bands)]);
        _values = new EnviValues(header, ignoredAsMissing: true, scale: true);
        _blockPixels = (int)Math.Min(header.Pixels, Math.Max(1, BlockValues / header.Bands));
        _block = new float[_blockPixels * header.Bands];
        _buffer = new byte[BufferBytes];
        _unfinishedPath = dataPath + ".part";
        _file = File.OpenHandle(_unfinishedPath, FileMode.Create, FileAccess.Write);
    }

    /// <summary>Begins the data beside a header, which will replace older files.</summary>
    /// <param name="path">Path of the header, ending in ".hdr". The data of "maps.hdr" are "maps.img", those of
    /// "maps.bil.hdr" are "maps.bil".</param>
    /// <param name="header">Size, type and layout.</param>
    /// <exception cref="ArgumentException">The header is out of range or has what cannot be written; the
    /// message names it.</exception>
    /// <exception cref="IOException">A file cannot be created.</exception>
    public static EnviWriter Create(string path, EnviHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        header.Validate();
        return new EnviWriter(header, path, EnviPaths.DataFor(path, header.IsSpectralLibrary ? ".sli" : ".img"));
    }

    /// <summary>What the header says.</summary>
    public EnviHeader Header { get; }

    /// <summary>Path of the header.</summary>
    internal string HeaderPath { get; }

    /// <summary>Path of the data.</summary>
    internal string DataPath { get; }

    /// <summary>Number of pixels that were handed over.</summary>
    public long Pixels => _written + _filled;

    /// <summary>Number of values so far on file that were beyond the range of an integer type and were clipped; 0 for
    /// floating point.</summary>
    public long Clipped => _clipped;

    /// <summary>Appends pixels, line by line.</summary>
    /// <param name="pixels">Whole pixels of <see cref="EnviHeader.Bands"/> values each.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of the bands, the picture has fewer pixels, or
    /// NaN would be stored as an integer without an ignore value.</exception>
    public void Write(ReadOnlySpan<float> pixels)
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        var (count, rest) = Math.DivRem(pixels.Length, Header.Bands);
        if (rest != 0)
            throw new ArgumentException(
                $"There are {pixels.Length} values, which is not a multiple of {Header.Bands} bands.",
                nameof(pixels));
        if (count > Header.Pixels - Pixels)
            throw new ArgumentException(
                $"The picture has {Header.Pixels} pixels, of which {Header.Pixels - Pixels} are left, "
                + $"but {count} are given.", nameof(pixels));
        while (!pixels.IsEmpty)
        {
            var length = Math.Min(pixels.Length, (_blockPixels - _filled) * Header.Bands);
            pixels[..length].CopyTo(_block.AsSpan(_filled * Header.Bands));
            _filled += length / Header.Bands;
            pixels = pixels[length..];
            if (_filled == _blockPixels)
                FlushBlock();
        }
    }

    /// <summary>Writes what is still in memory, and the header, and replaces an older picture.</summary>
    /// <exception cref="InvalidOperationException">Pixels are missing.</exception>
    /// <exception cref="IOException">A file cannot be replaced.</exception>
    /// <exception cref="ObjectDisposedException">It is complete already, or was given up.</exception>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        if (Pixels != Header.Pixels)
            throw new InvalidOperationException(
                $"The picture has {Header.Pixels} pixels, but only {Pixels} were written.");
        FlushBlock();
        _file.Dispose();

        // No header describes data of another layout, even if the program ends here.
        File.Delete(HeaderPath);
        File.Move(_unfinishedPath, DataPath, overwrite: true);
        Header.Write(HeaderPath);
    }

    /// <summary>Closes the file. Without <see cref="Complete"/> before, what was written is deleted.</summary>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_unfinishedPath);
    }

    private void FlushBlock()
    {
        foreach (var run in _layout.Runs(_written, _filled))
        {
            var (at, stride) = ((run.Pixel * Header.Bands) + run.Slot, run.AlongBands ? 1 : Header.Bands);
            for (var done = 0; done < run.Length;)
            {
                var bytes = Room(run.Offset + done, run.Length - done);
                var wrong = _values.Encode(_block.AsSpan(at + (done * stride)), stride, bytes, ref _clipped);
                if (wrong >= 0)
                    throw Missing(run, done + wrong);
                _values.Swap(bytes);
                done += bytes.Length / _values.Size;
            }
        }

        FlushBuffer();
        _written += _filled;
        _filled = 0;
    }

    /// <summary>Where the values from an index on are put: behind what is in the buffer, which is written first where
    /// they do not follow it.</summary>
    private Span<byte> Room(long index, int wanted)
    {
        var size = _values.Size;
        var position = Header.HeaderOffset + (index * size);
        if (position != _bufferStart + _bufferLength || _bufferLength + size > _buffer.Length)
        {
            FlushBuffer();
            _bufferStart = position;
        }

        var length = (int)Math.Min((_buffer.Length - _bufferLength) / size * size, (long)wanted * size);
        var room = _buffer.AsSpan(_bufferLength, length);
        _bufferLength += length;
        return room;
    }

    private void FlushBuffer()
    {
        RandomAccess.Write(_file, _buffer.AsSpan(0, _bufferLength), _bufferStart);
        _bufferLength = 0;
    }

    private ArgumentException Missing(EnviRun run, int index)
    {
        var pixel = _written + run.Pixel + (run.AlongBands ? 0 : index);
        return new ArgumentException(
            $"Band {run.Slot + (run.AlongBands ? index : 0)} of the pixel in line {pixel / Header.Samples}, "
            + $"sample {pixel % Header.Samples} (from 0) is not a number (NaN), "
            + $"which type {Header.DataType} cannot hold: set {nameof(EnviHeader.DataIgnoreValue)}.");
    }
}
