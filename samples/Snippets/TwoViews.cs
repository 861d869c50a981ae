#:project ../../src/Nmf/Nmf.csproj
// Two views of the same samples, one clean and one noisy: what the clean one knows helps the noisy one, and a view that
// is missing is predicted from the other.
using Nmf;

// Four events sound and look in their own ways; 200 samples mix them. The second view is noisy.
const int Samples = 200, Events = 4;
var random = new Random(1);
double[] mixing = [.. Draws(Samples * Events, 4)], looks = [.. Draws(30 * Events, 5)];
var sound = View([.. Draws(40 * Events, 5)], 40, noise: 0.1);
var clean = View(looks, 30, noise: 0);
var picture = View(looks, 30, noise: 0.8);
var (train, test) = (150, Samples - 150);

var model = CoNmf.Fit<double>(
    [Rows(sound, 40, 0, train), Rows(picture, 30, 0, train)],
    new CoNmfOptions { Rank = Events, Coupling = ViewCoupling.L1(0.1) });
var alone = NmfFactorizer.Fit(
    Rows(picture, 30, 0, train), new NmfOptions { Rank = Events, Problem = new BetaNmf(1), Starts = 4 });

// How far what the models say of the noisy view is from the view without noise, and from it the mean of each feature.
Console.WriteLine($"Error of the noisy view, fitted alone: {Error(alone.Reconstruct(alone.Activations), 0):F3}");
Console.WriteLine($"Error of the noisy view, fitted with the clean one: "
    + $"{Error(model.Reconstruct(1, model.Activations[1]), 0):F3}");

var predicted = model.Predict([Rows(sound, 40, train, test), null], view: 1);
Console.WriteLine($"Error of the second view, predicted from the first: {Error(predicted, train):F3}");
var means = new Nmf.Kernels.Matrix<double>(test, 30);
for (var n = 0; n < test; n++)
    for (var f = 0; f < 30; f++)
        means[n, f] = Enumerable.Range(0, train).Average(i => picture[(i * 30) + f]);
Console.WriteLine($"Error of the mean of each feature: {Error(means, train):F3}");

IEnumerable<double> Draws(int count, int power)
    => Enumerable.Range(0, count).Select(_ => Math.Pow(random.NextDouble(), power)).ToArray();

double[] View(double[] w, int features, double noise) => [.. Enumerable.Range(0, Samples * features).Select(i =>
    Enumerable.Range(0, Events).Sum(k => mixing[(i / features * Events) + k] * w[(i % features * Events) + k])
        * (noise == 0 ? 1 : Math.Exp((noise * Normal()) - (noise * noise / 2))))];

double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

NmfData<double> Rows(double[] view, int features, int from, int count)
    => NmfData<double>.FromDense(view.AsSpan(from * features, count * features), count, features);

// Relative to the size of the view.
double Error(Nmf.Kernels.Matrix<double> guess, int from)
{
    var pairs = guess.ToRowMajor().Zip(clean.Skip(from * 30)).ToArray();
    return pairs.Sum(p => Math.Pow(p.First - p.Second, 2)) / pairs.Sum(p => p.Second * p.Second);
}
