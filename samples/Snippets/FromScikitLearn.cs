#:project ../../src/Nmf/Nmf.csproj
// The same matrix, the same model, the same number as in scikit-learn: see docs/migration.md for its side.
using Nmf;

// Counts without randomness, so that both languages have the same: 30 samples of 8 features.
const int Samples = 30, Features = 8;
var x = new double[Samples * Features];
for (var n = 0; n < Samples; n++)
{
    for (var f = 0; f < Features; f++)
        x[(n * Features) + f] = (n * 7 % 5 * (f < 4 ? 3 : 0)) + (n * 3 % 7 * (f > 2 ? 2 : 0)) + ((n + f) % 2);
}

var data = NmfData<double>.FromDense(x, Samples, Features);
var model = NmfFactorizer.Fit(data, new NmfOptions
{
    Rank = 2,                                                                  // n_components
    Problem = BetaDivergence.KullbackLeibler,                                  // beta_loss
    Solver = NmfSolver.MajorizationMinimization,                               // solver="mu"
    Initialization = NmfInitialization.Nndsvda,                                // init="nndsvda"
    Iterations = new() { MaximumIterations = 2000, Tolerance = 1e-12 },        // max_iter, tol
    Scale = ComponentScale.UnitSum,
    Seed = 0,                                                                  // random_state
});

// scikit-learn reports the root of twice the divergence.
Console.WriteLine($"reconstruction_err_ {Math.Sqrt(2 * model.Report.Objective):F4}");
for (var k = 0; k < 2; k++)
    Console.WriteLine(string.Join(" ", Enumerable.Range(0, Features).Select(f => $"{model.Dictionary[f, k]:F3}")));

var transformed = model.Transform(data);
Console.WriteLine($"W, the transform of the first row: {transformed[0, 0]:F3} {transformed[0, 1]:F3}");
