#:project ../../src/Nmf/Nmf.csproj
// Another β first, against bad local minima: a heuristic that is worth a try where β < 1.
using Nmf;

var random = new Random(3);
var values = new float[200 * 40];
for (var n = 0; n < 200; n++)
{
    double[] loud = [.. Enumerable.Range(0, 5).Select(_ => Math.Pow(random.NextDouble(), 6))];
    for (var f = 0; f < 40; f++)
    {
        var power = Enumerable.Range(0, 5).Sum(k => loud[k] * (0.02 + Hump(f, 4 + (8 * k), 3)));
        values[(n * 40) + f] = (float)(power * -Math.Log(1 - random.NextDouble()) + 1e-6);
    }
}

var data = NmfData<float>.FromDense(values, samples: 200, features: 40);
var itakuraSaito = new BetaNmf(BetaDivergence.ItakuraSaito);
var options = new NmfOptions
{
    Rank = 5,
    Problem = itakuraSaito,
    Initialization = NmfInitialization.Random,
    Iterations = new() { MaximumIterations = 300 },
};
var fromEuclidean = options with { Problem = itakuraSaito with { Annealing = new() { From = 2, Stages = 8 } } };
var lower = 0;
for (var seed = 0; seed < 10; seed++)
{
    var plain = NmfFactorizer.Fit(data, options with { Seed = seed });
    var annealed = NmfFactorizer.Fit(data, fromEuclidean with { Seed = seed });
    lower += annealed.Objective < plain.Objective ? 1 : 0;
    Console.WriteLine($"Seed {seed}: {plain.Objective,8:F1} plain, {annealed.Objective,8:F1} annealed from β = 2");
}

Console.WriteLine($"Annealing ended lower for {lower} of 10 seeds. Several starts are the other way; see Starts.cs.");

double Hump(double x, double at, double width) => Math.Exp(-Math.Pow((x - at) / width, 2));
