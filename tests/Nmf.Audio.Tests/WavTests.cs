namespace Nmf.Audio.Tests;

public sealed class WavTests
{
    public static TheoryData<WavEncoding, int, double> Encodings
    {
        get
        {
            var data = new TheoryData<WavEncoding, int, double>();
            foreach (var channels in new[] { 1, 2, 3, 6 })
            {
                data.Add(WavEncoding.Pcm8, channels, 0.5 / (1 << 7));
                data.Add(WavEncoding.Pcm16, channels, 0.5 / (1 << 15));
                data.Add(WavEncoding.Pcm24, channels, 0.5 / (1 << 23));
                data.Add(WavEncoding.Pcm32, channels, 0.5 / (1L << 31));
                data.Add(WavEncoding.IeeeFloat32, channels, 0);
                data.Add(WavEncoding.IeeeFloat64, channels, 0);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void What_is_written_is_read_to_half_a_step(WavEncoding encoding, int channels, double halfStep)
    {
        const int samples = 5001;
        var clip = new AudioClip(22_050, [.. Enumerable.Range(0, channels).Select(
            c => Signals.Single(Signals.Noise(samples, 1 + c).Select(x => 0.99 * x)))]);
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, new WavFormat(22_050, channels, encoding), leaveOpen: true))
        {
            clip.Write(writer);
            Assert.Equal(0, writer.Clipped);
        }

        foreach (var seekable in new[] { true, false })
        {
            stream.Position = 0;
            using var reader = new WavReader(seekable ? stream : new ForwardStream(stream), leaveOpen: true);
            Assert.Equal(new WavFormat(22_050, channels, encoding), reader.Format);
            Assert.Equal(samples, reader.Frames);
            var back = AudioClip.Read(reader);
            for (var c = 0; c < channels; c++)
                Assert.True(Signals.GreatestDifference(clip.Channels[c], back.Channels[c]) <= halfStep * 1.0001);
            Assert.Equal(0, reader.Read(new float[channels]));
        }

        // The sizes in the header are those of the file.
        Assert.Equal(stream.Length - 8, BitConverter.ToUInt32(stream.ToArray(), 4));
        Assert.Equal(0, stream.Length % 2);
    }

    [Fact]
    public void Files_of_another_program_are_read_and_written_byte_by_byte()
    {
        foreach (var golden in Goldens.Cases("files"))
        {
            var (width, channels) = (golden.GetProperty("width").GetInt32(), golden.GetProperty("channels").GetInt32());
            var file = Convert.FromHexString(golden.GetProperty("file").GetString()!);
            var data = Convert.FromHexString(golden.GetProperty("data").GetString()!);
            using var reader = new WavReader(new MemoryStream(file));
            Assert.Equal(
                (golden.GetProperty("rate").GetInt32(), channels, width),
                (reader.Format.SampleRate, reader.Format.Channels, reader.Format.BytesPerSample));
            var samples = new float[4 * channels];
            Assert.Equal(4, reader.Read(samples));
            for (var i = 0; i < samples.Length; i++)
            {
                long integer = 0;
                for (var b = width - 1; b >= 0; b--)
                    integer = (integer << 8) | data[(i * width) + b];
                var half = 1L << ((8 * width) - 1);
                Assert.Equal((float)((width == 1 ? integer - half : integer) / (double)half), samples[i]);
            }

            using var written = new MemoryStream();
            using (var writer = new WavWriter(written, reader.Format, leaveOpen: true))
                writer.Write(samples);
            if (width < 4)
                Assert.Equal(file, written.ToArray());
        }
    }

    [Fact]
    public void Integers_clip_and_are_counted_and_floating_point_does_not()
    {
        float[] samples = [1.5f, -1.5f, 1, -1, 0];
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, new WavFormat(8000), leaveOpen: true))
        {
            writer.Write(samples);
            Assert.Equal(3, writer.Clipped);
        }

        Assert.Equal([32767 / 32768f, -1, 32767 / 32768f, -1, 0], Read(stream.ToArray()).Channels[0]);

        stream.SetLength(0);
        using (var writer = new WavWriter(stream, new WavFormat(8000, 1, WavEncoding.IeeeFloat32), leaveOpen: true))
            writer.Write(samples);
        Assert.Equal(samples, Read(stream.ToArray()).Channels[0]);
    }

    [Fact]
    public void Extensible_headers_other_chunks_and_open_lengths_are_read()
    {
        // Three channels make the writer choose WAVE_FORMAT_EXTENSIBLE.
        var file = Bytes(new WavFormat(8000, 3), new float[9]);
        Assert.Equal(0xFFFE, BitConverter.ToUInt16(file, 20));
        Assert.Equal(3, Read(file).Channels.Count);

        var plain = Bytes(new WavFormat(8000), [0.5f, -0.5f]);
        byte[] withList = [
            .. plain[..12], .. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. plain[12..], .. "tail"u8, 0, 0, 0, 0];
        Assert.Equal([0.5f, -0.5f], Read(withList).Channels[0]);

        byte[] open = [.. plain];
        open.AsSpan(40, 4).Fill(0xFF);
        using var reader = new WavReader(new MemoryStream(open));
        Assert.Null(reader.Frames);
        Assert.Equal([0.5f, -0.5f], AudioClip.Read(reader).Channels[0]);
    }

    [Fact]
    public void A_file_without_samples_has_none()
    {
        var empty = Bytes(new WavFormat(8000), []);
        foreach (var file in new byte[][] { empty, [.. empty, .. "LIST"u8, 0, 0, 0, 0] })
        {
            // The size of the whole file says that a chunk follows, not that the data reach to the end.
            BitConverter.TryWriteBytes(file.AsSpan(4), file.Length - 8);
            using var reader = new WavReader(new MemoryStream(file));
            Assert.Equal(0, reader.Frames);
            Assert.Equal(0, reader.Read(new float[1]));
        }
    }

    [Fact]
    public void A_file_on_disk_makes_the_round_trip()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".wav");
        try
        {
            var clip = new AudioClip(16_000, [0.25f, 0.5f], [0.75f, 0]);
            Assert.Equal(0, clip.Write(path, WavEncoding.Pcm24));
            var back = AudioClip.Read(path);
            Assert.Equal(clip.Channels[1], back.Channels[1]);
            Assert.Equal([0.5f, 0.25f], back.ToMono());
            Assert.Equal(TimeSpan.FromMicroseconds(125), back.Duration);
        }
        finally
        {
            File.Delete(path);
        }
    }

    internal static byte[] Bytes(WavFormat format, float[] samples)
    {
        using var stream = new MemoryStream();
        using (var writer = new WavWriter(stream, format, leaveOpen: true))
            writer.Write(samples);
        return stream.ToArray();
    }

    internal static AudioClip Read(byte[] file)
    {
        using var reader = new WavReader(new MemoryStream(file));
        return AudioClip.Read(reader);
    }

    /// <summary>A stream that cannot go back and gives a few bytes at a time, as a network does.</summary>
    internal sealed class ForwardStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
            => inner.Read(buffer, offset, Math.Min(count, 1000));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
