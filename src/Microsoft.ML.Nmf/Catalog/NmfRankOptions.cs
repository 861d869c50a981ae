using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>How <see cref="NmfRankCatalog.SurveyNmfRank(ModelOperationsCatalog, IDataView, NmfRankOptions)"/> examines
/// the rank of a column.</summary>
public sealed class NmfRankOptions
{
    /// <summary>Name of the column to factorise, a known-size vector of Singles. Required.</summary>
    public string ColumnName { get; set; } = "";

    /// <summary>What NaN means: an error, or an entry that was not observed and takes no part.</summary>
    public MissingValues MissingValues { get; set; }

    /// <summary>What entries mean that sparse rows do not store: see
    /// <see cref="NmfEstimator.Options.AbsentEntries"/>.</summary>
    public AbsentEntries AbsentEntries { get; set; }

    /// <summary>The ranks to try. Required.</summary>
    public IReadOnlyList<int> Ranks { get; set; } = [];

    /// <summary>Divergence parameter β: see <see cref="BetaDivergence"/>.</summary>
    public double Beta { get; set; } = BetaDivergence.Euclidean;

    /// <summary>Number of random starts of the survey per rank; 0 leaves the survey out, 1 leaves out what
    /// needs several.</summary>
    public int NumberOfStarts { get; set; } = 10;

    /// <summary>Number of folds of the cross-validation; 0 leaves it out.</summary>
    public int NumberOfFolds { get; set; } = 5;

    /// <summary>Part of the entries that a fold holds out.</summary>
    public double HeldOutFraction { get; set; } = 0.1;

    /// <summary>What the cross-validation holds out.</summary>
    public HeldOutPattern HeldOutPattern { get; set; }

    /// <summary>Number of starts of every fit of the cross-validation.</summary>
    public int NumberOfCrossValidationStarts { get; set; } = 3;

    /// <summary>
    /// Number of starts of automatic relevance determination, whose answer stands beside the indices; 0 leaves it out.
    /// It starts from more components than the largest rank to try
    /// (<see cref="RankRelevanceOptions.StartingRankFor"/>).
    /// </summary>
    public int NumberOfRelevanceStarts { get; set; } = 5;

    /// <summary>
    /// Prior and dispersion of automatic relevance determination, or null for those that the data suggest, which are
    /// known for β = 1 with whole numbers and for β = 0 only: see <see cref="RankRelevanceOptions.Relevance"/>.
    /// </summary>
    public AutomaticRelevance? Relevance { get; set; }

    /// <summary>How the factors are updated.</summary>
    public NmfSolver Solver { get; set; }

    /// <summary>Most iterations of a fit.</summary>
    public int MaximumNumberOfIterations { get; set; } = 200;

    /// <summary>A fit has converged when an iteration lowers the objective by less than this fraction of it.</summary>
    public double Tolerance { get; set; } = 1e-5;

    /// <summary>Seed of everything random, or null for one drawn from the <see cref="MLContext"/>.</summary>
    public int? Seed { get; set; }

    /// <summary>Number of threads in all, or null for one per processor. The result does not depend on it.</summary>
    public int? NumberOfThreads { get; set; }

    /// <summary>Most samples of a consensus matrix; of more rows that many are drawn.</summary>
    public int MaximumConsensusSamples { get; set; } = 1000;

    /// <summary>Cancels, besides the cancellation of the <see cref="MLContext"/>.</summary>
    public CancellationToken CancellationToken { get; set; }

    internal RankSurveyOptions? ToSurvey(int seed) => NumberOfStarts == 0 ? null : new RankSurveyOptions
    {
        Ranks = Ranks,
        Starts = NumberOfStarts,
        Fit = ToFit(seed),
        Threads = NumberOfThreads,
        MaximumConsensusSamples = MaximumConsensusSamples,
    };

    internal RankCrossValidationOptions? ToCrossValidation(int seed)
        => NumberOfFolds == 0 ? null : new RankCrossValidationOptions
        {
            Ranks = Ranks,
            Folds = NumberOfFolds,
            HeldOutFraction = HeldOutFraction,
            Pattern = HeldOutPattern,
            Starts = NumberOfCrossValidationStarts,
            Fit = ToFit(seed),
            Threads = NumberOfThreads,
        };

    internal RankRelevanceOptions? ToRelevance(int seed)
        => NumberOfRelevanceStarts == 0 ? null : new RankRelevanceOptions
        {
            StartingRank = RankRelevanceOptions.StartingRankFor(Ranks.Max()),
            Starts = NumberOfRelevanceStarts,
            Beta = Beta,
            Relevance = Relevance,
            Seed = seed,
            Threads = NumberOfThreads,
        };

    /// <summary>How the estimator would read the column.</summary>
    internal NmfEstimator.Options ToReading()
        => new() { OutputColumnName = ColumnName, MissingValues = MissingValues, AbsentEntries = AbsentEntries };

    private NmfOptions ToFit(int seed) => new()
    {
        Rank = 1,
        Problem = Beta,
        Solver = Solver,
        Iterations = new() { MaximumIterations = MaximumNumberOfIterations, Tolerance = Tolerance },
        Seed = seed,
    };
}
