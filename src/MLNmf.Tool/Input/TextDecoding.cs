using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace MLNmf.Tool.Input;

/// <summary>Files as text, strictly: bytes that are no text are an error, not a question mark.</summary>
internal static class TextDecoding
{
    /// <summary>Opens a file; what is no text throws a <see cref="DecoderFallbackException"/> where it is
    /// read.</summary>
    public static StreamReader Open(string path, TextOptions options)
        => new(path, EncodingOf(options), detectEncodingFromByteOrderMarks: true);

    /// <summary>What to tell of a file that is no text in its encoding.</summary>
    public static UserErrorException Error(string path, TextOptions options) => new(
        $"{InvalidLine(path, options.Encoding)}: this is not valid {EncodingOf(options).WebName}. "
        + "Name the encoding of the file with --encoding, such as latin1 or windows-1252.");

    private static Encoding EncodingOf(TextOptions options)
        => options.Encoding ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The decoder does not say where: of UTF-8 the lines are looked at again, one by one.
    private static string InvalidLine(string path, Encoding? encoding)
    {
        if (encoding is not null and not UTF8Encoding)
            return path;
        using var stream = new BufferedStream(File.OpenRead(path), 1 << 16);
        var line = new List<byte>();
        for (var number = 1; ; number++)
        {
            line.Clear();
            int value;
            while ((value = stream.ReadByte()) is not (-1 or '\n'))
                line.Add((byte)value);
            if (!Utf8.IsValid(CollectionsMarshal.AsSpan(line)))
                return $"{path}({number})";
            if (value < 0)
                return path;
        }
    }
}
