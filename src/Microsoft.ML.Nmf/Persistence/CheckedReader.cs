using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Reads a model that may be damaged or hostile: every number is checked, and nothing is allocated for data that the
/// stream does not have. All errors are <see cref="FormatException"/>, marked as ML.NET marks its own.
/// </summary>
internal sealed class CheckedReader
{
    /// <summary>Bytes of the longest name that is read, and written: a text without blanks is one word.</summary>
    public const int LargestName = 1 << 26;

    // Arrays are read in pieces, so that a wrong length in a stream of unknown length costs no more than this.
    private const int Piece = 1 << 16;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly BinaryReader _reader;
    private readonly IExceptionContext? _context;
    private readonly ModelLoadContext? _file;

    /// <param name="file">Stands where the content begins.</param>
    /// <param name="context">Marks errors.</param>
    /// <param name="hasNameTable">Whether names are kept in ML.NET's table, as in files without a checksum.</param>
    public CheckedReader(ModelLoadContext file, IExceptionContext context, bool hasNameTable)
        => (_file, _reader, _context, HasNameTable) = (file, file.Reader, context, hasNameTable);

    /// <param name="reader">Stands before a section that is kept outside of a file of ML.NET.</param>
    public CheckedReader(BinaryReader reader) => _reader = reader;

    /// <summary>Whether everything was read.</summary>
    public bool IsAtEnd => _reader.BaseStream.Position == _reader.BaseStream.Length;

    /// <summary>Whether the file was written before there were checksums.</summary>
    public bool HasNameTable { get; }

    /// <summary>The version of the file.</summary>
    public uint Version => _file!.Header.ModelVerWritten;

    /// <summary>Throws when something that was read makes no sense.</summary>
    public void Require(bool condition, string what)
    {
        if (!condition)
            throw Damaged(what);
    }

    public int ReadCount(string what, int atLeast, int atMost = int.MaxValue)
    {
        var value = Read(what, r => r.ReadInt32());
        Require(value >= atLeast && value <= atMost, what);
        return value;
    }

    public double ReadFinite(
        string what, double atLeast = double.MinValue, double above = double.NegativeInfinity,
        double atMost = double.MaxValue)
    {
        var value = Read(what, r => r.ReadDouble());
        Require(double.IsFinite(value) && value >= atLeast && value > above && value <= atMost, what);
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

    /// <summary>A name that is not empty.</summary>
    public string ReadName(string what)
    {
        if (HasNameTable)
            return _file!.LoadNonEmptyString();
        var name = ReadText(what);
        Require(name.Length > 0, what);
        return name;
    }

    /// <summary>Text as <see cref="BinaryWriter.Write(string)"/> writes it.</summary>
    public string ReadText(string what, int largest = LargestName)
    {
        int length;
        try
        {
            length = _reader.Read7BitEncodedInt();
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

    /// <summary>Texts, or null where there are none.</summary>
    public string[]? ReadTexts(string what, int count)
        => ReadBoolean($"presence of {what}") ? ReadArray(what, count, 1, r => r.ReadText(what)) : null;

    /// <summary>Numbers that are finite and at least 0, or NaN where that is allowed.</summary>
    public float[] ReadNonnegativeSingles(string what, long count, bool orNaN = false)
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
                Require(value is >= 0 and <= float.MaxValue || (orNaN && float.IsNaN(value)), what);
            read += piece.Length;
        }

        return values;
    }

    /// <summary>The error for something well-formed that this version does not know.</summary>
    public Exception Unknown(string what)
        => _context.ExceptDecode(
            $"The stored factorization has a {what} that this version cannot read: it was written by a newer one, "
            + "or is damaged.");

    private void RequireRemaining(string what, long bytes)
    {
        var stream = _reader.BaseStream;
        Require(!stream.CanSeek || bytes <= stream.Length - stream.Position, what);
    }

    private TValue Read<TValue>(string what, Func<BinaryReader, TValue> read)
    {
        try
        {
            return read(_reader);
        }
        catch (EndOfStreamException e)
        {
            throw Damaged(what, e);
        }
    }

    private Exception Damaged(string what, Exception? inner = null)
    {
        var message = $"The stored factorization is damaged: its {what} cannot be read or is out of range.";
        return inner is null ? _context.ExceptDecode(message) : _context.ExceptDecode(inner, message);
    }
}

/// <summary>Writes what <see cref="CheckedReader"/> reads.</summary>
internal static class CheckedWriting
{
    public static void WriteTexts(this BinaryWriter writer, IReadOnlyCollection<string>? texts)
    {
        writer.Write(texts is not null);
        foreach (var text in texts ?? [])
        {
            // Rather told by who writes than by who cannot read it.
            if (text.Length > CheckedReader.LargestName / MostBytes)
                throw new InvalidOperationException(
                    $"The name '{text[..40]}…' has {text.Length} characters, too many for a file.");
            writer.Write(text);
        }
    }

    // Of a character in UTF-8, where those of two count half.
    private const int MostBytes = 3;
}
