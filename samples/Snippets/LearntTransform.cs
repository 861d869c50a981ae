#:project ../../src/Nmf.Audio/Nmf.Audio.csproj
// Which transform suits a sound? One that is learnt from its frames, beside the cosine transform.
using Nmf;
using Nmf.Audio;

const int rate = 8000;
var notes = Enumerable.Range(0, 4 * rate).Select(i =>
{
    var t = i / (double)rate;
    var pitch = (t % 2) < 1 ? 220 : 330;
    return (float)((1 - (t % 1)) * (Math.Sin(2 * Math.PI * pitch * t) + (0.5 * Math.Sin(4 * Math.PI * pitch * t))));
}).ToArray();
var random = new Random(1);
for (var i = 0; i < notes.Length; i++)
    notes[i] += 0.01f * (float)(random.NextDouble() - 0.5);

var frames = SignalFrames.Cut(notes, new StftOptions { FrameLength = 64 });
var options = new TransformLearningOptions { Rank = 4, Iterations = new() { MaximumIterations = 150 } };
var kept = TransformLearning.Fit(frames, options with { KeepsTransform = true });
var learnt = TransformLearning.Fit(frames, options);

double Each(TransformModel<float> model) => model.Report!.Objective / (frames.Rows * frames.Columns);
Console.WriteLine($"{frames.Rows} frames of {frames.Columns} samples");
Console.WriteLine($"Divergence of a coefficient, cosine transform: {Each(kept):F2}");
Console.WriteLine($"Divergence of a coefficient, learnt transform: {Each(learnt):F2}");
var strongest = learnt.Transform.Row(learnt.AtomsByPower()[0]).ToArray();
Console.WriteLine($"The strongest atom begins {string.Join(" ", strongest[..6].Select(x => x.ToString("F2")))} …");
