using Nmf.Audio;
using Nmf.Hyperspectral;

namespace MLNmf.Tool.Tests;

/// <summary>Pictures and sounds.</summary>
public sealed class FieldCommandTests : IDisposable
{
    private const int Rate = 8000;

    private readonly ToolRun _tool = new();

    public void Dispose() => _tool.Dispose();

    [Fact]
    public async Task A_picture_is_unmixed_to_maps_that_sum_to_one()
    {
        using (var writer = EnviWriter.Create(
            _tool.File("s.hdr"), new EnviHeader { Lines = 8, Samples = 10, Bands = 6 }))
        {
            for (var pixel = 0; pixel < 80; pixel++)
                writer.Write([.. Enumerable.Range(0, 6).Select(
                    f => (((pixel % 10) / 9f * (f + 1)) + ((1 - ((pixel % 10) / 9f)) * (6 - f))) / 6)]);
            writer.Complete();
        }

        await _tool.Good("unmix", "@s.hdr", "--materials", "2", "-o", "@maps.hdr", "--spectra", "@spectra.csv");
        using var maps = EnviCube.Open(_tool.File("maps.hdr"));
        var values = maps.ReadAll();
        Assert.Equal(160, values.Length);
        for (var pixel = 0; pixel < 80; pixel++)
            Assert.Equal(1, values[2 * pixel] + values[(2 * pixel) + 1], 1e-3);
        Assert.True(Math.Abs(values[0] - values[18]) > 0.9);
        Assert.Equal(3, File.ReadAllLines(_tool.File("spectra.csv")).Length);
        _tool.Write("bad.hdr", "not a header");
        Assert.Contains("bad.hdr", await _tool.Bad("unmix", "@bad.hdr", "-o", "@m.hdr"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_sources_of_a_recording_are_together_the_recording(int channels)
    {
        var (low, high) = (Tone(220, 0, 1.5), Tone(523, 0.7, 2));
        float[] Mix(double a, double b) => [.. low.Zip(high, (x, y) => (float)((a * x) + (b * y)))];
        var recording = channels == 1
            ? new AudioClip(Rate, Mix(1, 1))
            : new AudioClip(Rate, Mix(1, 0.2), Mix(0.2, 1));
        recording.Write(_tool.File("r.wav"), WavEncoding.IeeeFloat32);
        await _tool.Good("separate", "@r.wav", "--sources", "2", "--iterations", "60", "-o", "@out");
        AudioClip[] sounds = [.. new[] { 1, 2 }.Select(j => AudioClip.Read(_tool.File($"out/source{j}.wav")))];
        for (var t = 0; t < recording.Samples; t++)
            Assert.Equal(recording.Channels[0][t], sounds.Sum(sound => sound.Channels[0][t]), 2e-3);
        _tool.Write("bad.wav", "not a sound");
        Assert.NotEmpty(await _tool.Bad("separate", "@bad.wav", "-o", "@out"));
    }

    [Fact]
    public async Task A_known_source_is_taken_out_of_noise()
    {
        var random = new Random(2);
        var clean = Tone(262, 0, 2);
        var noise = clean.Select(_ => (float)(0.1 * (random.NextDouble() - 0.5))).ToArray();
        new AudioClip(Rate, clean).Write(_tool.File("clean.wav"), WavEncoding.IeeeFloat32);
        new AudioClip(Rate, [.. clean.Zip(noise, (a, b) => a + b)]).Write(_tool.File("n.wav"), WavEncoding.IeeeFloat32);
        await _tool.Good(
            "enhance", "@n.wav", "--clean", "@clean.wav", "--source-model", "@s.nmf", "-o", "@e.wav", "--noise",
            "@left.wav");
        var before = SiSdr.Evaluate(clean, AudioClip.Read(_tool.File("n.wav")).Channels[0]);
        var after = SiSdr.Evaluate(clean, AudioClip.Read(_tool.File("e.wav")).Channels[0]);
        Assert.True(after > before + 1, $"{before} {after}");
        await _tool.Good("enhance", "@n.wav", "--source-model", "@s.nmf", "-o", "@f.wav");
        Assert.Equal(File.ReadAllBytes(_tool.File("e.wav")), File.ReadAllBytes(_tool.File("f.wav")));
        Assert.Contains("--clean", await _tool.Bad("enhance", "@n.wav"), StringComparison.Ordinal);
    }

    private static float[] Tone(double frequency, double from, double to) => [.. Enumerable.Range(0, 2 * Rate).Select(
        i => i / (double)Rate).Select(t => (float)((t < from || t > to ? 0 : Math.Exp(from - t) * Enumerable.Range(1, 5)
            .Sum(p => 0.1 / p * Math.Sin(2 * Math.PI * p * frequency * t))) + (1e-5 * Math.Sin(9999 * t * t))))];
}
