#:project ../../src/Nmf/Nmf.csproj
// A penalty: the greater its weight, the fewer components a sample has.
using Nmf;

// Every sample has one or two of eight overlapping parts, and noise.
var random = new Random(1);
var values = new float[240 * 24];
for (var n = 0; n < 240; n++)
{
    int[] parts = [random.Next(8), random.Next(8)];
    for (var f = 0; f < 24; f++)
        values[(n * 24) + f] = (float)(parts.Sum(k => 10 * Hump(f, 1.5 + (3 * k), 3)) + random.NextDouble());
}

var data = NmfData<float>.FromDense(values, samples: 240, features: 24);
foreach (var weight in new[] { 0, 0.5, 1, 2, 4 })
{
    var model = NmfFactorizer.Fit(data, new NmfOptions
    {
        Rank = 8,
        Problem = new BetaNmf(BetaDivergence.Euclidean) { Penalties = [new L1Penalty(weight)] },
        Iterations = new() { MaximumIterations = 1000 },
    });
    var active = model.Activations.ToRowMajor().Count(h => h > 1) / 240.0;
    Console.WriteLine($"Weight {weight,3}: {active:F2} components in a sample, {model.ExplainedPart:P2} explained");
}

double Hump(double x, double at, double width) => Math.Exp(-Math.Pow((x - at) / width, 2));
