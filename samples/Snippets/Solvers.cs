#:project ../../src/Nmf/Nmf.csproj
// The same start, the same twenty iterations, four solvers: how far does each get?
using Nmf;

var random = new Random(1);
var values = new float[300 * 40];
for (var i = 0; i < values.Length; i++)
    values[i] = (float)Math.Round(20 * Math.Pow(random.NextDouble(), 4));
var data = NmfData<float>.FromDense(values, samples: 300, features: 40);

NmfSolver[] solvers =
[
    NmfSolver.MultiplicativeUpdate, NmfSolver.ExtrapolatedMultiplicativeUpdate,
    NmfSolver.ExtrapolatedNewton, NmfSolver.SharedNewton,
];
foreach (var solver in solvers)
{
    var model = NmfFactorizer.Fit(data, new NmfOptions
    {
        Rank = 10,
        Problem = BetaDivergence.KullbackLeibler,
        Solver = solver,
        Initialization = NmfInitialization.Random,
        Iterations = new() { MaximumIterations = 20, Tolerance = 0 },
    });
    var report = model.Report;
    Console.WriteLine($"{solver,-34} {report.History[0].Objective:F0} at the start, {report.Objective:F0} at the end");
}

var options = new NmfOptions { Rank = 10, Problem = BetaDivergence.KullbackLeibler };
Console.WriteLine($"For dense counts Auto stands for {options.EffectiveSolverFor(data)}.");
