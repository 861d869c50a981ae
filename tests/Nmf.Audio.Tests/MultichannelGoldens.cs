using System.Text.Json;

namespace Nmf.Audio.Tests;

/// <summary>A problem of <c>tests/goldens/make_multichannel_goldens.py</c>, and what numpy computed.</summary>
internal sealed class MultichannelGolden
{
    private static readonly JsonDocument Document =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "multichannel.json")));

    private readonly JsonElement _golden;

    public MultichannelGolden(JsonElement golden)
    {
        _golden = golden;
        int[] components = [.. golden.GetProperty("components").EnumerateArray().Select(e => e.GetInt32())];
        var (bins, frames, channels) = (
            golden.GetProperty("bins").GetInt32(), golden.GetProperty("frames").GetInt32(),
            golden.GetProperty("channels").GetInt32());
        (Mixture, Start) = Create(
            bins, frames, channels, components, Is("instantaneous"), Is("masked"));
    }

    public MultichannelSpectrogram Mixture { get; }

    public MixingFactors Start { get; }

    public double[] Objectives => _golden.Numbers("objectives");

    public double Exponent => _golden.GetProperty("exponent").GetDouble();

    public static IEnumerable<MultichannelGolden> All(string name)
    {
        JsonElement[] cases = [.. Document.RootElement.GetProperty(name).EnumerateArray()];
        Assert.NotEmpty(cases);
        return cases.Select(golden => new MultichannelGolden(golden));
    }

    public bool Is(string name) => _golden.GetProperty(name).GetBoolean();

    public double[] Numbers(string name) => _golden.Numbers(name);

    /// <summary>The problem of a size: data and a start, as the program makes them.</summary>
    public static (MultichannelSpectrogram Mixture, MixingFactors Start) Create(
        int bins, int frames, int channels, int[] components, bool isInstantaneous, bool isMasked, int seed = 1)
    {
        var stft = new Stft(new StftOptions { FrameLength = 2 * (bins - 1), HopLength = bins - 1 });
        var mixture = new MultichannelSpectrogram(8000, [.. Enumerable.Range(0, channels).Select(
            _ => new Spectrogram(stft, frames, (frames - 1) * (bins - 1)))]);
        var numbers = Signals.Noise(2 * bins * frames * channels, seed);
        for (var at = 0; at < bins * frames * channels; at++)
        {
            var (f, n, i) = (at / (frames * channels), at / channels % frames, at % channels);
            mixture.Channels[i].Frame(n)[2 * f] = (float)numbers[2 * at];
            mixture.Channels[i].Frame(n)[(2 * f) + 1] = f == 0 || f == bins - 1 ? 0 : (float)numbers[(2 * at) + 1];
        }

        int[] offsets = [0, .. components.Select((_, j) => components.Take(j + 1).Sum())];
        var start = new MixingFactors(channels, bins, frames, offsets, isInstantaneous);
        var (rank, sources) = (start.Rank, start.Sources);
        var (w, h) = (Signals.Noise(bins * rank, seed + 1), Signals.Noise(rank * frames, seed + 2));
        for (var at = 0; at < w.Length; at++)
            start.Dictionary[at / rank, at % rank] = 0.5 + (0.4 * w[at]);
        for (var at = 0; at < h.Length; at++)
            start.Activations[at / frames, at % frames] = 0.5 + (0.4 * h[at]);
        var mixing = Signals.Noise(2 * bins * channels * sources, seed + 3);
        for (var at = 0; at < start.MixingReal.Length; at++)
        {
            var bin = at / (channels * sources);
            start.MixingReal[at] = mixing[2 * at];
            start.MixingImaginary[at] = bin == 0 || bin == bins - 1 ? 0 : mixing[(2 * at) + 1];
        }

        var noise = Signals.Noise(bins * channels, seed + 4);
        for (var at = 0; at < noise.Length; at++)
            start.Noise[at] = 0.1 + (0.05 * noise[at]);
        for (var k = 0; isMasked && k < rank; k++)
        {
            if (k < offsets[1])
                start.Activations.Row(k)[..(frames / 3)].Clear();
            if (k >= offsets[^2])
                start.Activations.Row(k)[^(frames / 3)..].Clear();
        }

        return (mixture, start);
    }

    /// <summary>Compares parameters with those of numpy.</summary>
    public void AssertEqual(MixingFactors factors, bool isMagnitude = false)
    {
        var mixing = Numbers("mixing");
        for (var at = 0; at < factors.MixingReal.Length; at++)
        {
            Close(mixing[isMagnitude ? at : 2 * at], factors.MixingReal[at]);
            if (!isMagnitude)
                Close(mixing[(2 * at) + 1], factors.MixingImaginary[at]);
        }

        Assert.All(Numbers("dictionary").Zip(factors.Dictionary.ToRowMajor()), pair => Close(pair.First, pair.Second));
        Assert.All(
            Numbers("activations").Zip(factors.Activations.ToRowMajor()), pair => Close(pair.First, pair.Second));
        if (!isMagnitude)
            Assert.All(Numbers("noise").Zip(factors.Noise), pair => Close(pair.First, pair.Second));

        static void Close(double expected, double actual)
            => Assert.Equal(expected, actual, 1e-9 * Math.Max(1, Math.Abs(expected)));
    }
}
