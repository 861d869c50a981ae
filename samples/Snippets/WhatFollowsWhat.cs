#:project ../../src/Nmf/Nmf.csproj
// A nonnegative dynamical system learns which component follows which, and forecasts. (A patent application
// exists on it: WO 2014/065342.)
using Nmf;

// Four tones in turn, five frames each, over and over.
var random = new Random(1);
var values = new float[400 * 16];
for (var n = 0; n < 400; n++)
{
    for (var f = 0; f < 16; f++)
        values[(n * 16) + f] = (float)(((n / 5 % 4 == f / 4 ? 1 : 0) + 0.01) * (0.5 + random.NextDouble()));
}

var data = NmfData<float>.FromDense(values, samples: 400, features: 16);
var model = DynamicalSystem.Fit(data, new DynamicalSystemOptions
{
    Rank = 4,
    Shape = 1,
    Starts = 4,
    Iterations = new() { MaximumIterations = 500 },
});

// Which tone is a component, and what does it say comes next? (Beside staying as it is, as a tone lasts five frames.)
int Tone(int k) => Enumerable.Range(0, 16).MaxBy(f => model.Dictionary[f, k]) / 4;
foreach (var k in Enumerable.Range(0, 4).OrderBy(Tone))
{
    var successor = Enumerable.Range(0, 4).Where(i => i != k).MaxBy(i => model.Transitions[i, k]);
    Console.WriteLine($"After tone {Tone(k)} comes tone {Tone(successor)}");
}

// The columns of W sum to one, so activations can be compared with each other.
var forecast = model.Forecast(model.Activations.Row(399), 5);
var next = Enumerable.Range(0, 4).First(k => Tone(k) == 0);
var shares = Enumerable.Range(0, 5).Select(n => (forecast[n, next] / forecast.Row(n).ToArray().Sum()).ToString("P0"));
Console.WriteLine($"The last frame has tone 3; then the share of tone 0 is {string.Join(", ", shares)}");
