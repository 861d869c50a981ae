using System.Buffers.Binary;
using System.Text.Json;

namespace Nmf.Audio.Tests;

/// <summary>WAV files as other programs write them, judged by SciPy and libsndfile
/// (<c>tests/goldens/make_wav_goldens.py</c>).</summary>
public sealed class ForeignWavTests
{
    private static readonly float[] Samples = [0.5f, -0.5f, 0.25f];

    public static TheoryData<string, int, string, float[]> Judged
    {
        get
        {
            var data = new TheoryData<string, int, string, float[]>();
            using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "wav.json")));
            foreach (var golden in file.RootElement.EnumerateArray())
            {
                data.Add(
                    golden.GetProperty("name").GetString()!,
                    golden.GetProperty("warnings").GetInt32(),
                    golden.GetProperty("file").GetString()!,
                    [.. golden.GetProperty("samples").EnumerateArray().Select(sample => sample.GetSingle())]);
            }

            return data;
        }
    }

    public static IEnumerable<byte[]> Files() => Judged.Select(row => Convert.FromHexString(row.Data.Item3));

    [Theory]
    [MemberData(nameof(Judged))]
    public void Samples_are_those_that_others_read(string name, int warnings, string file, float[] samples)
    {
        Assert.NotEmpty(name);
        foreach (var seekable in new[] { true, false })
        {
            Stream stream = new MemoryStream(Convert.FromHexString(file));
            using var reader = new WavReader(seekable ? stream : new WavTests.ForwardStream(stream));
            var clip = AudioClip.Read(reader);
            Assert.Equal(8000, clip.SampleRate);
            var channels = clip.Channels.Count;
            Assert.Equal(
                samples,
                Enumerable.Range(0, clip.Samples * channels).Select(i => clip.Channels[i % channels][i / channels]));
            Assert.Equal(warnings, reader.Warnings.Count);
        }
    }

    /// <summary>Programs that cannot go back leave one of these as the size of the data, with that of the file to
    /// match, or none.</summary>
    [Theory]
    [InlineData(0xFFFF_FFFF, 0xFFFF_FFFF)]
    [InlineData(0x7FFF_F000, 0x7FFF_F024)]
    [InlineData(0x7FFF_FFFF, 0x7FFF_FFFF)]
    [InlineData(0x8000_0000, 0x8000_0024)]
    [InlineData(0xFFFF_FFDB, 0xFFFF_FFFF)]
    [InlineData(0x7FFF_FFDB, 0x7FFF_FFFF)]
    [InlineData(0, 0)]
    [InlineData(0, 36)]
    public void Sizes_that_were_never_filled_in_reach_to_the_end(uint dataSize, uint riffSize)
    {
        var file = WithSizes(dataSize, riffSize);
        foreach (var seekable in new[] { true, false })
        {
            var stream = new MemoryStream(file);
            using var reader = new WavReader(seekable ? stream : new WavTests.ForwardStream(stream));
            Assert.Null(reader.Frames);
            Assert.Equal(Samples, AudioClip.Read(reader).Channels[0]);
            Assert.Empty(reader.Warnings);
        }
    }

    /// <summary>Sizes that are meant: what is missing is missing.</summary>
    [Theory]
    [InlineData(0x7FFF_EFFE, 0x7FFF_F022)]
    [InlineData(0x7FFF_F000, 0x7FFF_F064)]
    [InlineData(0x9000_0000, 0x9000_0024)]
    [InlineData(4000, 4036)]
    public void Sizes_that_are_meant_are_not_open(uint dataSize, uint riffSize)
        => Assert.Contains(
            "truncated", Assert.Throws<WavFormatException>(() => WavTests.Read(WithSizes(dataSize, riffSize))).Message);

    [Fact]
    public void An_open_length_that_ends_within_a_frame_leaves_out_the_rest_with_a_warning()
    {
        byte[] file = [.. WithSizes(0xFFFF_FFFF, 0xFFFF_FFFF), 1];
        using var reader = new WavReader(new MemoryStream(file));
        Assert.Equal(Samples, AudioClip.Read(reader).Channels[0]);
        Assert.Contains(
            "7 bytes, which is not a multiple of the 2 bytes of a frame; the last 1 are left out",
            Assert.Single(reader.Warnings));
    }

    /// <summary>One byte too few, but no sample: a size that counts the padding.</summary>
    [Fact]
    public void A_missing_byte_that_is_no_sample_is_not_truncation()
    {
        var file = WithSizes(7, 43);
        using var reader = new WavReader(new MemoryStream(file));
        Assert.Equal(3, reader.Frames);
        Assert.Equal(Samples, AudioClip.Read(reader).Channels[0]);
        Assert.Single(reader.Warnings);
    }

    [Fact]
    public void The_sizes_of_rf64_are_those_of_its_own_chunk()
    {
        var plain = WavTests.Bytes(new WavFormat(8000), Samples);

        // A chunk before the data whose size is in the table, and one behind them that is no sample.
        foreach (var kind in new[] { "RF64"u8.ToArray(), "BW64"u8.ToArray() })
        {
            byte[] file =
            [.. kind, 0xFF, 0xFF, 0xFF, 0xFF, .. "WAVE"u8, .. Ds64(6, ("long", 4)), .. "long"u8, 0xFF, 0xFF, 0xFF, 0xFF,
                9, 9, 9, 9, .. plain[12..40], 0xFF, 0xFF, 0xFF, 0xFF, .. plain[44..], .. "tail"u8, 2, 0, 0, 0, 1, 2,
            ];
            foreach (var seekable in new[] { true, false })
            {
                var stream = new MemoryStream(file);
                using var reader = new WavReader(seekable ? stream : new WavTests.ForwardStream(stream));
                Assert.Equal(3, reader.Frames);
                Assert.Equal(Samples, AudioClip.Read(reader).Channels[0]);
            }

            // The file ends before the size of more than 4 GB that the chunk promises.
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(28), 5_000_000_000);
            Assert.Contains(
                "promises 5000000000 bytes", Assert.Throws<WavFormatException>(() => WavTests.Read(file)).Message);
        }
    }

    [Fact]
    public void A_table_of_rf64_without_end_costs_no_memory()
    {
        var plain = WavTests.Bytes(new WavFormat(8000), Samples);
        byte[] sizes = Ds64(6);
        BinaryPrimitives.WriteUInt32LittleEndian(sizes.AsSpan(4), 0xFFFF_FFF0);
        BinaryPrimitives.WriteUInt32LittleEndian(sizes.AsSpan(32), 0xFFFF_FFFF);
        byte[] file = [.. "RF64"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. "WAVE"u8, .. sizes, .. plain[12..], .. new byte[10_000]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("ds64", Assert.Throws<WavFormatException>(() => WavTests.Read(file)).Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    /// <summary>Every container and number of bits in it: the upper bits of the container are the sample.</summary>
    [Fact]
    public void Bits_stand_in_the_upper_part_of_their_container()
    {
        for (var bits = 1; bits <= 32; bits++)
        {
            var container = (bits + 7) / 8;
            var encoding = container switch { 1 => WavEncoding.Pcm8, 2 => WavEncoding.Pcm16, 3 => WavEncoding.Pcm24, _
                => WavEncoding.Pcm32 };
            var samples = Enumerable.Range(0, 9).Select(
                i => (float)Math.Floor(((i / 4.5) - 1) * Math.Pow(2, Math.Min(bits, 20) - 1)) / MathF.Pow(
                    2, Math.Min(bits, 20) - 1)).ToArray();
            var file = WavTests.Bytes(new WavFormat(8000, 1, encoding), samples);
            BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(34), (ushort)bits);
            using var reader = new WavReader(new MemoryStream(file));
            Assert.Equal(encoding, reader.Format.Encoding);
            Assert.Equal(samples, AudioClip.Read(reader).Channels[0]);
        }
    }

    [Fact]
    public void A_clip_that_was_read_keeps_the_warnings()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, WavTests.Bytes(new WavFormat(8000), Samples)[..^2]);
        var clip = AudioClip.Read(path, new WavReadOptions { ReadTruncated = true });
        File.Delete(path);
        Assert.Equal(Samples.Length - 1, clip.Samples);
        Assert.Contains("truncated", Assert.Single(clip.Warnings), StringComparison.Ordinal);
        Assert.Empty(new AudioClip(8000, Samples).Warnings);
    }

    private static byte[] WithSizes(uint dataSize, uint riffSize)
    {
        var file = WavTests.Bytes(new WavFormat(8000), Samples);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), riffSize);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), dataSize);
        return file;
    }

    private static byte[] Ds64(long dataSize, params (string Id, long Size)[] table)
    {
        var chunk = new byte[8 + 28 + (12 * table.Length)];
        "ds64"u8.CopyTo(chunk);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), chunk.Length - 8);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(8), 1000);
        BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(16), dataSize);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(32), table.Length);
        for (var i = 0; i < table.Length; i++)
        {
            System.Text.Encoding.ASCII.GetBytes(table[i].Id, chunk.AsSpan(36 + (12 * i)));
            BinaryPrimitives.WriteInt64LittleEndian(chunk.AsSpan(40 + (12 * i)), table[i].Size);
        }

        return chunk;
    }
}
