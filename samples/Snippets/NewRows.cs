#:project ../../src/Nmf/Nmf.csproj
// Activations of data that the fit has not seen: all at once, and one row after the other without
// allocation, as a server does it.
using Nmf;

var random = new Random(1);
var data = NmfData<float>.FromDense(Mixtures(200), samples: 200, features: 12);
var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3, Problem = BetaDivergence.KullbackLeibler });

// Unseen rows together.
var unseen = Mixtures(3);
var activations = model.Transform(NmfData<float>.FromDense(unseen, samples: 3, features: 12));

// The same one by one: the solver is shared by all threads, each of which brings its own scratch memory.
var solver = model.CreateRowSolver();
var scratch = solver.CreateScratch();
var h = new float[solver.Rank];
for (var n = 0; n < 3; n++)
{
    var iterations = solver.Solve(unseen.AsSpan(n * 12, 12), h, scratch);
    Console.WriteLine($"Row {n}: {Text(h)} after {iterations} iterations; together it was {Text(activations.Row(n))}");
}

// What Transform gives for the training data is what the fit reports.
var same = model.Transform(data).ToRowMajor().SequenceEqual(model.Activations.ToRowMajor());
Console.WriteLine($"Training rows: {(same ? "the same bits" : "other numbers")} as in the fit");

string Text(ReadOnlySpan<float> row) => string.Join(" ", row.ToArray().Select(x => x.ToString("F2")));

float[] Mixtures(int samples) => [.. Enumerable.Range(0, samples).SelectMany(_ =>
{
    float[] amounts = [random.NextSingle(), random.NextSingle(), random.NextSingle()];
    return Enumerable.Range(0, 12).Select(f => 10 * amounts[f / 4] + amounts[(f + 1) % 3]);
})];
