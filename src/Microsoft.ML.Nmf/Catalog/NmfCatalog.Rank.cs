using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Factorises a column with several ranks, from several random starts and with held-out entries, and reports
    /// what speaks for which rank.
    /// </summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="columnName">Name of the column, a vector of numbers of known size, dense or sparse.</param>
    /// <param name="ranks">The ranks to try.</param>
    /// <param name="beta">Divergence parameter β of the factorisation that is to be fitted: see
    /// <see cref="BetaDivergence"/>.</param>
    /// <param name="starts">Number of random starts per rank; 0 leaves the survey out.</param>
    /// <param name="folds">Number of folds of the cross-validation; 0 leaves it out.</param>
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
        int starts = 10,
        int folds = 5,
        int? seed = null)
    {
        var host = Register(catalog, nameof(SurveyNmfRank));
        host.CheckValue(ranks, nameof(ranks));
        host.CheckUserArg(ranks.Count > 0, nameof(ranks), "There are no ranks to try.");
        host.CheckUserArg(starts >= 0, nameof(starts), "The number of starts must not be negative.");
        host.CheckUserArg(folds >= 0, nameof(folds), "The number of folds must not be negative.");
        var fit = new NmfOptions { Rank = 1, Problem = beta, Seed = seed ?? host.Rand.Next() };
        return Run(host, data, new NmfRankOptions
        {
            ColumnName = columnName,
            Survey = starts == 0 ? null : new() { Ranks = ranks, Starts = starts, Fit = fit },
            CrossValidation = folds == 0 ? null : new() { Ranks = ranks, Folds = folds, Fit = fit },
            Relevance = new()
            {
                StartingRank = RankRelevanceOptions.StartingRankFor(ranks.Max()), Problem = beta, Seed = fit.Seed
            },
        });
    }

    /// <summary>The same with every option.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="options">What to try and how.</param>
    /// <inheritdoc cref="SurveyNmfRank(ModelOperationsCatalog, IDataView, string, IReadOnlyList{int}, double, int, int,
    /// int?)"/>
    public static RankReport SurveyNmfRank(this ModelOperationsCatalog catalog, IDataView data, NmfRankOptions options)
        => Run(Register(catalog, nameof(SurveyNmfRank)), data, options);

    private static IHost Register(ModelOperationsCatalog catalog, string name)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        return CatalogUtils.GetEnvironment(catalog).Register(name);
    }

    private static RankReport Run(IHost host, IDataView data, NmfRankOptions options)
    {
        host.CheckValue(data, nameof(data));
        host.CheckValue(options, nameof(options));
        host.CheckNonWhiteSpace(options.ColumnName, nameof(options.ColumnName));
        var (survey, crossValidation, relevance) = (options.Survey, options.CrossValidation, options.Relevance);
        host.CheckUserArg(
            survey is not null || crossValidation is not null, nameof(options.Survey),
            "Without starts and without folds there is nothing to do: set Survey or CrossValidation.");
        host.CheckUserArg(
            Enum.IsDefined(options.MissingValues), nameof(options.MissingValues),
            $"There is no meaning {options.MissingValues} of missing values.");
        host.CheckUserArg(
            Enum.IsDefined(options.AbsentEntries), nameof(options.AbsentEntries),
            $"There is no meaning {options.AbsentEntries} of absent entries.");
        UserErrors.Mark(host, () => survey?.Validate());
        UserErrors.Mark(host, () => crossValidation?.Validate());
        UserErrors.Mark(host, () => relevance?.Validate());
        UserErrors.Mark(host, () => options.MarginalLikelihood?.Validate());

        var problem = (survey?.Fit ?? crossValidation!.Fit).Problem;
        var guard = ColumnGuard.ForInput(
            host, data.Schema, options.ColumnName, problem, options.MissingValues, options.AbsentEntries);
        using var channel = host.Start("Rank");
        using var cancellation = new FitCancellation(host, options.CancellationToken);
        var rows = RowReader.Read(channel, data, guard, cancellation);
        return cancellation.Guard(token => Survey(
            host, channel, rows, survey, crossValidation, relevance, options.MarginalLikelihood, options.Progress,
            token));
    }

    private static RankReport Survey(
        IHost host,
        IChannel channel,
        NmfData<float> data,
        RankSurveyOptions? survey,
        RankCrossValidationOptions? crossValidation,
        RankRelevanceOptions? relevance,
        MarginalLikelihoodOptions? marginal,
        IProgress<RankProgress>? reports,
        CancellationToken token)
    {
        RankSurveyResult? surveyed = null;
        RankCrossValidationResult? validated = null;
        RankRelevanceResult? relevant = null;
        if (survey is not null)
        {
            channel.Info(
                "Surveying the ranks {0} from {1} start(s) each, {2}, seed {3}.", string.Join(", ", survey.Ranks),
                survey.Starts, FitMessages.NameOf(survey.Fit.Problem), survey.Fit.Seed);
            using var progress = ProgressChannel.OfRanks(host, channel, "Survey of ranks", reports);
            surveyed = RankSurvey.Run(data, survey, progress, token);
        }

        if (crossValidation is not null)
        {
            channel.Info(
                "Cross-validating the ranks {0} with {1} fold(s) that hold out {2:0.###} of the entries.",
                string.Join(", ", crossValidation.Ranks), crossValidation.Folds, crossValidation.HeldOutFraction);
            using var progress = ProgressChannel.OfRanks(host, channel, "Cross-validation of ranks", reports);
            validated = RankCrossValidation.Run(data, crossValidation, progress, token);
        }

        if (relevance is not null)
        {
            channel.Info(
                "Automatic relevance determination: {0} start(s) from {1} components.", relevance.Starts,
                relevance.StartingRank);
            using var progress = ProgressChannel.OfRanks(
                host, channel, "Automatic relevance determination", reports);
            relevant = RankRelevance.Run(data, relevance, progress, token);
        }

        List<RankSuggestion> others = relevant is null ? [] : [relevant.ToSuggestion()];
        if (marginal is not null)
        {
            channel.Info(
                "Maximum marginal likelihood: {0} start(s) from {1} components, {2} noise.", marginal.Starts,
                marginal.Rank, marginal.Noise);
            using var progress = ProgressChannel.OfFit(
                host, channel, marginal.Starts, marginal.Iterations.MaximumIterations);
            others.Add(MarginalLikelihood.Fit(data, marginal, null, progress, token).ToSuggestion());
        }

        var report = new RankReport(surveyed, validated, others.Count == 0 ? null : [.. others]);
        foreach (var suggestion in report.Suggestions)
            channel.Info(
                "{0}: {1} ({2}).", suggestion.Index, suggestion.Rank is { } rank ? $"rank {rank}" : "no suggestion",
                suggestion.Reason);
        return report;
    }
}
