#:project ../../src/Nmf/Nmf.csproj
// Another measure of fit than a β-divergence: the likelihood of yes and no. W h is then a probability.
using Nmf;
using Nmf.Kernels;

// 400 people and 15 things: three groups of people, each of which likes five things.
var random = new Random(1);
var likes = new float[400 * 15];
for (var n = 0; n < 400; n++)
{
    for (var f = 0; f < 15; f++)
        likes[(n * 15) + f] = random.NextDouble() < (f / 5 == n % 3 ? 0.8 : 0.1) ? 1 : 0;
}

var data = NmfData<float>.FromDense(likes, samples: 400, features: 15);
var options = new NmfOptions
{
    Rank = 3,
    Problem = new BernoulliLikelihood(),
    Starts = 3,
    Iterations = new() { MaximumIterations = 500 },
};
var model = NmfFactorizer.Fit(data, options);
var probabilities = model.Reconstruct(model.Activations);
for (var group = 0; group < 3; group++)
{
    var means = string.Join(", ", Enumerable.Range(0, 3).Select(things => Mean(group, things).ToString("F2")));
    Console.WriteLine($"People of group {group} like things of each group with probability {means}");
}

var hellinger = NmfFactorizer.Fit(data, options with { Problem = new AlphaDivergence(0.5) });
Console.WriteLine(
    $"Explained: {model.ExplainedPart:P1} of the Bernoulli likelihood, "
    + $"{hellinger.ExplainedPart:P1} of the squared Hellinger distance");

double Mean(int people, int things)
    => Enumerable.Range(0, 400).Where(n => n % 3 == people).Average(
        n => Enumerable.Range(5 * things, 5).Average(f => probabilities[n, f]));
