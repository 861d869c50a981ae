#:project ../../src/Nmf.Audio/Nmf.Audio.csproj
// What a source sounds like is learnt from clean recordings; then it is taken out of noise that
// nobody has heard before.
using Nmf.Audio;

const int rate = 16_000;
var random = new Random(1);
var stft = new StftOptions { FrameLength = 1024, HopLength = 512 };
var model = SourceModel.Learn([Clip(Melody(6)), Clip(Melody(6))], new SourceModelOptions { Rank = 16, Stft = stft });

var clean = Melody(4);
float[] noise = [.. clean.Select((_, t) => (float)(0.1 * (random.NextDouble() - 0.5) * (2 + Math.Sin(t / 3000.0))))];
float[] noisy = [.. clean.Zip(noise, (s, r) => s + r)];
var result = model.Enhance(Clip(noisy));

var (before, after) = (SiSdr.Evaluate(clean, noisy), SiSdr.Evaluate(clean, result.Source.Channels[0]));
Console.WriteLine($"SI-SDR of the source: {before:F1} dB in the noise, {after:F1} dB extracted");
model.Save("source.nmf");
Console.WriteLine($"The model, {new FileInfo("source.nmf").Length:N0} bytes, loads with SourceModel.Load.");

AudioClip Clip(float[] samples) => new(rate, samples);

// Notes of half a second at random out of five, each with eight partials.
float[] Melody(int seconds)
{
    double[] notes = [262, 294, 330, 392, 440];
    double[] tune = [.. Enumerable.Range(0, 2 * seconds).Select(_ => notes[random.Next(5)])];
    var samples = new float[seconds * rate];
    for (var i = 0; i < samples.Length; i++)
    {
        var (t, note) = (i / (double)rate, tune[2 * i / rate]);
        var partials = Enumerable.Range(1, 8).Sum(p => 0.1 / p * Math.Sin(2 * Math.PI * p * note * t));
        samples[i] = (float)(Math.Exp(-3 * (t % 0.5)) * partials);
    }

    return samples;
}
