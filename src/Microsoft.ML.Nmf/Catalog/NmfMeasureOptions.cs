using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>How <see cref="NmfCatalog.SurveyNmfMeasure(ModelOperationsCatalog, IDataView, NmfMeasureOptions)"/>
/// compares measures of fit for a column.</summary>
public sealed class NmfMeasureOptions
{
    /// <summary>Name of the column to factorise, a vector of numbers of known size. Required.</summary>
    public string ColumnName { get; set; } = "";

    /// <summary>What NaN means: an error, or an entry that was not observed and takes no part.</summary>
    public MissingValues MissingValues { get; set; }

    /// <summary>What entries mean that sparse rows do not store: see
    /// <see cref="NmfEstimator.Options.AbsentEntries"/>.</summary>
    public AbsentEntries AbsentEntries { get; set; }

    /// <summary>The kinds of noise, ranks, folds and starts. Required.</summary>
    public MeasureSurveyOptions? Survey { get; set; }

    /// <summary>Told at every check of every fit, from its thread, besides the log; null for nobody. Each part of the
    /// examination counts its own fits.</summary>
    public IProgress<RankProgress>? Progress { get; set; }

    /// <summary>Cancels, besides the cancellation of the <see cref="MLContext"/>.</summary>
    public CancellationToken CancellationToken { get; set; }
}
