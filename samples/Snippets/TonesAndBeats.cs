#:project ../../src/Nmf.Audio/Nmf.Audio.csproj
// Notes, a ticking clock and noise in one recording: taken apart into a layer of tones, a layer of beats and the rest.
using Nmf;
using Nmf.Audio;

const int rate = 16_000;
var random = new Random(1);
var notes = Signal(t => 0.25 * (1 - (t % 1)) * Math.Sin(2 * Math.PI * (t < 1 ? 330 : t < 2 ? 440 : 550) * t));
var clock = Signal(t => t % 0.25 < 0.002 ? Math.Cos(2 * Math.PI * 3000 * t) * Math.Exp(-(t % 0.25) * 1500) : 0);
var noise = Signal(_ => 0.01 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
    * Math.Cos(2 * Math.PI * random.NextDouble()));
var recording = notes.Zip(clock, noise).Select(x => x.First + x.Second + x.Third).ToArray();

var result = TimeFrequencySynthesis.Fit(recording, rate, new SynthesisOptions
{
    Layers =
    [
        new SynthesisLayer { Stft = new StftOptions { FrameLength = 1024 }, Rank = 5 },     // 64 ms: tones
        new SynthesisLayer { Stft = new StftOptions { FrameLength = 64 }, Rank = 3 },       // 4 ms: beats
    ],
    Noise = SynthesisNoise.Estimated().Annealed(),          // begins with much, so that the layers part
});
float[] tones = result.Layer(0), beats = result.Layer(1), rest = result.Residual();

Console.WriteLine($"Standard deviation of the noise: {Math.Sqrt(result.Model.NoiseVariance):F3}");
Console.WriteLine($"Notes: {Ratio(notes, recording):F1} dB in the recording, {Ratio(notes, tones):F1} dB as a layer");
Console.WriteLine($"Clock: {Ratio(clock, recording):F1} dB in the recording, {Ratio(clock, beats):F1} dB as a layer");
var difference = recording.Select((x, t) => Math.Abs(x - (tones[t] + beats[t] + rest[t]))).Max();
Console.WriteLine($"Layers and rest are the recording to {difference:0e+0}");
new AudioClip(rate, beats).Write("clock.wav");

float[] Signal(Func<double, double> value)
    => [.. Enumerable.Range(0, 3 * rate).Select(i => (float)value(i / (double)rate))];

// Energy of the truth over that of the error, in dB.
double Ratio(float[] truth, float[] estimate) => 10 * Math.Log10(
    truth.Sum(x => (double)x * x) / truth.Zip(estimate, (a, b) => Math.Pow(a - b, 2)).Sum());
