using System.Text.Json;

namespace Nmf.Tests;

/// <summary>What SciPy gives (tests/goldens/make_likelihood_goldens.py).</summary>
internal sealed record LikelihoodGoldens(
    GoldenDensity[] Cases, GoldenMultinomial[] Multinomial, GoldenDispersion[] Estimates)
{
    public static readonly LikelihoodGoldens Values = JsonSerializer.Deserialize<LikelihoodGoldens>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "likelihood.json")), JsonSerializerOptions.Web)!;

    /// <summary>A noise by name; a dispersion comes last among its parameters.</summary>
    public static EntryNoiseModel Noise(string name, double[] parameters, double? dispersion = null)
    {
        double? Phi(int at) => dispersion ?? (parameters.Length > at ? parameters[at] : null);
        return name switch
        {
            "gaussian" => new GaussianNoise(Phi(0)),
            "poisson" => new PoissonNoise(),
            "gamma" => new GammaNoise(Phi(0)),
            "bernoulli" => new BernoulliNoise(),
            "negativeBinomial" => new NegativeBinomialNoise(Phi(0)),
            "tweedie" => new TweedieNoise(parameters[0], Phi(1)),
            "divergence" => new DivergenceNoise(parameters[0], Phi(1)),
            _ => throw new ArgumentException(name, nameof(name)),
        };
    }
}

internal sealed record GoldenDensity(
    string Noise, double[] Parameters, double Datum, double Mean, double LogDensity, double Cumulative)
{
    public EntryNoiseModel Model => LikelihoodGoldens.Noise(Noise, Parameters);

    public override string ToString() => $"{Model} at {Datum}, mean {Mean}";
}

internal sealed record GoldenMultinomial(double[] Data, double[] Means, double LogProbability, double Perplexity);

internal sealed record GoldenDispersion(
    string Noise, double[] Parameters, double[] Data, double[] Means, double Dispersion);
