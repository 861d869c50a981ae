#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Rows that are no mixtures of the parts bend a plain fit; the robust one gives them a part of their own, whose
// size is an anomaly score.
using Microsoft.ML;
using Microsoft.ML.Data;

// Mixtures of two humps; every twentieth row has spikes.
var random = new Random(1);
var rows = Enumerable.Range(0, 200).Select(n =>
{
    var (a, b) = (random.NextDouble(), random.NextDouble());
    float[] spectrum = [.. Enumerable.Range(0, 16).Select(f => (float)((a * Hump(f, 4, 3)) + (b * Hump(f, 11, 3))))];
    if (n % 20 == 0)
        spectrum[random.Next(16)] += 2 + random.NextSingle();
    return new Row { Spectrum = spectrum };
}).ToArray();

var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(rows);
var estimator = ml.Transforms.RobustNmf("Parts", "Spectrum", scoreColumnName: "Score", rank: 2);
var transformer = estimator.Fit(data);
var scores = transformer.Transform(data).GetColumn<float>("Score").ToArray();

var highest = Enumerable.Range(0, 200).OrderByDescending(n => scores[n]).Take(10).Order();
Console.WriteLine($"The ten highest scores are those of rows {string.Join(", ", highest)}");
var (median, tenth) = (scores.Order().ElementAt(100), scores.OrderDescending().ElementAt(9));
Console.WriteLine($"The median score is {median:F3}, the lowest of the ten {tenth:F2}");

double Hump(double x, double at, double width) => Math.Exp(-Math.Pow((x - at) / width, 2));

class Row
{
    [VectorType(16)]
    public float[] Spectrum { get; set; } = [];
}
