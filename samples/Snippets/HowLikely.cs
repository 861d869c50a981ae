#:project ../../src/Nmf/Nmf.csproj
// A factorisation as a distribution: how likely data are, how likely new samples are, and data drawn from the model.
using Nmf;
using Nmf.Kernels;

// Spectra of two sources, seen through multiplicative noise: each value is its mean times a random number around 1.
var random = new Random(1);
Matrix<double> Factor(int rows) => Matrix<double>.FromRowMajor(
    [.. Enumerable.Range(0, rows * 2).Select(_ => 0.1 + (3 * random.NextDouble()))], rows, 2);
var (sources, loudness) = (Factor(20), Factor(120));
Matrix<double> seen = NoiseSampling.Draw(sources, loudness, new GammaNoise(0.2), seed: 1);
var data = NmfData<double>.FromMatrix(seen);

var options = new NmfOptions { Rank = 2, Problem = BetaDivergence.ItakuraSaito, Seed = 1 };
NmfModel<double> model = NmfFactorizer.Fit(data, options);

// Each noise with the dispersion that fits best. The larger the likelihood, the better the noise describes the data.
foreach (EntryNoiseModel noise in new EntryNoiseModel[] { new GammaNoise(), new GaussianNoise() })
{
    LikelihoodResult result = NmfLikelihood.Of(model, data, noise);
    Console.WriteLine($"{result.Noise}: {result.PerEntry:0.00} per entry, AIC {result.AkaikeCriterion:0}");
}

// New samples: half of each gives its activations, the other half is judged.
GammaNoise known = NmfLikelihood.Estimate(data, model.Dictionary, model.Activations, new GammaNoise());
Console.WriteLine($"The noise has a variance of {known.Dispersion:0.00} (planted 0.20)");
var newer = NmfData<double>.FromMatrix(NoiseSampling.Draw(sources, Factor(50), new GammaNoise(0.2), seed: 2));
Console.WriteLine($"New samples: {NmfLikelihood.OfNewSamples(model, newer, known).PerEntry:0.00} per entry");

// How sure is an entry of the dictionary? Data drawn from the model are fitted again.
BootstrapResult again = ParametricBootstrap.Run(model, data, known, new BootstrapOptions { Replicates = 50 });
Console.WriteLine(
    $"W[0, 0] is {model.Dictionary[0, 0]:0.000}, between {again.Lower[0, 0]:0.000} and {again.Upper[0, 0]:0.000} "
    + "in nine of ten draws");
