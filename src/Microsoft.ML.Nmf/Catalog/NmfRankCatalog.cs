using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML;

/// <summary>What to know before fitting a nonnegative matrix factorisation: its rank.</summary>
public static partial class NmfRankCatalog
{
    /// <summary>
    /// Factorises a column with several ranks, from several random starts and with held-out entries, and reports
    /// what speaks for which rank.
    /// </summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="columnName">Name of the column, a known-size vector of Singles, dense or sparse.</param>
    /// <param name="ranks">The ranks to try.</param>
    /// <param name="beta">Divergence parameter β of the factorisation that is to be fitted: see
    /// <see cref="BetaDivergence"/>.</param>
    /// <param name="numberOfStarts">Number of random starts per rank.</param>
    /// <param name="numberOfFolds">Number of folds of the cross-validation; 0 leaves it out.</param>
    /// <param name="seed">Seed of everything random, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <returns>The figures, <see cref="RankReport.Suggestions"/>, and the report as text or HTML.</returns>
    /// <remarks>Takes <c>ranks x (starts + 3 folds)</c> fits, several at a time, and for counts and β = 1 or for β = 0
    /// five more with automatic relevance determination. Progress and messages go to the log of the context.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <exception cref="NmfDataException">The data cannot be factorised; the message names column, row,
    /// slot and value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example>
    /// <code>
    /// var report = mlContext.Model.SurveyNmfRank(data, "Features", ranks: [2, 3, 4, 5, 6, 8, 10]);
    /// Console.WriteLine(report.ToText());
    /// File.WriteAllText("rank.html", report.ToHtml());
    /// </code>
    /// </example>
    public static RankReport SurveyNmfRank(
        this ModelOperationsCatalog catalog,
        IDataView data,
        string columnName,
        IReadOnlyList<int> ranks,
        double beta = BetaDivergence.Euclidean,
        int numberOfStarts = 10,
        int numberOfFolds = 5,
        int? seed = null)
        => SurveyNmfRank(catalog, data, new NmfRankOptions
        {
            ColumnName = columnName,
            Ranks = ranks,
            Beta = beta,
            NumberOfStarts = numberOfStarts,
            NumberOfFolds = numberOfFolds,
            Seed = seed,
        });

    /// <summary>The same with every option.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="options">What to try and how.</param>
    /// <inheritdoc cref="SurveyNmfRank(ModelOperationsCatalog, IDataView, string, IReadOnlyList{int}, double, int, int,
    /// int?)"/>
    public static RankReport SurveyNmfRank(this ModelOperationsCatalog catalog, IDataView data, NmfRankOptions options)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register(nameof(SurveyNmfRank));
        host.CheckValue(data, nameof(data));
        host.CheckValue(options, nameof(options));
        host.CheckNonWhiteSpace(options.ColumnName, nameof(options.ColumnName));
        host.CheckUserArg(
            options.NumberOfStarts >= 0, nameof(options.NumberOfStarts), "The number of starts must not be negative.");
        host.CheckUserArg(
            options.NumberOfFolds >= 0, nameof(options.NumberOfFolds), "The number of folds must not be negative.");
        host.CheckUserArg(
            options.NumberOfStarts + options.NumberOfFolds > 0, nameof(options.NumberOfStarts),
            "Without starts and without folds there is nothing to do.");
        host.CheckUserArg(
            Enum.IsDefined(options.MissingValues), nameof(options.MissingValues),
            $"There is no meaning {options.MissingValues} of missing values.");
        host.CheckUserArg(
            Enum.IsDefined(options.AbsentEntries), nameof(options.AbsentEntries),
            $"There is no meaning {options.AbsentEntries} of absent entries.");
        host.CheckUserArg(
            options.NumberOfRelevanceStarts >= 0, nameof(options.NumberOfRelevanceStarts),
            "The number of starts of automatic relevance determination must not be negative.");
        var seed = options.Seed ?? host.Rand.Next();
        var (survey, crossValidation) = (options.ToSurvey(seed), options.ToCrossValidation(seed));
        survey?.Validate();
        crossValidation?.Validate();
        var relevance = options.ToRelevance(seed);
        relevance?.Validate();

        var guard = ColumnGuard.ForInput(
            host, data.Schema, options.ColumnName, options.Beta, options.MissingValues, options.AbsentEntries);
        using var channel = host.Start("Rank");
        using var cancellation = new FitCancellation(host, options.CancellationToken);
        var rows = RowReader.Read(channel, data, guard, options.ToReading(), cancellation);
        return cancellation.Guard(token => Survey(host, channel, rows, survey, crossValidation, relevance, token));
    }

    private static RankReport Survey(
        IHost host,
        IChannel channel,
        NmfData<float> data,
        RankSurveyOptions? survey,
        RankCrossValidationOptions? crossValidation,
        RankRelevanceOptions? relevance,
        CancellationToken token)
    {
        RankSurveyResult? surveyed = null;
        RankCrossValidationResult? validated = null;
        RankRelevanceResult? relevant = null;
        if (survey is not null)
        {
            channel.Info(
                "Surveying the ranks {0} from {1} start(s) each, beta {2}, seed {3}.", string.Join(", ", survey.Ranks),
                survey.Starts, survey.Fit.Beta, survey.Fit.Seed);
            using var progress = new RankProgressChannel(host, channel, "Survey of ranks");
            surveyed = RankSurvey.Run(data, survey, progress, token);
        }

        if (crossValidation is not null)
        {
            channel.Info(
                "Cross-validating the ranks {0} with {1} fold(s) that hold out {2:0.###} of the entries.",
                string.Join(", ", crossValidation.Ranks), crossValidation.Folds, crossValidation.HeldOutFraction);
            using var progress = new RankProgressChannel(host, channel, "Cross-validation of ranks");
            validated = RankCrossValidation.Run(data, crossValidation, progress, token);
        }

        if (relevance is not null)
        {
            channel.Info(
                "Automatic relevance determination: {0} start(s) from {1} components.", relevance.Starts,
                relevance.StartingRank);
            using var progress = new RankProgressChannel(host, channel, "Automatic relevance determination");
            relevant = RankRelevance.Run(data, relevance, progress, token);
        }

        var report = new RankReport(surveyed, validated, relevant is null ? null : [relevant.ToSuggestion()]);
        foreach (var suggestion in report.Suggestions)
            channel.Info(
                "{0}: {1} ({2}).", suggestion.Index, suggestion.Rank is { } rank ? $"rank {rank}" : "no suggestion",
                suggestion.Reason);
        return report;
    }
}
