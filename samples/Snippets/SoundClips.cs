#:project ../../src/Microsoft.ML.Nmf.Audio/Microsoft.ML.Nmf.Audio.csproj
// Clips of sound to features to a classifier: frames, spectra, components and pooling are one step of a pipeline.
using Microsoft.ML;
using Microsoft.ML.Transforms;

// Clicks and chirps of one second at 8 kHz.
var random = new Random(1);
var clips = Enumerable.Range(0, 40).Select(n => new Clip
{
    Label = n % 2 == 0 ? "clicks" : "chirp",
    Waveform = [.. Enumerable.Range(0, 8000).Select(t => (float)(n % 2 == 0 ? Click(n, t) : Chirp(n, t)))],
}).ToArray();

var ml = new MLContext(seed: 1);
var split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(clips), testFraction: 0.3, seed: 1);
var pipeline = ml.Transforms.AudioNmf("Code", "Waveform", rank: 6)
    .Append(ml.Transforms.NormalizeLogMeanVariance("Code"))
    .Append(ml.Transforms.Conversion.MapValueToKey("LabelKey", "Label"))
    .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("LabelKey", "Code"));
var model = pipeline.Fit(split.TrainSet);
var metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet), "LabelKey");
Console.WriteLine($"{metrics.MicroAccuracy:P0} of the clips that were not trained on are told apart");

double Click(int n, int t) => (t % (700 + (20 * n)) < 20 ? 0.5 : 0.01) * (random.NextDouble() - 0.5);
double Chirp(int n, int t) => (0.2 * Math.Sin(t * (0.2 + (0.01 * n) + (t / 40_000.0)))) + (0.01 * random.NextDouble());

class Clip
{
    public float[] Waveform { get; set; } = [];
    public string Label { get; set; } = "";
}
