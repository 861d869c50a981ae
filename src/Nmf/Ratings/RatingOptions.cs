namespace Nmf;

/// <summary>How a <see cref="RatingModel"/> is fitted.</summary>
public record RatingOptions
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
    /// computed, at least 0; null for one mean of all ratings, and none of users and items.</summary>
    public double? MeanShrinkage { get; init; } = 5;

    /// <summary>When the fit of a start looks at its objective and when it ends; 300 iterations at most unless
    /// told otherwise.</summary>
    public IterationOptions Iterations { get; init; } = new() { MaximumIterations = 300 };

    /// <summary>Seed of the starts; null for 0, and in a pipeline for one drawn from the <c>MLContext</c> when the
    /// trainer is created.</summary>
    public int? Seed { get; init; }

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    internal void Validate()
    {
        Option.RequirePositive(Rank, "rank");
        Option.Require(
            Beta is BetaDivergence.Euclidean or BetaDivergence.KullbackLeibler,
            nameof(Beta),
            $"Ratings are fitted with beta = 2 (Euclidean) or beta = 1 (Kullback-Leibler), not with beta = {Beta}.");
        Option.Require(
            Shrinkage is >= 0 and < double.PositiveInfinity, nameof(Shrinkage), "The shrinkage must not be negative.");
        Option.RequirePositive(Starts, "number of starts");
        Option.Require(
            (long)Rank * Starts <= 1 << 16, nameof(Rank), "The rank times the number of starts must be at most 65536.");
        Option.Require(
            MeanShrinkage is null or (>= 0 and < double.PositiveInfinity), nameof(MeanShrinkage),
            "The shrinkage of the means must not be negative.");
        Option.Given(Iterations).Validate();
        Option.Require(
            Starts == 1 || (Iterations.TimeLimit is null && !Iterations.ReturnsWhenCancelled), nameof(Iterations),
            "Ratings are predicted by all starts together: with a time limit, or a model of a fit that was cancelled, "
            + "choose one start.");
        Option.RequirePositive(Threads, "number of threads");
    }
}
