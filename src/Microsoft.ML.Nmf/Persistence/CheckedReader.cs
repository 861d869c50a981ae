using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Reads a model that may be damaged or hostile: every number is checked, and nothing is allocated for data that the
/// stream does not have. All errors are <see cref="FormatException"/>, marked as ML.NET marks its own.
/// </summary>
internal sealed class CheckedReader(BinaryReader reader, IExceptionContext context)
{
    // Arrays are read in pieces, so that a wrong length in a stream of unknown length costs no more than this.
    private const int Piece = 1 << 16;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Throws when something that was read makes no sense.</summary>
    public void Require(bool condition, string what)
    {
        if (!condition)
            throw Damaged(what);
    }

    public int ReadCount(string what, int atLeast)
    {
        var value = Read(what, r => r.ReadInt32());
        Require(value >= atLeast, what);
        return value;
    }

    public double ReadFinite(string what, double atLeast = double.MinValue, double above = double.NegativeInfinity)
    {
        var value = Read(what, r => r.ReadDouble());
        Require(double.IsFinite(value) && value >= atLeast && value > above, what);
        return value;
    }

    public byte ReadByte(string what) => Read(what, r => r.ReadByte());

    public bool ReadBoolean(string what)
    {
        var value = ReadByte(what);
        Require(value <= 1, what);
        return value == 1;
    }

    public TEnum ReadEnum<TEnum>(string what)
        where TEnum : struct, Enum
    {
        var value = (TEnum)Enum.ToObject(typeof(TEnum), ReadByte(what));
        Require(Enum.IsDefined(value), what);
        return value;
    }

    public TimeSpan ReadElapsed()
    {
        var ticks = Read("elapsed time", r => r.ReadInt64());
        Require(ticks >= 0, "elapsed time");
        return new TimeSpan(ticks);
    }

    /// <summary>Text as <see cref="BinaryWriter.Write(string)"/> writes it.</summary>
    public string ReadText(string what, int largest)
    {
        int length;
        try
        {
            length = reader.Read7BitEncodedInt();
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            throw Damaged(what, e);
        }

        Require(length >= 0 && length <= largest, what);
        RequireRemaining(what, length);
        var bytes = Read(what, r => r.ReadBytes(length));
        Require(bytes.Length == length, what);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Damaged(what, e);
        }
    }

    /// <summary>Items of at least <paramref name="itemSize"/> bytes each.</summary>
    public TItem[] ReadArray<TItem>(string what, int count, int itemSize, Func<CheckedReader, TItem> readItem)
    {
        RequireRemaining(what, (long)count * itemSize);
        var items = new List<TItem>(Math.Min(count, Piece));
        for (var i = 0; i < count; i++)
            items.Add(readItem(this));
        return [.. items];
    }

    /// <summary>A factor of a rating model: at least 0 and finite, or NaN.</summary>
    public float ReadFactor(string what)
    {
        var value = Read(what, r => r.ReadSingle());
        Require(float.IsNaN(value) || (value >= 0 && float.IsFinite(value)), what);
        return value;
    }

    public float[] ReadNonnegativeSingles(string what, long count)
    {
        Require(count <= Array.MaxLength, what);
        RequireRemaining(what, count * sizeof(float));
        var values = new float[Math.Min(count, Piece)];
        for (var read = 0; read < count;)
        {
            if (read == values.Length)
                Array.Resize(ref values, (int)Math.Min(count, 2L * values.Length));
            var piece = values.AsSpan(read, Math.Min(Piece, values.Length - read));
            Read(what, r =>
            {
                r.BaseStream.ReadExactly(
                    MemoryMarshal.AsBytes(values.AsSpan(read, Math.Min(Piece, values.Length - read))));
                return true;
            });
            foreach (var value in piece)
                Require(value is >= 0 and <= float.MaxValue, what);
            read += piece.Length;
        }

        return values;
    }

    /// <summary>The error for something well-formed that this version does not know.</summary>
    public Exception Unknown(string what)
        => context.ExceptDecode(
            $"The stored factorization has a {what} that this version cannot read: it was written by a newer one, "
            + "or is damaged.");

    private void RequireRemaining(string what, long bytes)
    {
        var stream = reader.BaseStream;
        Require(!stream.CanSeek || bytes <= stream.Length - stream.Position, what);
    }

    private TValue Read<TValue>(string what, Func<BinaryReader, TValue> read)
    {
        try
        {
            return read(reader);
        }
        catch (EndOfStreamException e)
        {
            throw Damaged(what, e);
        }
    }

    private Exception Damaged(string what, Exception? inner = null)
    {
        var message = $"The stored factorization is damaged: its {what} cannot be read or is out of range.";
        return inner is null ? context.ExceptDecode(message) : context.ExceptDecode(inner, message);
    }
}
