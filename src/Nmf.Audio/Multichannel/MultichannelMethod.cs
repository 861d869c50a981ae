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

/// <summary>What is minimised, and how: <see cref="ExpectationMaximization"/>, <see cref="MultiplicativeUpdates"/>,
/// <see cref="IndependentLowRank"/> or <see cref="FullRankCovariance"/>.</summary>
public abstract record MultichannelMethod
{
    private protected MultichannelMethod()
    {
    }

    internal abstract bool HasPhases { get; }

    internal abstract IMultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team);

    /// <summary>Solver for new activations of a model, whose noise is known.</summary>
    /// <param name="data">The mixture.</param>
    /// <param name="start">The model, and activations to begin with.</param>
    /// <param name="floor">Least power of the data of the fit.</param>
    /// <param name="team">Who works.</param>
    internal abstract IMultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team);

    /// <summary>Whether a start that is found blind is better than a random one.</summary>
    internal virtual bool StartsBlind => true;

    internal virtual void Validate()
    {
    }

    /// <summary>What has to fit the options and the number of channels.</summary>
    internal virtual void RequireFit(MultichannelOptions options, int channels)
    {
    }

    /// <summary>Gives a random start the mixing that is better than a random one.</summary>
    internal virtual void SetRandomMixing(MixingFactors factors)
    {
    }

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

    internal override IMultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
        => new ExpectationMaximizationSolver(data, start, known, Noise, team);

    internal override IMultichannelSolver CreateInference(
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

    internal override IMultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
        => new MultiplicativeChannelSolver(data, start, known, Exponent, data.Floor, team);

    internal override IMultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team)
        => new MultiplicativeChannelSolver(data, start, KnownParts.All(start.Sources), Exponent, floor, team);

    internal override void Validate()
        => Option.Require(Exponent is 0.5 or 1, nameof(Exponent), "The exponent must be 0.5 or 1.");

    internal override string Describe() => $"multiplicative, exponent {Exponent:R}";
}

/// <summary>
/// Independent low-rank matrix analysis (ILRMA; Kitamura, Ono, Sawada, Kameoka and Saruwatari, "Determined blind source
/// separation unifying independent vector analysis and nonnegative matrix factorization", 2016), for as many sources as
/// channels in rooms shorter than a frame. The objective, minus the logarithm of the likelihood without noise, never
/// increases; nothing need be known, and the demixing of a random start is none. Mixing is
/// <see cref="MixingKind.Convolutive"/>, and no direction may be known.
/// </summary>
public sealed record IndependentLowRank : MultichannelMethod
{
    internal override bool HasPhases => true;

    internal override IMultichannelSolver CreateSolver(
        MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
        => new DemixingSolver(data, DemixingFactors.Of(start), known.Spectra, data.Floor, isInference: false, team);

    internal override IMultichannelSolver CreateInference(
        MixtureData data, MixingFactors start, double floor, WorkTeam team)
        => new ExpectationMaximization().CreateInference(data, start, floor, team);

    internal override bool StartsBlind => false;

    internal override void RequireFit(MultichannelOptions options, int channels)
    {
        Option.Require(
            options.Sources == channels, nameof(options.Sources),
            $"Independent low-rank analysis needs as many sources as channels: there are {options.Sources} and "
            + $"{channels}. ExpectationMaximization takes any number.");
        Option.Require(
            options.Mixing == MixingKind.Convolutive, nameof(options.Mixing),
            "Independent low-rank analysis has a demixing matrix at every frequency: the mixing must be Convolutive.");
        Option.Require(
            options.Directions?.All(direction => direction is null) != false, nameof(options.Directions),
            "Independent low-rank analysis cannot hold directions: ExpectationMaximization can.");
    }

    internal override void SetRandomMixing(MixingFactors factors)
    {
        for (var f = 0; f < factors.Mixings; f++)
        {
            for (var i = 0; i < factors.Channels; i++)
            {
                for (var j = 0; j < factors.Sources; j++)
                {
                    var at = factors.MixingOf(f) + (i * factors.Sources) + j;
                    (factors.MixingReal[at], factors.MixingImaginary[at]) = (i == j ? 1 : 0, 0);
                }
            }
        }
    }

    internal override string Describe() => "independent low-rank analysis";
}
