namespace Nmf.Audio;

/// <summary>What is learnt of a source, and how.</summary>
public sealed record SourceModelOptions
{
    /// <summary>The spectrogram. Frames of 64 ms suit speech: 1024 samples at 16 kHz.</summary>
    public StftOptions Stft { get; init; } = new();

    /// <summary>Number of spectra K, greater than zero.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>
    /// Shape α of the innovations of a nonnegative dynamical system, greater than 0: which spectra follow which is
    /// learnt, too, and expected of the source when it is extracted. null for plain Itakura-Saito factorisation, in
    /// which frames know nothing of each other. Small shapes leave room for surprises: 0.1 suits speech.
    /// </summary>
    /// <remarks>A patent application exists on transforming signals with this model (WO 2014/065342): take advice on
    /// its status before you use it commercially.</remarks>
    public double? TransitionShape { get; init; }

    /// <summary>
    /// The least power as a fraction of the mean of its recording, greater than 0: what lies below is as good as
    /// silence. The default is 70 dB below the mean.
    /// </summary>
    internal double RelativeFloor { get; init; } = 1e-7;

    /// <summary>Iterations that learn the spectra, at least 1.</summary>
    public int Iterations { get; init; } = 60;

    /// <summary>Iterations that learn the transitions, and go on with the spectra, at least 0.</summary>
    internal int TransitionIterations { get; init; } = 30;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.Given(Stft).Validate();
        Option.RequirePositive(Rank, "rank");
        Option.Require(
            TransitionShape is null or (> 0 and < double.PositiveInfinity), nameof(TransitionShape),
            $"The transition shape is {TransitionShape}. It must be greater than zero and finite.");
        Option.Require(RelativeFloor is > 0 and < 1, nameof(RelativeFloor),
            $"The relative floor is {RelativeFloor}. It must be greater than zero and less than the mean, 1.");
        Option.RequirePositive(Iterations, "number of iterations");
        Option.Require(
            TransitionIterations >= 0, nameof(TransitionIterations),
            $"The number of transition iterations is {TransitionIterations}. It must not be negative.");
        Option.RequirePositive(Threads, "number of threads");
    }
}
