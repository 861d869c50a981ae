using System.Buffers;

namespace Nmf.Audio;

/// <summary>A recording in memory: one array of samples per channel, full scale being 1.</summary>
public sealed class AudioClip
{
    private const int BlockFrames = 4096;

    /// <summary>Wraps arrays of samples, without a copy.</summary>
    /// <param name="sampleRate">Sample rate in Hz, greater than zero.</param>
    /// <param name="channels">One array per channel, all of one length.</param>
    /// <exception cref="ArgumentException">There is no channel, the lengths differ, or the sample rate is
    /// not positive.</exception>
    public AudioClip(int sampleRate, params float[][] channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentNullException.ThrowIfNull(channels);
        if (channels.Length == 0 || channels.Any(c => c.Length != channels[0].Length))
            throw new ArgumentException(
                "A recording needs at least one channel, and channels of one length.", nameof(channels));
        (SampleRate, Channels) = (sampleRate, channels);
    }

    /// <summary>Sample rate in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>The samples of every channel.</summary>
    public IReadOnlyList<float[]> Channels { get; }

    /// <summary>What was left out when the clip was read, in words; empty where nothing was, and for clips that were
    /// not read.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Number of samples per channel.</summary>
    public int Samples => Channels[0].Length;

    /// <summary>Length of the recording.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples / SampleRate);

    /// <summary>Reads a whole WAV file. Longer ones than memory are for <see cref="WavReader"/>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="options">What becomes of a file that is not whole; null for the defaults.</param>
    /// <exception cref="WavFormatException">It is not a WAV file that can be read, or it is truncated and the options
    /// do not allow it.</exception>
    /// <exception cref="IOException">It cannot be opened, or the path is that of a folder.</exception>
    public static AudioClip Read(string path, WavReadOptions? options = null)
    {
        using var reader = WavReader.Open(path, options);
        return Read(reader);
    }

    /// <summary>Reads all that a reader still has. Memory is taken as samples come, not as a header promises.</summary>
    /// <param name="reader">The reader; not disposed.</param>
    /// <exception cref="WavFormatException">The file is truncated.</exception>
    public static AudioClip Read(WavReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var count = reader.Format.Channels;
        var channels = Enumerable.Range(0, count).Select(_ => new List<float>()).ToArray();
        var block = new float[BlockFrames * count];
        for (var frames = reader.Read(block); frames > 0; frames = reader.Read(block))
        {
            for (var c = 0; c < count; c++)
            {
                for (var t = 0; t < frames; t++)
                    channels[c].Add(block[(t * count) + c]);
            }
        }

        return new AudioClip(reader.Format.SampleRate, [.. channels.Select(c => c.ToArray())])
        {
            Warnings = [.. reader.Warnings],
        };
    }

    /// <summary>Writes a WAV file, over an older one.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="encoding">How samples are stored; integers clip at full scale.</param>
    /// <returns>Number of samples that were clipped.</returns>
    /// <exception cref="IOException">It cannot be created, or the path is that of a folder.</exception>
    public long Write(string path, WavEncoding encoding = WavEncoding.Pcm16)
    {
        using var writer = WavWriter.Create(path, new WavFormat(SampleRate, Channels.Count, encoding));
        Write(writer);
        return writer.Clipped;
    }

    /// <summary>Writes all samples.</summary>
    /// <param name="writer">A writer with as many channels; not disposed.</param>
    public void Write(WavWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (writer.Format.Channels != Channels.Count)
            throw new ArgumentException(
                $"The writer has {writer.Format.Channels} channels, the recording {Channels.Count}.",
                nameof(writer));
        var count = Channels.Count;
        var block = new float[BlockFrames * count];
        for (var start = 0; start < Samples; start += BlockFrames)
        {
            var frames = Math.Min(BlockFrames, Samples - start);
            for (var c = 0; c < count; c++)
            {
                for (var t = 0; t < frames; t++)
                    block[(t * count) + c] = Channels[c][start + t];
            }

            writer.Write(block.AsSpan(0, frames * count));
        }
    }

    /// <summary>The recording at another sample rate, by a <see cref="Resampler"/>; itself, without a copy, at the rate
    /// that it has.</summary>
    /// <param name="sampleRate">Sample rate in Hz, at most 256 times as high or as low.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is out of range.</exception>
    /// <exception cref="AudioDataException">A sample is not finite.</exception>
    public AudioClip Resample(int sampleRate)
    {
        var resampler = new Resampler(SampleRate, sampleRate);
        if (sampleRate == SampleRate)
            return this;
        var samples = new ArrayBufferWriter<float>();
        return new AudioClip(sampleRate, [.. Channels.Select(Resampled)]) { Warnings = Warnings };

        float[] Resampled(float[] channel)
        {
            samples.ResetWrittenCount();
            resampler.Push(channel, samples);
            resampler.Complete(samples);
            return samples.WrittenSpan.ToArray();
        }
    }

    /// <summary>The mean of the channels; the samples themselves, without a copy, when there is only one.</summary>
    public float[] ToMono()
    {
        if (Channels.Count == 1)
            return Channels[0];
        var mono = new float[Samples];
        for (var t = 0; t < mono.Length; t++)
        {
            double sum = 0;
            foreach (var channel in Channels)
                sum += channel[t];
            mono[t] = (float)(sum / Channels.Count);
        }

        return mono;
    }
}
