using System.Buffers.Binary;
using System.Globalization;

namespace Nmf.Audio.Tests;

public sealed class WavErrorTests
{
    private static byte[] Good => WavTests.Bytes(new WavFormat(8000, 2), new float[20]);

    [Fact]
    public void Other_formats_are_named()
    {
        Refuse([], "empty");
        Refuse("RIFF"u8, "ends within the header");
        Refuse("RF64\0\0\0\0"u8, "ends within the header");
        Refuse("RIFX\0\0\0\0WAVE"u8, "before a \"fmt \" chunk");
        Refuse("riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB"u8, "Wave64");
        Refuse("RIFF\0\0\0\0AVI "u8, "AVI ");
        Refuse("FORM\0\0\0\0AIFF"u8, "AIFF");
        Refuse("fLaC\0\0\0\0\0\0\0\0"u8, "FLAC");
        Refuse("OggS\0\0\0\0\0\0\0\0"u8, "Ogg");
        Refuse("ID3\0\0\0\0\0\0\0\0\0"u8, "MP3");
        Refuse("<html><body>"u8, "<htm");
    }

    [Theory]
    [InlineData(2, "ADPCM")]
    [InlineData(6, "A-law")]
    [InlineData(7, "µ-law")]
    [InlineData(0x55, "MPEG")]
    [InlineData(0x1234, "0x1234")]
    public void Compressed_samples_are_named(ushort tag, string name) => Refuse(With(20, tag), name);

    [Fact]
    public void Broken_headers_are_named()
    {
        Refuse(With(22, 0), "0 channels");
        Refuse(With(22, 60_000), "60000 channels");
        Refuse(With(24, 0), "sample rate of 0");
        Refuse(With(32, 3), "3 bytes");
        Refuse(With(34, 12 + 16), "28 bits");
        Refuse(With(34, 40), "40 bits");
        Refuse(With(34, 0), "0 bits");
        Refuse(With(16, 12), "12 bytes");
        Refuse(With(20, 0xFFFE), "EXTENSIBLE");
        Refuse(Good.AsSpan(0, 30), "within the \"fmt \" chunk");
        Refuse(Good.AsSpan(0, 36), "before a \"data\" chunk");
        Refuse(Good.AsSpan(0, 12), "before a \"fmt \" chunk");
        Refuse([.. Good[..12], .. Good[36..]], "before the \"fmt \" chunk");
        Refuse([.. Good[..36], .. Good[12..]], "two \"fmt \"");
        Refuse([.. Good[..36], .. "LIST"u8, 0xF0, 0xFF, 0xFF, 0xFF], "LIST");
        Refuse(
            [.. "RF64"u8, .. Good[4..12], .. "ds64"u8, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
            "\"ds64\" chunk has 8 bytes");
        Refuse(
            [.. "RF64"u8, .. Good[4..12], .. "ds64"u8, 28, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
            "within the \"ds64\" chunk");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Truncated_data_are_an_error_and_say_how_much_is_missing(bool seekable)
    {
        var file = Good[..^20];
        var error = Assert.Throws<WavFormatException>(() =>
        {
            var stream = new MemoryStream(file);
            using var reader = new WavReader(seekable ? stream : new WavTests.ForwardStream(stream));
            AudioClip.Read(reader);
        });
        Assert.Contains("promises 40 bytes", error.Message);
        Assert.Contains("there are 20", error.Message);
    }

    [Theory]
    [InlineData(true, 8)]
    [InlineData(true, 7)]
    [InlineData(false, 8)]
    [InlineData(false, 7)]
    public void Truncated_data_are_read_where_that_is_asked_for(bool seekable, int missing)
    {
        var samples = Enumerable.Range(0, 20).Select(i => i / 32f).ToArray();
        var stream = new MemoryStream(WavTests.Bytes(new WavFormat(8000, 2), samples)[..^missing]);
        using var reader = new WavReader(
            seekable ? stream : new WavTests.ForwardStream(stream), new WavReadOptions { ReadTruncated = true });
        Assert.Equal(seekable ? 8 : 10, reader.Frames);
        var read = new float[20];
        Assert.Equal(8, reader.Read(read));
        Assert.Equal(samples[..16], read[..16]);
        Assert.Equal(0, reader.Read(read));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"promises 40 bytes of samples, but there are {40 - missing}"),
            Assert.Single(reader.Warnings));
    }

    [Fact]
    public void A_folder_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("wav-").FullName;
        try
        {
            foreach (Action use in new Action[]
            {
                () => AudioClip.Read(folder), () => WavReader.Open(folder),
                () => WavWriter.Create(folder, new WavFormat(8000)), () => new AudioClip(8000, [1]).Write(folder),
                () => SourceModel.Load(folder),
            })
            {
                Assert.Contains($"'{folder}' is a folder", Assert.Throws<IOException>(use).Message);
            }
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    [Fact]
    public void A_header_that_promises_gigabytes_costs_no_memory()
    {
        var file = Good;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), 0xFFFFFFF0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WavFormatException>(() =>
        {
            using var reader = new WavReader(new WavTests.ForwardStream(new MemoryStream(file)));
            AudioClip.Read(reader);
        });
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new WavWriter(new MemoryStream(), new WavFormat(0)));
        Assert.Throws<ArgumentException>(() => new WavWriter(new MemoryStream(), new WavFormat(8000, 300)));
        Assert.Throws<ArgumentException>(
            () => new WavWriter(new WavTests.ForwardStream(new MemoryStream()), new WavFormat(8000)));
        using var writer = new WavWriter(new MemoryStream(), new WavFormat(8000, 2));
        Assert.Throws<ArgumentException>(() => writer.Write(new float[3]));
        Assert.Equal(3, Assert.Throws<AudioDataException>(() => writer.Write([0, 0, 0, float.NaN])).Sample);
        Assert.Throws<ArgumentException>(() => new AudioClip(8000, [1], [1, 2]));
    }

    /// <summary>Whatever the bytes, a file is read or refused with the documented exception, in
    /// bounded memory.</summary>
    [Fact]
    public void Damaged_files_are_read_or_refused()
    {
        var random = new Random(5);
        byte[][] originals =
        [
            Good, WavTests.Bytes(new WavFormat(48_000, 3, WavEncoding.Pcm24), new float[30]),
            WavTests.Bytes(new WavFormat(44_100, 1, WavEncoding.IeeeFloat64), new float[16]),
            .. ForeignWavTests.Files(),
        ];
        var (read, refused) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var file = Mutate(originals[i % originals.Length], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Stream stream = new MemoryStream(file);
                using var reader = new WavReader(
                    i % 2 == 0 ? stream : new WavTests.ForwardStream(stream),
                    new WavReadOptions { ReadTruncated = i % 3 == 0 });
                var clip = AudioClip.Read(reader);
                Assert.True((long)clip.Samples * clip.Channels.Count <= file.Length);
                read++;
            }
            catch (WavFormatException e)
            {
                Assert.NotEmpty(e.Message);
                refused++;
            }

            // The block to read into (256 channels at most) and its floats.
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8_000_000, $"Case {i}");
        }

        Assert.True(read > 500 && refused > 500, $"{read} read, {refused} refused");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var file = original.ToArray();
        var edits = random.Next(1, 4);
        for (var e = 0; e < edits; e++)
        {
            switch (random.Next(4))
            {
                case 0:
                    file[random.Next(file.Length)] = (byte)random.Next(256);
                    break;
                case 1:
                    var at = random.Next(Math.Max(1, file.Length - 4));
                    random.NextBytes(file.AsSpan(at, Math.Min(4, file.Length - at)));
                    break;
                case 2 when file.Length > 2:
                    file = file[..random.Next(1, file.Length)];
                    break;
                default:
                    var from = random.Next(file.Length);
                    file = [.. file[..from], .. file[random.Next(from, file.Length)..], (byte)random.Next(256)];
                    break;
            }
        }

        return file;
    }

    private static byte[] With(int offset, ushort value)
    {
        var file = Good;
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);
        return file;
    }

    private static void Refuse(ReadOnlySpan<byte> file, string part)
    {
        var copy = file.ToArray();
        var error = Assert.Throws<WavFormatException>(() => WavTests.Read(copy));
        Assert.Contains(part, error.Message);
    }
}
