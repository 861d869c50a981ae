#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// How many parts? The fit starts from twelve, and those that do not pay for themselves die out.
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;

// Counts of four parts; the noise of counts is known, which is what the method needs.
var random = new Random(1);
var rows = Enumerable.Range(0, 300).Select(_ =>
{
    double[] amounts = [.. Enumerable.Range(0, 4).Select(_ => 40 * Math.Pow(random.NextDouble(), 3))];
    var means = Enumerable.Range(0, 20).Select(f => amounts.Select((a, k) => a * Hump(f, 2 + (5 * k), 2)).Sum());
    return new Row { Counts = [.. means.Select(mean => (float)Poisson(mean))] };
}).ToArray();

var ml = new MLContext(seed: 1);
var estimator = ml.Transforms.AutomaticRelevanceNmf(
    "Parts", "Counts", rank: 12, beta: BetaDivergence.KullbackLeibler);
var transformer = estimator.Fit(ml.Data.LoadFromEnumerable(rows));
ComponentRelevance relevance = transformer.Model.Relevance!;
Console.WriteLine($"{relevance.EffectiveRank} of {relevance.StartingRank} components are relevant");
var weights = string.Join(", ", relevance.SortedWeights.Select(weight => weight.ToString("F2")));
Console.WriteLine($"Relevances: {weights}; a dead one has {relevance.Parameters.Floor:F2}");

double Hump(double x, double at, double width) => Math.Exp(-Math.Pow((x - at) / width, 2));

int Poisson(double mean)
{
    var (count, product) = (0, random.NextDouble());
    for (; product > Math.Exp(-mean); count++)
        product *= random.NextDouble();
    return count;
}

class Row
{
    [VectorType(20)]
    public float[] Counts { get; set; } = [];
}
