namespace Nmf.Audio;

/// <summary>How a source is extracted from a recording, and what else is expected to be in it.</summary>
public sealed record EnhancementOptions
{
    /// <summary>Number of spectra of everything else, greater than zero; they are learnt from the
    /// recording itself.</summary>
    public int NoiseRank { get; init; } = 4;

    /// <summary>
    /// How slowly the noise changes, at least 0: the weight of Σ d_IS(h_n | h_{n-1}) over its activations, which is the
    /// shape of its innovations about "as before"; 0 for noise that may change at will. The larger, the less of the
    /// source the noise can imitate.
    /// </summary>
    public double NoiseShape { get; init; } = 100;

    /// <summary>
    /// The quantile of the powers of each frequency from which the spectrum of the noise is guessed at the
    /// start, between 0 and 1. The more seldom the source is silent, the lower. Frames in which nothing at
    /// all is heard do not count.
    /// </summary>
    internal double NoiseQuantile { get; init; } = 0.3;

    /// <summary>
    /// The part of the power that the source has at the start, between 0 and 1. Small, because the fit
    /// stops early: the noise then explains what it can before the source, whose many spectra could explain
    /// noise as well, gets the rest.
    /// </summary>
    internal double InitialShare { get; init; } = 0.1;

    /// <summary>
    /// Iterations, at least 1. Their number matters: a fit that has converged has found the noise in
    /// the spectra of the source.
    /// </summary>
    public int Iterations { get; init; } = 6;

    /// <summary>
    /// How far the spectra of the source are trusted, between 0 and 1: of the power of the source that the Wiener
    /// filter takes, this part is what the model says and the rest what the frame shows, its power less that of the
    /// noise (as in the estimate of a ratio by Ephraim and Malah 1984, with the model in the place of the frame
    /// before). 1 is the Wiener filter of the model alone, for sources that sound like those learnt from; less suits a
    /// speaker nobody has learnt.
    /// </summary>
    public double Trust { get; init; } = 0.85;

    /// <summary>Seed of the start of the noise.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.RequirePositive(NoiseRank, "noise rank");
        Option.Require(
            NoiseShape is >= 0 and < double.PositiveInfinity, nameof(NoiseShape),
            $"The noise shape is {NoiseShape}. It must be finite and at least zero.");
        Option.Require(
            NoiseQuantile is > 0 and < 1, nameof(NoiseQuantile),
            $"The noise quantile is {NoiseQuantile}. It must lie between 0 and 1.");
        Option.Require(
            InitialShare is > 0 and < 1, nameof(InitialShare),
            $"The initial share is {InitialShare}. It must lie between 0 and 1.");
        Option.Require(
            Trust is >= 0 and <= 1, nameof(Trust), $"The trust is {Trust}. It must lie between 0 and 1.");
        Option.RequirePositive(Iterations, "number of iterations");
        Option.RequirePositive(Threads, "number of threads");
    }
}

/// <summary>A recording that was taken apart: the two signals add up to it.</summary>
public sealed record EnhancedRecording
{
    internal EnhancedRecording(AudioClip source, AudioClip residual, FitReport report)
        => (Source, Residual, Report) = (source, residual, report);

    /// <summary>The source, as long as the recording.</summary>
    public AudioClip Source { get; }

    /// <summary>Everything else.</summary>
    public AudioClip Residual { get; }

    /// <summary>How the fit went.</summary>
    public FitReport Report { get; }
}
