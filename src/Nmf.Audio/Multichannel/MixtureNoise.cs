namespace Nmf.Audio;

/// <summary>
/// The noise that expectation-maximisation takes to be on every channel. Its power is relative to the mean power of the
/// channel at each frequency. It is what lets the mixing move: with little of it the parameters change slowly, with
/// much of it sources are blurred, so it falls, or is estimated.
/// </summary>
public sealed record MixtureNoise
{
    private const double LeastPower = 1e-14;

    private MixtureNoise(double from, double to, int iterations)
        => (From, To, AnnealingIterations) = (from, to, iterations);

    /// <summary>That of the start, unchanged.</summary>
    internal static MixtureNoise OfStart { get; } = new(0, 0, -1);

    internal double From { get; }

    /// <summary>Least power.</summary>
    internal double To { get; }

    internal int AnnealingIterations { get; }

    internal bool IsEstimated { get; private init; }

    /// <summary>Noise of a given power that stays.</summary>
    /// <param name="power">Relative to the power of the channel at each frequency, at least 1e-14 and at most
    /// 1.</param>
    /// <exception cref="ArgumentException">The power is out of range.</exception>
    public static MixtureNoise Fixed(double power = 1e-3) => Annealed(power, power, 0);

    /// <summary>Noise whose power is estimated with everything else, at every frequency and channel.</summary>
    /// <param name="start">Its power at the start, greater than 0 and at most 1.</param>
    /// <param name="least">Its least power, at least 1e-14 and at most <paramref name="start"/>.</param>
    /// <exception cref="ArgumentException">A power is out of range.</exception>
    public static MixtureNoise Estimated(double start = 1e-2, double least = 1e-6)
        => Annealed(start, least, 0) with { IsEstimated = true };

    /// <summary>Noise that falls: its standard deviation goes linearly from one value to the other. The likelihood may
    /// fall meanwhile, and a fit has not converged before the last value is reached.</summary>
    /// <param name="from">Power at the start, greater than 0 and at most 1.</param>
    /// <param name="to">Power at the end, at least 1e-14 and at most <paramref name="from"/>.</param>
    /// <param name="iterations">Iterations until then, at least 0.</param>
    /// <exception cref="ArgumentException">A power or the number is out of range.</exception>
    public static MixtureNoise Annealed(double from = 1e-2, double to = 1e-6, int iterations = 100)
    {
        Option.Require(from is > 0 and <= 1, nameof(from), "The power of the noise must be between 0 and 1.");
        Option.Require(
            to >= LeastPower && to <= from, nameof(to), $"The least power of the noise is {to}. It must be at least "
            + $"{LeastPower}, below which rounding is larger, and no more than that at the start.");
        Option.Require(iterations >= 0, nameof(iterations), "The number of iterations must not be negative.");
        return new MixtureNoise(from, to, iterations);
    }

    internal string Describe() => IsEstimated ? $"estimated from {From:R}, at least {To:R}"
        : $"from {From:R} to {To:R} in {AnnealingIterations} iterations";

    /// <summary>The power of an iteration, or null where the parameters have it.</summary>
    internal double? LevelAt(int iteration)
    {
        if (IsEstimated || AnnealingIterations < 0)
            return null;
        var part = iteration >= AnnealingIterations ? 1 : (double)iteration / AnnealingIterations;
        var deviation = ((1 - part) * Math.Sqrt(From)) + (part * Math.Sqrt(To));
        return deviation * deviation;
    }
}
