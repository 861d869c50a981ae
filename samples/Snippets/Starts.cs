#:project ../../src/Nmf/Nmf.csproj
// Where the factors begin, and what the best of several beginnings is worth.
using Nmf;

// Itakura-Saito has many local minima: powers of four overlapping sounds with multiplicative noise.
var random = new Random(1);
var values = new float[150 * 30];
for (var n = 0; n < 150; n++)
{
    double[] loud = [.. Enumerable.Range(0, 4).Select(_ => Math.Pow(random.NextDouble(), 4))];
    for (var f = 0; f < 30; f++)
    {
        var power = Enumerable.Range(0, 4).Sum(k => loud[k] * Hump(f, 4 + (7 * k), 4));
        values[(n * 30) + f] = (float)((power + 1e-3) * -Math.Log(1 - random.NextDouble()));
    }
}

var data = NmfData<float>.FromDense(values, samples: 150, features: 30);
var options = new NmfOptions
{
    Rank = 4,
    Problem = BetaDivergence.ItakuraSaito,
    Iterations = new() { MaximumIterations = 500 },
};
NmfInitialization[] starts =
[
    NmfInitialization.Random, NmfInitialization.Nndsvda, NmfInitialization.SuccessiveProjection,
    NmfInitialization.Sketch,
];
foreach (var initialization in starts)
{
    var report = NmfFactorizer.Fit(data, options with { Initialization = initialization }).Report;
    Console.WriteLine(
        $"{initialization,-22} {report.History[0].Objective,7:F1} at the start, {report.Objective:F1} at the end");
}

var best = NmfFactorizer.Fit(data, options with { Initialization = NmfInitialization.Random, Starts = 8 });
var ends = best.Report.StartObjectives;
Console.WriteLine($"Eight random starts end between {ends.Min():F1} and {ends.Max():F1}; the lowest is kept.");

double Hump(double x, double at, double width) => Math.Exp(-Math.Pow((x - at) / width, 2));
