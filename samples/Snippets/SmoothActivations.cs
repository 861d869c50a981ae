#:project ../../src/Nmf/Nmf.csproj
// A sequence of powers: activations that change slowly from frame to frame, for four weights of the penalty.
using Nmf;

// Two sounds that swell and fade, in multiplicative noise.
var random = new Random(1);
var values = new float[200 * 20];
for (var n = 0; n < 200; n++)
{
    for (var f = 0; f < 20; f++)
    {
        var low = (1 + Math.Sin(n / 12.0)) * Math.Exp(-f / 4.0);
        var high = (1 + Math.Cos(n / 19.0)) * Math.Exp((f - 19) / 4.0);
        values[(n * 20) + f] = (float)((low + high + 0.01) * -Math.Log(1 - random.NextDouble()));
    }
}

var data = NmfData<float>.FromDense(values, samples: 200, features: 20);
foreach (var smoothness in new[] { 0.0, 1, 10, 100 })
{
    var model = SmoothNmf.Fit(data, new SmoothNmfOptions { Rank = 2, Smoothness = smoothness, Starts = 3 });
    var h = model.Activations;
    var change = Math.Exp(Enumerable.Range(1, 199).Average(n => Math.Abs(Math.Log(h[n, 0] / h[n - 1, 0]))));
    var explained = model.ExplainedPart;
    Console.WriteLine($"λ = {smoothness,3}: from frame to frame a factor of {change:F2}; {explained:P0} explained");
}
