using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>How the sources are mixed.</summary>
public enum MixingKind
{
    /// <summary>Every frequency has a mixing matrix of its own, complex: rooms shorter than a frame, and microphones at
    /// a distance.</summary>
    Convolutive,

    /// <summary>One real matrix of gains for all frequencies: mixed on a desk, by levels alone.</summary>
    Instantaneous,
}

/// <summary>What is minimised, and how: <see cref="ExpectationMaximization"/> or
/// <see cref="MultiplicativeUpdates"/>.</summary>
public abstract record MultichannelMethod
{
    private protected MultichannelMethod()
    {
    }

    internal abstract bool HasPhases { get; }

    internal abstract MultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team);

    /// <summary>Solver for new activations of a model, whose noise is known.</summary>
    /// <param name="data">The mixture.</param>
    /// <param name="start">The model, and activations to begin with.</param>
    /// <param name="floor">Least power of the data of the fit.</param>
    /// <param name="team">Who works.</param>
    internal abstract MultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team);

    internal abstract void Validate();

    /// <summary>All that decides the path of a fit, for a checkpoint.</summary>
    internal abstract string Describe();
}

/// <summary>
/// The greatest likelihood of all channels together, their phases included, by expectation-maximisation (Ozerov and
/// Févotte, "Multichannel nonnegative matrix factorization in convolutive mixtures for audio source separation", 2010).
/// The objective is minus the logarithm of the likelihood, and never increases while the noise is fixed or estimated.
/// </summary>
public sealed record ExpectationMaximization : MultichannelMethod
{
    /// <summary>The noise on every channel.</summary>
    public MixtureNoise Noise { get; init; } = MixtureNoise.Annealed();

    internal override bool HasPhases => true;

    internal override MultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
        => new ExpectationMaximizationSolver(data, start, known, Noise, team);

    internal override MultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team)
        => new ExpectationMaximizationSolver(
            data, start, KnownParts.All(start.Sources), MixtureNoise.OfStart, team);

    internal override void Validate()
        => Option.Given(Noise);

    internal override string Describe() => $"expectation-maximisation, noise {Noise.Describe()}";
}

/// <summary>
/// The Itakura-Saito divergences of the powers of the channels, added up, by multiplicative updates (the same paper).
/// Phases between channels are not looked at; there is no noise. The sources then differ by level alone.
/// </summary>
public sealed record MultiplicativeUpdates : MultichannelMethod
{
    /// <summary>½, for which majorisation-minimisation proves that the objective never increases, or 1, the paper's,
    /// which is faster.</summary>
    public double Exponent { get; init; } = 1;

    internal override bool HasPhases => false;

    internal override MultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
        => new MultiplicativeChannelSolver(data, start, known, Exponent, data.Floor, team);

    internal override MultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team)
        => new MultiplicativeChannelSolver(data, start, KnownParts.All(start.Sources), Exponent, floor, team);

    internal override void Validate()
        => Option.Require(Exponent is 0.5 or 1, nameof(Exponent), "The exponent must be 0.5 or 1.");

    internal override string Describe() => $"multiplicative, exponent {Exponent:R}";
}
