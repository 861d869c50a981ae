#:project ../../src/Nmf.Audio/Nmf.Audio.csproj
// Two notes that overlap, taken apart: powers, Itakura-Saito, and every component back as a sound.
using Nmf;
using Nmf.Audio;

const int rate = 16_000;
var (low, high) = (Tone(220, from: 0, to: 2), Tone(523, from: 1, to: 3));
var mixture = new AudioClip(rate, [.. low.Zip(high, (a, b) => a + b)]);

var stft = new Stft(new StftOptions { FrameLength = 1024, HopLength = 512 });
var spectrogram = stft.Analyze(mixture.ToMono());
var power = spectrogram.Power();
var data = SpectralScaling.For(power).ToData(power);
var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 2, Problem = BetaDivergence.ItakuraSaito, Starts = 5 });

var filter = new WienerFilter(model.Dictionary);
float[][] sounds = [filter.Signal(spectrogram, model.Activations, 0), filter.Signal(spectrogram, model.Activations, 1)];
foreach (var (name, note) in new[] { ("220 Hz", low), ("523 Hz", high) })
{
    var (before, after) = (SiSdr.Evaluate(note, mixture.ToMono()), sounds.Max(sound => SiSdr.Evaluate(note, sound)));
    Console.WriteLine($"{name}: {before:F1} dB SI-SDR in the mixture, {after:F1} dB as a component");
}

var left = mixture.ToMono().Select((x, t) => Math.Abs(x - sounds[0][t] - sounds[1][t])).Max();
Console.WriteLine($"Together the components are the mixture to {left:0e+0}");
new AudioClip(rate, sounds[0]).Write("component-0.wav");

// Six partials that fade, between two moments in seconds, and a little noise.
float[] Tone(double frequency, double from, double to)
{
    var random = new Random((int)frequency);
    var samples = new float[3 * rate];
    for (var i = 0; i < samples.Length; i++)
    {
        var t = i / (double)rate;
        var partials = Enumerable.Range(1, 6).Sum(p => 0.1 / p * Math.Sin(2 * Math.PI * p * frequency * t));
        samples[i] = (float)((t < from || t > to ? 0 : Math.Exp(from - t) * partials) + (1e-4 * random.NextDouble()));
    }

    return samples;
}
