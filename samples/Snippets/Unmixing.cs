#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Pixels are mixtures of materials: their spectra, how much of each is in a pixel, and a classifier
// on that, in one pipeline.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

// Three materials of 30 bands; no pixel has more than 80 per cent of one.
var random = new Random(1);
var materials = Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, 30)
    .Select(f => (float)(0.2 + (0.6 * Math.Exp(-Math.Pow((f - 5 - (10 * k)) / 6.0, 2))))).ToArray()).ToArray();
var pixels = Enumerable.Range(0, 900).Select(_ =>
{
    double[] shares;
    do
        shares = [.. Enumerable.Range(0, 3).Select(_ => -Math.Log(random.NextDouble()))];
    while (shares.Max() > 0.8 * shares.Sum());
    var sum = shares.Sum();
    var mixture = Enumerable.Range(0, 30).Select(f => shares.Select((a, k) => a * materials[k][f]).Sum() / sum);
    return new Pixel
    {
        Spectrum = [.. mixture.Select(x => (float)(x + (0.004 * random.NextDouble())))],
        Land = $"mostly material {Array.IndexOf(shares, shares.Max())}",
    };
}).ToArray();

var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(pixels);
Console.WriteLine($"HySime estimates {ml.Model.EstimateEndmembers(data, "Spectrum").Endmembers} materials");
var unmixing = ml.Transforms.UnmixingNmf("Abundances", "Spectrum", rank: 3, minimumVolume: 0.1);
var model = unmixing.Fit(data).Model;
for (var k = 0; k < 3; k++)
{
    var nearest = Enumerable.Range(0, 3).Min(c => SpectralAngle.Degrees<float>(materials[k], model.GetComponent(c)));
    Console.WriteLine($"Material {k} is found {nearest:F2} degrees from its spectrum");
}

var pipeline = ml.Transforms.Conversion.MapValueToKey("Label", "Land").Append(unmixing)
    .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Abundances"));
var metrics = ml.MulticlassClassification.Evaluate(pipeline.Fit(data).Transform(data));
Console.WriteLine($"A classifier on the abundances is right for {metrics.MicroAccuracy:P1} of the pixels");

class Pixel
{
    [VectorType(30)]
    public float[] Spectrum { get; set; } = [];
    public string Land { get; set; } = "";
}
