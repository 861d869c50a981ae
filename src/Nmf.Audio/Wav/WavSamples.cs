using System.Buffers.Binary;

namespace Nmf.Audio;

/// <summary>Samples as bytes. Integers are divided by half their range on reading; on writing they are rounded to the
/// nearest and clipped.</summary>
internal static class WavSamples
{
    private const double Half8 = 1 << 7;
    private const double Half16 = 1 << 15;
    private const double Half24 = 1 << 23;
    private const double Half32 = 1L << 31;

    /// <param name="bytes">The stored samples; brought into the other byte order in place where
    /// they are big-endian.</param>
    /// <param name="encoding">How they are stored.</param>
    /// <param name="isBigEndian">Whether their most significant byte comes first.</param>
    /// <param name="samples">Receives the samples.</param>
    public static void Decode(Span<byte> bytes, WavEncoding encoding, bool isBigEndian, Span<float> samples)
    {
        if (isBigEndian && !samples.IsEmpty)
        {
            var size = bytes.Length / samples.Length;
            for (var i = 0; i < bytes.Length; i += size)
                bytes.Slice(i, size).Reverse();
        }

        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = encoding switch
            {
                WavEncoding.Pcm8 => (float)((bytes[i] - Half8) / Half8),
                WavEncoding.Pcm16 => (float)(BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]) / Half16),
                WavEncoding.Pcm24
                    => (float)((bytes[3 * i] | (bytes[(3 * i) + 1] << 8) | ((sbyte)bytes[(3 * i) + 2] << 16)) / Half24),
                WavEncoding.Pcm32 => (float)(BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]) / Half32),
                WavEncoding.IeeeFloat32 => BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]),
                _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes[(8 * i)..]),
            };
        }
    }

    /// <returns>How many samples were clipped.</returns>
    public static int Encode(ReadOnlySpan<float> samples, WavEncoding encoding, Span<byte> bytes)
    {
        var clipped = 0;
        for (var i = 0; i < samples.Length; i++)
        {
            switch (encoding)
            {
                case WavEncoding.Pcm8:
                    bytes[i] = (byte)(Round(samples[i], Half8, ref clipped) + 128);
                    break;
                case WavEncoding.Pcm16:
                    BinaryPrimitives.WriteInt16LittleEndian(
                        bytes[(2 * i)..], (short)Round(samples[i], Half16, ref clipped));
                    break;
                case WavEncoding.Pcm24:
                    var value = (int)Round(samples[i], Half24, ref clipped);
                    (bytes[3 * i], bytes[(3 * i) + 1], bytes[(3 * i) + 2]) = ((byte)value, (byte)(value >> 8),
                        (byte)(value >> 16));
                    break;
                case WavEncoding.Pcm32:
                    BinaryPrimitives.WriteInt32LittleEndian(
                        bytes[(4 * i)..], (int)Round(samples[i], Half32, ref clipped));
                    break;
                case WavEncoding.IeeeFloat32:
                    BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], samples[i]);
                    break;
                default:
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes[(8 * i)..], samples[i]);
                    break;
            }
        }

        return clipped;
    }

    private static long Round(float sample, double half, ref int clipped)
    {
        var value = Math.Round(sample * half);
        if (value >= -half && value <= half - 1)
            return (long)value;
        clipped++;
        return (long)Math.Clamp(value, -half, half - 1);
    }
}
