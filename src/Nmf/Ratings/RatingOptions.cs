namespace Nmf;

/// <summary>How a <see cref="RatingModel"/> is fitted.</summary>
public sealed record RatingOptions
{
    /// <summary>Number of components K, greater than zero.</summary>
    public required int Rank { get; init; }

    /// <summary>Measure of fit: <see cref="BetaDivergence.Euclidean"/> or
    /// <see cref="BetaDivergence.KullbackLeibler"/>.</summary>
    public double Beta { get; init; } = BetaDivergence.Euclidean;

    /// <summary>
    /// How strongly the factors are drawn to those of the means, at least 0: a factor entry is worth so many ratings of
    /// the mean value there, divided by the rank. More means smoother predictions.
    /// </summary>
    public double Shrinkage { get; init; } = 10;

    /// <summary>
    /// Number of starts, at least 1. The mean of their predictions is the model, which has so many times the
    /// components: starts end in different local minima, and the mean of several predicts better than the best of them.
    /// </summary>
    public int Starts { get; init; } = 4;

    /// <summary>How many ratings of average value a user or an item is taken to have besides its own when its mean is
    /// computed, at least 0.</summary>
    public double MeanShrinkage { get; init; } = 5;

    /// <summary>Whether users and items have means of their own; otherwise there is one mean for all.</summary>
    public bool UseMeans { get; init; } = true;

    /// <summary>Most iterations, at least 0.</summary>
    public int MaximumIterations { get; init; } = 300;

    /// <summary>The fit has converged when an iteration lowers the objective by less than this fraction of it; 0 runs
    /// all iterations.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Seed of the start.</summary>
    public int Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Require(Rank > 0, nameof(Rank), "The rank must be greater than zero.");
        Require(
            Beta is BetaDivergence.Euclidean or BetaDivergence.KullbackLeibler,
            nameof(Beta),
            $"Ratings are fitted with beta = 2 (Euclidean) or beta = 1 (Kullback-Leibler), not with beta = {Beta}.");
        Require(
            Shrinkage is >= 0 and < double.PositiveInfinity, nameof(Shrinkage), "The shrinkage must not be negative.");
        Require(Starts > 0, nameof(Starts), "The number of starts must be greater than zero.");
        Require(
            (long)Rank * Starts <= 1 << 16, nameof(Rank), "The rank times the number of starts must be at most 65536.");
        Require(
            MeanShrinkage is >= 0 and < double.PositiveInfinity, nameof(MeanShrinkage),
            "The shrinkage of the means must not be negative.");
        Require(
            MaximumIterations >= 0, nameof(MaximumIterations),
            "The maximum number of iterations must not be negative.");
        Require(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
        Require(Threads is null or > 0, nameof(Threads), "The number of threads must be greater than zero.");
    }

    private static void Require(bool condition, string option, string message)
    {
        if (!condition)
            throw new ArgumentException(message, option);
    }
}
