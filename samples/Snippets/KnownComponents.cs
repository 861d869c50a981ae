#:project ../../src/Nmf/Nmf.csproj
// One component is known, and stays to the bit; the other is learnt beside it. That is semi-supervised factorisation.
using Nmf;

// A known spectrum in varying amounts, on a background that is not known.
double[] known = [0, 1, 6, 9, 6, 1, 0, 0, 0, 0], background = [5, 4, 3, 2, 1, 0, 1, 2, 3, 4];
var random = new Random(1);
double[] amounts = [.. Enumerable.Range(0, 100).Select(_ => Math.Max(0, 40 * random.NextDouble() - 20))];
var values = new double[100 * 10];
for (var i = 0; i < values.Length; i++)
    values[i] = (amounts[i / 10] * known[i % 10]) + ((10 + (5 * random.NextDouble())) * background[i % 10]);
var data = NmfData<double>.FromDense(values, samples: 100, features: 10);

var counts = new BetaNmf(BetaDivergence.KullbackLeibler);
var options = new NmfOptions { Rank = 2, Problem = counts, Iterations = new() { Tolerance = 1e-7 } };
var model = NmfFactorizer.Fit(data, options with
{
    Problem = counts with { Known = KnownComponents.FromColumns([known]) },
});
var unchanged = Column(model, 0).SequenceEqual(known);
Console.WriteLine($"The column of component 0 is {(unchanged ? "unchanged" : "changed")}");
var error = amounts.Select((amount, n) => Math.Abs(model.Activations[n, 0] - amount)).Average();
Console.WriteLine($"The amounts, of up to 20, are found to {error:F2} on average");

// Without it, both components are mixtures of the two.
var free = NmfFactorizer.Fit(data, options);
var nearest = Enumerable.Range(0, 2).Min(k => SpectralAngle.Degrees<double>(known, Column(free, k)));
Console.WriteLine($"Learnt without it, the nearest component is {nearest:F0} degrees away");

double[] Column(NmfModel<double> fitted, int k) => [.. Enumerable.Range(0, 10).Select(f => fitted.Dictionary[f, k])];
