namespace Nmf;

/// <summary>How well one rank predicts what it has not seen.</summary>
public sealed record RankCrossValidationEntry
{
    internal RankCrossValidationEntry(int rank, IReadOnlyList<double> foldErrors, IReadOnlyList<double> trainingErrors)
        => (Rank, FoldErrors, TrainingErrors) = (rank, foldErrors, trainingErrors);

    /// <summary>The rank K.</summary>
    public int Rank { get; }

    /// <summary>For every fold the divergence per held-out entry.</summary>
    public IReadOnlyList<double> FoldErrors { get; }

    /// <summary>For every fold the divergence per entry that the fit saw, which always decreases with the
    /// rank.</summary>
    public IReadOnlyList<double> TrainingErrors { get; }

    /// <summary>Mean divergence per held-out entry over the folds.</summary>
    public double Error => FoldErrors.Average();

    /// <summary>Standard error of <see cref="Error"/> over the folds; null with one fold.</summary>
    public double? StandardError
    {
        get
        {
            if (FoldErrors.Count < 2)
                return null;
            var mean = Error;
            var variance = FoldErrors.Sum(e => (e - mean) * (e - mean)) / (FoldErrors.Count - 1);
            return Math.Sqrt(variance / FoldErrors.Count);
        }
    }

    /// <summary>Mean divergence per entry that the fits saw.</summary>
    public double TrainingError => TrainingErrors.Average();
}

/// <summary>The result of a cross-validation: one entry per rank, increasing.</summary>
public sealed class RankCrossValidationResult
{
    internal RankCrossValidationResult(
        HeldOutPattern pattern, long heldOut, IReadOnlyList<RankCrossValidationEntry> entries)
    {
        Pattern = pattern;
        HeldOutEntries = heldOut;
        Entries = entries;
        Best = entries.MinBy(e => e.Error)!;
    }

    /// <summary>What was held out, never <see cref="HeldOutPattern.Auto"/>.</summary>
    internal HeldOutPattern Pattern { get; }

    /// <summary>Number of entries held out by all folds together.</summary>
    internal long HeldOutEntries { get; }

    /// <summary>What was found for every rank, increasing.</summary>
    public IReadOnlyList<RankCrossValidationEntry> Entries { get; }

    /// <summary>The entry with the least held-out divergence.</summary>
    public RankCrossValidationEntry Best { get; }

    /// <summary>The rank with the least held-out divergence.</summary>
    internal int BestRank => Best.Rank;

    /// <summary>
    /// The smallest rank whose held-out divergence is at most one standard error above the least (Breiman, Friedman,
    /// Olshen and Stone 1984): the simplest model that is not clearly worse. Null with one fold.
    /// </summary>
    public int? OneStandardErrorRank
        => Best.StandardError is { } error ? Entries.First(e => e.Error <= Best.Error + error).Rank : null;

    /// <summary>The entry of a rank.</summary>
    /// <exception cref="KeyNotFoundException">The rank was not tried.</exception>
    internal RankCrossValidationEntry this[int rank]
        => Entries.FirstOrDefault(e => e.Rank == rank) ?? throw new KeyNotFoundException(
            $"Rank {rank} was not cross-validated.");
}
