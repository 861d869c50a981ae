using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf.Formats;

/// <summary>A type of values of NumPy: kind, bytes and byte order.</summary>
internal readonly record struct NpyType(char Kind, int Size, bool IsSwapped)
{
    /// <summary>The type that a header names.</summary>
    /// <exception cref="MatrixFormatException">Its values are not real numbers.</exception>
    public static NpyType Of(string text, string source)
    {
        var order = text.Length > 2 ? text[0] : '\0';
        var isKnown = order is '<' or '>' or '=' or '|' && text[2..] is "1" or "2" or "4" or "8"
            && (text[1], text[2]) is ('f', '2' or '4' or '8') or ('i' or 'u', _) or ('b', '1')
            && (order != '|' || text[2] == '1');
        if (!isKnown)
        {
            throw new MatrixFormatException(source, $"values of type '{text}' are not read"
                + (text.Length < 2 ? "" : text[1] switch
                {
                    'c' => " (complex numbers); save their magnitudes",
                    'O' => " (Python objects, which only Python can read); save it as an array of numbers",
                    'U' or 'S' or 'a' => " (texts)",
                    'f' => " (extended precision); save it as float64",
                    'M' or 'm' => " (dates and times)",
                    _ => "",
                }) + ". Floating-point numbers of 2, 4 and 8 bytes, integers of 1 to 8 bytes and bool are.");
        }

        var isBig = order switch { '>' => true, '<' => false, _ => !BitConverter.IsLittleEndian };
        return new NpyType(text[1], text[2] - '0', isBig == BitConverter.IsLittleEndian);
    }

    /// <summary>How NumPy names a type that is written: in the order of most machines, little endian.</summary>
    public static string NameOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Single => "<f4",
        TypeCode.Double => "<f8",
        TypeCode.Int32 => "<i4",
        TypeCode.Int64 => "<i8",
        _ => throw new NotSupportedException($"Arrays of {typeof(T)} are not written."),
    };

    /// <summary>Converts values.</summary>
    /// <param name="bytes">As in the file; may be changed.</param>
    /// <param name="values">Receives them.</param>
    /// <returns>The index of the first that is finite in the file and too large for <typeparamref name="T"/>,
    /// or -1.</returns>
    public int Convert<T>(Span<byte> bytes, Span<T> values)
        where T : unmanaged, INumberBase<T>
    {
        if (IsSwapped)
            Swap(bytes);
        return (Kind, Size) switch
        {
            ('f', 2) => Convert<Half, T>(bytes, values),
            ('f', 4) => Convert<float, T>(bytes, values),
            ('f', _) => Convert<double, T>(bytes, values),
            ('i', 1) => Convert<sbyte, T>(bytes, values),
            ('i', 2) => Convert<short, T>(bytes, values),
            ('i', 4) => Convert<int, T>(bytes, values),
            ('i', _) => Convert<long, T>(bytes, values),
            (_, 1) => Convert<byte, T>(bytes, values),
            (_, 2) => Convert<ushort, T>(bytes, values),
            (_, 4) => Convert<uint, T>(bytes, values),
            _ => Convert<ulong, T>(bytes, values),
        };
    }

    private static int Convert<TSource, T>(ReadOnlySpan<byte> bytes, Span<T> values)
        where TSource : unmanaged, INumberBase<TSource>
        where T : unmanaged, INumberBase<T>
    {
        var source = MemoryMarshal.Cast<byte, TSource>(bytes);
        if (typeof(TSource) == typeof(T))
        {
            MemoryMarshal.Cast<TSource, T>(source).CopyTo(values);
            return -1;
        }

        var overflow = -1;
        for (var i = 0; i < source.Length; i++)
        {
            values[i] = T.CreateTruncating(source[i]);
            if (!T.IsFinite(values[i]) && TSource.IsFinite(source[i]) && overflow < 0)
                overflow = i;
        }

        return overflow;
    }

    private void Swap(Span<byte> bytes)
    {
        switch (Size)
        {
            case 2:
                Reverse(MemoryMarshal.Cast<byte, ushort>(bytes));
                break;
            case 4:
                var four = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case 8:
                var eight = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
            default:
                break;
        }

        static void Reverse(Span<ushort> two) => BinaryPrimitives.ReverseEndianness(two, two);
    }
}
