#:project ../../src/Nmf/Nmf.csproj
// Which component is which, and how near is it? Components come in any order and scale: match them before you compare.
using Nmf;
using Nmf.Kernels;

var truth = Matrix<float>.FromRowMajor([8, 0, 1, 6, 1, 0, 2, 5, 0, 0, 7, 2, 0, 3, 6, 1, 0, 9], rows: 6, columns: 3);
var random = new Random(1);
var amounts = Matrix<float>.FromRowMajor(
    [.. Enumerable.Range(0, 100 * 3).Select(_ => MathF.Pow(random.NextSingle(), 4))], rows: 100, columns: 3);
var values = new float[100 * 6];
for (var n = 0; n < 100; n++)
{
    for (var f = 0; f < 6; f++)
    {
        var mixture = Enumerable.Range(0, 3).Sum(k => amounts[n, k] * truth[f, k]);
        values[(n * 6) + f] = mixture + (0.02f * random.NextSingle());
    }
}

var data = NmfData<float>.FromDense(values, samples: 100, features: 6);
var model = NmfFactorizer.Fit(data, new NmfOptions
{
    Rank = 3,
    Starts = 5,
    Iterations = new() { MaximumIterations = 2000, Tolerance = 1e-7 },
});

var matching = ComponentMatching.Match(truth, model.Dictionary, ComponentDistance.SpectralAngle);
for (var k = 0; k < 3; k++)
{
    var degrees = matching.Distances[k] * 180 / Math.PI;
    Console.WriteLine($"True part {k} is component {matching.ComponentOf[k]}, {degrees:F2} degrees away");
}

var ratio = ReconstructionQuality.SignalToNoiseRatio(data, model.Dictionary, model.Activations);
Console.WriteLine($"Signal-to-noise ratio of the model: {ratio:F1} dB");
