namespace Nmf;

/// <summary>One fit of a survey.</summary>
public sealed record RankRun
{
    internal RankRun(
        int start, double objective, double explainedPart, double residualSumOfSquares, double explainedVariance,
        double dictionarySparseness, double activationSparseness, int iterations, StopReason stopReason)
    {
        Start = start;
        Objective = objective;
        ExplainedPart = explainedPart;
        ResidualSumOfSquares = residualSumOfSquares;
        ExplainedVariance = explainedVariance;
        DictionarySparseness = dictionarySparseness;
        ActivationSparseness = activationSparseness;
        Iterations = iterations;
        StopReason = stopReason;
    }

    /// <summary>Which start, from 0. Its factors are those with which start number <c>Start</c> of <see
    /// cref="NmfFactorizer"/> begins, for the same seed and random initialisation.</summary>
    public int Start { get; }

    /// <summary>D_β(V | WH).</summary>
    public double Objective { get; }

    /// <summary>1 - D(V | WH) / D(V | c) with c the mean of the data.</summary>
    public double ExplainedPart { get; }

    /// <summary>‖V - WH‖².</summary>
    public double ResidualSumOfSquares { get; }

    /// <summary>1 - ‖V - WH‖² / ‖V‖².</summary>
    public double ExplainedVariance { get; }

    /// <summary>Mean sparseness of the columns of W (<see cref="Sparseness"/>).</summary>
    public double DictionarySparseness { get; }

    /// <summary>Mean sparseness of the activations of each component over the samples.</summary>
    public double ActivationSparseness { get; }

    /// <summary>Number of iterations.</summary>
    public int Iterations { get; }

    /// <summary>Why the fit ended.</summary>
    public StopReason StopReason { get; }
}

/// <summary>What the fits of one rank say.</summary>
/// <remarks>Indices that do not exist are null and not some neutral number: those of stability with one start or one
/// component, those that need counts for other data.</remarks>
public sealed class RankSurveyEntry
{
    internal RankSurveyEntry(int rank, IReadOnlyList<RankRun> runs)
    {
        Rank = rank;
        Runs = runs;
        Best = runs.MinBy(r => r.Objective)!;
    }

    /// <summary>The rank K.</summary>
    public int Rank { get; }

    /// <summary>The fits, in order of their starts.</summary>
    public IReadOnlyList<RankRun> Runs { get; }

    /// <summary>The fit with the lowest objective.</summary>
    public RankRun Best { get; }

    /// <summary>Lowest D_β(V | WH) per observed entry of the data, weights counted.</summary>
    public double ObjectivePerEntry { get; internal init; }

    /// <summary>
    /// What <see cref="ObjectivePerEntry"/> is expected to be if this model is right: for β = 0 Euler's constant, that
    /// of an exponential variable from its mean (power spectra of a single frame); for β = 1 and whole numbers that of
    /// Poisson variables, averaged over at most 16,384 entries of the model; else null, also with missing entries
    /// (β = 1) or weights.
    /// </summary>
    public double? NoiseFloorPerEntry { get; internal init; }

    /// <summary>2 D + K (F + N - 1) log(F N), the Bayesian information criterion of Poisson counts up to a constant:
    /// for β = 1 and whole numbers without missing entries or weights, else null.</summary>
    public double? BayesianInformationCriterion { get; internal init; }

    /// <summary>How often two samples have the same dominant component; null with one start or one sample.</summary>
    public ConsensusMatrix? Consensus { get; internal init; }

    /// <summary>Cophenetic correlation of the consensus (Brunet et al. 2004); null with one start or
    /// one component.</summary>
    internal double? CopheneticCorrelation => Rank > 1 ? Consensus?.CopheneticCorrelation : null;

    /// <summary>Dispersion of the consensus (Kim and Park 2007); null with one start or one component.</summary>
    internal double? Dispersion => Rank > 1 ? Consensus?.Dispersion : null;

    /// <summary>Mean silhouette of the samples in the <see cref="Rank"/> groups of the consensus; null with one start
    /// or one component.</summary>
    internal double? ConsensusSilhouette { get; init; }

    /// <summary>The components of all starts, aligned; null with one start.</summary>
    public ComponentAlignment? Alignment { get; internal init; }

    /// <summary>Mean silhouette of the components of all starts; null with one start or one component.</summary>
    internal double? ComponentSilhouette => Rank > 1 ? Alignment?.MeanSilhouette : null;
}

/// <summary>The result of a survey: one entry per rank, increasing.</summary>
public sealed class RankSurveyResult
{
    internal RankSurveyResult(
        RankSurveyOptions options, int samples, int features, IReadOnlyList<RankSurveyEntry> entries)
    {
        Options = options;
        Samples = samples;
        Features = features;
        Entries = entries;
    }

    /// <summary>The options of the survey.</summary>
    internal RankSurveyOptions Options { get; }

    /// <summary>Number of samples N of the data.</summary>
    internal int Samples { get; }

    /// <summary>Number of features F of the data.</summary>
    internal int Features { get; }

    /// <summary>What was found for every rank, increasing.</summary>
    public IReadOnlyList<RankSurveyEntry> Entries { get; }

    /// <summary>The entry of a rank.</summary>
    /// <exception cref="KeyNotFoundException">The rank was not surveyed.</exception>
    internal RankSurveyEntry this[int rank]
        => Entries.FirstOrDefault(e => e.Rank == rank) ?? throw new KeyNotFoundException(
            $"Rank {rank} was not surveyed.");
}
