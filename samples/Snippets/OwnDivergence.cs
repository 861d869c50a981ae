#:project ../../src/Nmf/Nmf.csproj
// A measure of fit of your own: any Bregman divergence is a class with two methods. This is φ(x) = x³/6.
using System.Numerics;
using Nmf;
using Nmf.Kernels;

var random = new Random(1);
float[] values = [.. Enumerable.Range(0, 100 * 12).Select(i => random.NextSingle() * (1 + (i % 12)))];
var data = NmfData<float>.FromDense(values, samples: 100, features: 12);
(string, NmfProblem)[] problems =
    [("Cubic", new BregmanDivergence(new CubicGenerator())), ("Euclidean", BetaDivergence.Euclidean)];
foreach (var (name, problem) in problems)
{
    var model = NmfFactorizer.Fit(data, new NmfOptions { Rank = 3, Problem = problem });
    var fit = model.Reconstruct(model.Activations).ToRowMajor();
    var errors = values.Zip(fit, (v, y) => (Value: v, Error: Math.Abs(v - y))).ToArray();
    var large = errors.Where(entry => entry.Value > 8).Average(entry => entry.Error);
    var small = errors.Where(entry => entry.Value < 4).Average(entry => entry.Error);
    Console.WriteLine($"{name}: mean error {large:F2} of large values, {small:F2} of small ones");
}

class CubicGenerator : IBregmanGenerator
{
    // φ''(y) = y
    public void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => model.CopyTo(curvature);

    // φ(v) - φ(y) - φ'(y) (v - y) = (v - y)² (v + 2y) / 6
    public void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < data.Length; i++)
        {
            var (v, y) = (data[i], model[i]);
            divergence[i] = (v - y) * (v - y) * (v + y + y) / T.CreateChecked(6);
        }
    }
}
