namespace Nmf;

/// <summary>The distribution of the data around WH.</summary>
public enum MarginalNoise
{
    /// <summary>Poisson: counts. The divergence is that of Kullback and Leibler.</summary>
    Poisson = 0,

    /// <summary>Exponential: power spectra, which are positive, at any scale. The divergence is that of Itakura and
    /// Saito.</summary>
    Exponential = 1,
}

/// <summary>How the marginal likelihood is maximised.</summary>
public enum MarginalMethod
{
    /// <summary>Variational expectation-maximisation: a lower bound, which never decreases. Fast.</summary>
    Variational = 0,

    /// <summary>Monte-Carlo expectation-maximisation by collapsed Gibbs sampling: the likelihood itself, for whole
    /// counts, with noise. It runs all iterations, whatever the tolerance; a few hundred are usual.</summary>
    MonteCarlo = 1,
}

/// <summary>What is fitted by maximum marginal likelihood, and how.</summary>
public sealed record MarginalLikelihoodOptions
{
    /// <summary>Number of components K that the fit starts from, greater than zero. Superfluous ones vanish: choose
    /// more than the data need.</summary>
    public required int Rank { get; init; }

    /// <summary>The distribution of the data around WH.</summary>
    public MarginalNoise Noise { get; init; }

    /// <summary>How the likelihood is maximised.</summary>
    public MarginalMethod Method { get; init; }

    /// <summary>Sweeps of the sampler over all counts in an iteration, at least 1.</summary>
    public int Sweeps { get; init; } = 3;

    /// <summary>
    /// Shape α of the Gamma distribution of all activations, from 0.001 to 10000; null to estimate it (counts). Below 1
    /// most activations are near zero, 1 is the exponential distribution, and large ones make activations nearly
    /// constant. The rate is estimated in any case: it is the scale of the dictionary.
    /// </summary>
    public double? Shape { get; init; } = 1;

    /// <summary>Number of random starts, at least 1; the one of the largest likelihood is kept.</summary>
    public int Starts { get; init; } = 1;

    /// <summary>Seed of the starts; null for 0, and in a pipeline for one drawn from the <c>MLContext</c> when the
    /// estimator is created.</summary>
    public int? Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>When the fit looks at its bound and when it ends. Unless told otherwise 2000 iterations at most, and a
    /// tolerance of 1e-7: components vanish slowly.</summary>
    public IterationOptions Iterations { get; init; } = new()
    {
        MaximumIterations = 2000, Tolerance = 1e-7, CheckInterval = 10,
    };

    /// <summary>How far the distribution of the activations of a row is found when the dictionary is known.</summary>
    public InferenceOptions Inference { get; init; } = new();

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.RequirePositive(Rank, "rank");
        Option.Require(Enum.IsDefined(Noise), nameof(Noise), $"There is no noise {Noise}.");
        Option.Require(
            Shape is null or (>= GammaShape.Least and <= GammaShape.Most), nameof(Shape),
            $"The shape of the activations must be from {GammaShape.Least} to {GammaShape.Most}, not {Shape}.");
        Option.Require(
            Shape is not null || Noise == MarginalNoise.Poisson, nameof(Shape),
            "The shape of the activations is estimated for counts only: say which for exponential noise.");
        Option.Require(Enum.IsDefined(Method), nameof(Method), $"There is no method {Method}.");
        Option.Require(
            Method == MarginalMethod.Variational || Noise == MarginalNoise.Poisson, nameof(Method),
            "Monte Carlo is for counts: choose Poisson noise, or the variational method.");
        Option.RequirePositive(Sweeps, "number of sweeps");
        Option.RequirePositive(Starts, "number of starts");
        Option.RequirePositive(Threads, "number of threads");
        Option.Given(Iterations).Validate();
        Option.Given(Inference).Validate();
    }

    /// <summary>All options but those with which a fit may go on.</summary>
    internal CheckpointFacts AddTo(CheckpointFacts facts)
    {
        Iterations.AddTo(facts.Add(nameof(Rank), Rank));
        Inference.AddTo(facts);
        return facts.Add(nameof(Noise), Noise.ToString())
            .Add(nameof(Method), Method.ToString())
            .Add(nameof(Sweeps), Sweeps)
            .Add(nameof(Shape), Shape)
            .Add(nameof(Starts), Starts)
            .Add(nameof(Seed), Seed ?? 0);
    }
}
