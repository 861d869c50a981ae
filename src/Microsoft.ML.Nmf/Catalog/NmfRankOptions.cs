using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>How <see cref="NmfCatalog.SurveyNmfRank(ModelOperationsCatalog, IDataView, NmfRankOptions)"/> examines the
/// rank of a column.</summary>
public sealed class NmfRankOptions
{
    /// <summary>Name of the column to factorise, a vector of numbers of known size. Required.</summary>
    public string ColumnName { get; set; } = "";

    /// <summary>What NaN means: an error, or an entry that was not observed and takes no part.</summary>
    public MissingValues MissingValues { get; set; }

    /// <summary>What entries mean that sparse rows do not store: see
    /// <see cref="NmfEstimator.Options.AbsentEntries"/>.</summary>
    public AbsentEntries AbsentEntries { get; set; }

    /// <summary>The survey of several random starts for each rank, or null to leave it out.</summary>
    public RankSurveyOptions? Survey { get; set; }

    /// <summary>The cross-validation with entries that are held out, or null to leave it out.</summary>
    public RankCrossValidationOptions? CrossValidation { get; set; }

    /// <summary>
    /// Automatic relevance determination, whose answer stands beside the indices, or null to leave it out. It starts
    /// from more components than the largest rank to try.
    /// </summary>
    public RankRelevanceOptions? Relevance { get; set; }

    /// <summary>
    /// Maximum marginal likelihood, for counts or power spectra, whose answer stands beside the indices, or null, the
    /// default, to leave it out. Its rank is the one to start from.
    /// </summary>
    public MarginalLikelihoodOptions? MarginalLikelihood { get; set; }

    /// <summary>Told at every check of every fit, from its thread, besides the log; null for nobody. Each part of the
    /// examination counts its own fits.</summary>
    public IProgress<RankProgress>? Progress { get; set; }

    /// <summary>Cancels, besides the cancellation of the <see cref="MLContext"/>.</summary>
    public CancellationToken CancellationToken { get; set; }
}
