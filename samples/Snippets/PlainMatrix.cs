#:project ../../src/Nmf/Nmf.csproj
// A matrix, two factors, plain C#: no ML.NET, here in double precision.
using Nmf;

// Twelve mixtures of two spectra of six bands: rows are samples.
double[][] spectra = [[9, 6, 3, 1, 0, 0], [0, 1, 2, 5, 8, 4]];
var values = new double[12 * 6];
for (var n = 0; n < 12; n++)
{
    for (var f = 0; f < 6; f++)
        values[(n * 6) + f] = ((n + 1) * spectra[0][f]) + ((12 - n) * spectra[1][f]);
}

var data = NmfData<double>.FromDense(values, samples: 12, features: 6);
var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 2, Problem = BetaDivergence.Euclidean });

Console.WriteLine($"{model.ExplainedPart:P2} explained after {model.Report.Iterations} iterations");
for (var k = 0; k < 2; k++)
{
    var column = string.Join(" ", Enumerable.Range(0, 6).Select(f => model.Dictionary[f, k].ToString("F3")));
    Console.WriteLine($"Component {k}: {column}, {model.Contributions[k]:P0} of the data");
}

Console.WriteLine($"Activations of the first sample: {model.Activations[0, 0]:F1} and {model.Activations[0, 1]:F1}");
