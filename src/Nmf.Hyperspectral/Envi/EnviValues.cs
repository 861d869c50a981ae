using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf.Hyperspectral;

/// <summary>
/// Stored values to Singles and back: v = stored / scale; the ignore value and NaN stand for each other. Integers are
/// rounded to the nearest and clipped at the ends of their range. Integers of 32 bits and more and doubles keep the 24
/// significant bits of a Single.
/// </summary>
internal sealed class EnviValues
{
    private readonly EnviDataType _type;
    private readonly bool _swap;
    private readonly double _scale;
    private readonly double? _ignored;

    /// <param name="header">Type, byte order, ignore value and scale factor.</param>
    /// <param name="ignoredAsMissing">Whether the ignore value and NaN stand for each other.</param>
    /// <param name="scale">Whether the scale factor applies.</param>
    public EnviValues(EnviHeader header, bool ignoredAsMissing, bool scale)
    {
        _type = header.DataType;
        _swap = Size > 1 && header.ByteOrder == EnviByteOrder.LittleEndian != BitConverter.IsLittleEndian;
        _scale = scale ? header.ReflectanceScaleFactor ?? 1 : 1;
        _ignored = ignoredAsMissing ? header.DataIgnoreValue : null;
    }

    /// <summary>Bytes of one value.</summary>
    public int Size => _type.Size();

    /// <summary>Brings bytes of the file into the byte order of this machine, or back, in place.</summary>
    public void Swap(Span<byte> bytes)
    {
        if (!_swap)
            return;
        switch (Size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var words = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            default:
                var longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }

    /// <summary>Reads values that are in the byte order of this machine.</summary>
    /// <param name="bytes">The stored values.</param>
    /// <param name="values">Receives value i at i · <paramref name="stride"/>.</param>
    /// <param name="stride">Distance of two values.</param>
    public void Decode(ReadOnlySpan<byte> bytes, Span<float> values, int stride)
    {
        switch (_type)
        {
            case EnviDataType.Byte:
                Decode<byte>(bytes, values, stride);
                break;
            case EnviDataType.Int16:
                Decode<short>(bytes, values, stride);
                break;
            case EnviDataType.Int32:
                Decode<int>(bytes, values, stride);
                break;
            case EnviDataType.Single:
                Decode<float>(bytes, values, stride);
                break;
            case EnviDataType.Double:
                Decode<double>(bytes, values, stride);
                break;
            case EnviDataType.UInt16:
                Decode<ushort>(bytes, values, stride);
                break;
            case EnviDataType.UInt32:
                Decode<uint>(bytes, values, stride);
                break;
            case EnviDataType.Int64:
                Decode<long>(bytes, values, stride);
                break;
            default:
                Decode<ulong>(bytes, values, stride);
                break;
        }
    }

    /// <summary>Writes values in the byte order of this machine.</summary>
    /// <param name="values">Value i is at i · <paramref name="stride"/>.</param>
    /// <param name="stride">Distance of two values.</param>
    /// <param name="bytes">Receives the stored values.</param>
    /// <param name="clipped">Counts the values that were beyond the range of the type.</param>
    /// <returns>The index of the first value that cannot be stored, NaN as an integer without an
    /// ignore value, or -1.</returns>
    public int Encode(ReadOnlySpan<float> values, int stride, Span<byte> bytes, ref long clipped) => _type switch
    {
        EnviDataType.Byte => Encode<byte>(values, stride, bytes, ref clipped),
        EnviDataType.Int16 => Encode<short>(values, stride, bytes, ref clipped),
        EnviDataType.Int32 => Encode<int>(values, stride, bytes, ref clipped),
        EnviDataType.Single => Encode<float>(values, stride, bytes, ref clipped),
        EnviDataType.Double => Encode<double>(values, stride, bytes, ref clipped),
        EnviDataType.UInt16 => Encode<ushort>(values, stride, bytes, ref clipped),
        EnviDataType.UInt32 => Encode<uint>(values, stride, bytes, ref clipped),
        EnviDataType.Int64 => Encode<long>(values, stride, bytes, ref clipped),
        _ => Encode<ulong>(values, stride, bytes, ref clipped),
    };

    private void Decode<T>(ReadOnlySpan<byte> bytes, Span<float> values, int stride)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var stored = MemoryMarshal.Cast<byte, T>(bytes);
        var ignored = Ignored<T>(out var ignores);
        for (int i = 0, at = 0; i < stored.Length; i++, at += stride)
            values[at] = ignores && stored[i] == ignored ? float.NaN
                : _scale == 1 ? float.CreateTruncating(stored[i])
                : (float)(double.CreateTruncating(stored[i]) / _scale);
    }

    private int Encode<T>(ReadOnlySpan<float> values, int stride, Span<byte> bytes, ref long clipped)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var stored = MemoryMarshal.Cast<byte, T>(bytes);
        var ignored = Ignored<T>(out var ignores);
        var isInteger = T.CreateTruncating(0.5) == T.Zero;
        var (least, most) = (double.CreateTruncating(T.MinValue), double.CreateTruncating(T.MaxValue));
        for (int i = 0, at = 0; i < stored.Length; i++, at += stride)
        {
            var value = values[at] * _scale;
            if (double.IsNaN(value))
            {
                if (isInteger && !ignores)
                    return i;
                stored[i] = ignores ? ignored : T.CreateTruncating(value);
            }
            else if (isInteger)
            {
                value = Math.Round(value);
                if (value < least || value > most)
                    clipped++;
                stored[i] = T.CreateSaturating(value);
            }
            else
            {
                stored[i] = T.CreateTruncating(value);
            }
        }

        return -1;
    }

    /// <summary>The ignore value as it is stored; none when the type cannot hold it.</summary>
    private T Ignored<T>(out bool exists)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        exists = false;
        if (_ignored is not { } ignored || double.IsNaN(ignored))
            return T.Zero;

        // A Single is stored as the nearest one to what the header says in decimal digits; an integer
        // must be the number itself.
        var stored = T.CreateSaturating(ignored);
        exists = typeof(T) == typeof(float) || double.CreateTruncating(stored) == ignored;
        return stored;
    }
}
