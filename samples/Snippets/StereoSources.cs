#:project ../../src/Nmf.Audio/Nmf.Audio.csproj
// Three instruments between left and right: marked where they are heard, taken apart, and as stereo images again.
using Nmf;
using Nmf.Audio;

const int rate = 16_000;
AudioClip[] images = [Note(220, 0.15, 0, to: 2.5), Note(311, 0.5, 1, to: 4), Note(466, 0.85, 2, to: 5)];
var recording = Sum(images);

var mixture = new Stft(new StftOptions { FrameLength = 1024 }).Analyze(recording);
var options = new MultichannelOptions
{
    Sources = 3,
    ComponentsPerSource = 3,
    Mixing = MixingKind.Instantaneous,
    Activity = ActivityTable.Read(new StringReader("source,from,to\n0,0,2.5\n1,1,4\n2,2,5")),
};
var model = MultichannelNmf.Fit(mixture, options);
var found = Enumerable.Range(0, 3).Select(j => model.SourceImage(mixture, model.Activations, j).ToClip()).ToArray();
for (var j = 0; j < 3; j++)
{
    var angle = Math.Atan2(model.Mixing(1, 1, j).Real, model.Mixing(1, 0, j).Real) / Math.PI * 2;
    Console.WriteLine($"Source {j}: place {angle:F2} from left to right; {Ratio(images[j], recording):F1} dB in the "
        + $"mixture, {Ratio(images[j], found[j]):F1} dB separated");
}

var left = Sum(found).Channels[0].Zip(recording.Channels[0], (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"Together the images are the recording to {left:0e+0}");
model.Remix(mixture, model.Activations, [0, 1, 1]).ToClip().Write("without-source-0.wav");

// Notes of six partials, one after the other, in the channels by their place.
AudioClip Note(double frequency, double place, double from, double to)
{
    var mono = Enumerable.Range(0, 5 * rate).Select(i => (Time: i / (double)rate, Age: i % 8000 / 4000.0)).Select(
        t => t.Time < from || t.Time > to ? 0 : Math.Exp(-t.Age) * Enumerable.Range(1, 6).Sum(
            p => 0.1 / p * Math.Sin(2 * Math.PI * p * frequency * t.Time))).ToArray();
    return new AudioClip(rate, [.. mono.Select(x => (float)(Math.Cos(place * Math.PI / 2) * x))],
        [.. mono.Select(x => (float)(Math.Sin(place * Math.PI / 2) * x))]);
}

AudioClip Sum(AudioClip[] clips) => new(rate, [.. Enumerable.Range(0, 2).Select(
    i => Enumerable.Range(0, clips[0].Samples).Select(t => clips.Sum(clip => clip.Channels[i][t])).ToArray())]);

// Energy of the truth over that of the error, in dB.
double Ratio(AudioClip truth, AudioClip estimate) => 10 * Math.Log10(
    truth.Channels.Sum(channel => channel.Sum(x => (double)x * x)) / truth.Channels.Zip(estimate.Channels).Sum(
        pair => pair.First.Zip(pair.Second, (a, b) => Math.Pow(a - b, 2)).Sum()));
