using System.Buffers.Binary;
using System.IO.Compression;

namespace Nmf.Formats;

/// <summary>Lines of a compressed file, which end where the file was cut off with an error: the platform's stream takes
/// a file that ends too early for one that ends there, and what is left of a number is another number.</summary>
/// <remarks>A file of one member ends with the length of its contents. One of several members (which may be put behind
/// each other) does not; it is taken for whole if its last line is.</remarks>
internal sealed class WholeGzipStream(FileStream file) : Stream
{
    private readonly GZipStream _inner = new(file, CompressionMode.Decompress);
    private uint _length;
    private byte _last;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="InvalidDataException">The data are damaged, or end too early.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = _inner.Read(buffer);
        if (count > 0)
        {
            _length = unchecked(_length + (uint)count);
            _last = buffer[count - 1];
        }
        else if (buffer.Length > 0 && _last != '\n' && _length != StoredLength())
        {
            throw new InvalidDataException("the file ends too early.");
        }

        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }

    private uint StoredLength()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        if (file.Length < bytes.Length)
            return 0;
        file.Seek(-bytes.Length, SeekOrigin.End);
        file.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
