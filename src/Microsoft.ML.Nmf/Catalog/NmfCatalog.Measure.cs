using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Tells which measure of fit, which β, a column asks for: entries are held out, the rest is factorised with every
    /// measure, and the measures are compared by how likely the held-out entries are under the noise that each assumes.
    /// </summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="columnName">Name of the column, a vector of numbers of known size, dense or sparse.</param>
    /// <param name="ranks">The ranks to try with every measure; each is judged with the one that suits it.</param>
    /// <param name="folds">Number of folds, at least 2.</param>
    /// <param name="seed">Seed of everything random, or null for one drawn from the seed of the
    /// <see cref="MLContext"/>.</param>
    /// <returns>The kinds of noise that the data can have, the best first, and the report as text.</returns>
    /// <remarks>Takes <c>2 x ranks x folds</c> fits for each β, several at a time; which kinds of noise are tried
    /// depends on whether there are zeros and whether all values are whole numbers
    /// (<see cref="MeasureSurveyOptions.Noises"/>). Progress and messages go to the log of the context.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">An argument is out of range; the message names it.</exception>
    /// <exception cref="NmfDataException">The data cannot be factorised; the message names column, row, slot and
    /// value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example>
    /// <code>
    /// var survey = mlContext.Model.SurveyNmfMeasure(data, "Features", ranks: [5]);
    /// Console.WriteLine(survey.ToText());
    /// var beta = survey.Best.Beta;
    /// </code>
    /// </example>
    public static MeasureSurveyResult SurveyNmfMeasure(
        this ModelOperationsCatalog catalog,
        IDataView data,
        string columnName,
        IReadOnlyList<int> ranks,
        int folds = 5,
        int? seed = null)
    {
        var host = Register(catalog, nameof(SurveyNmfMeasure));
        host.CheckValue(ranks, nameof(ranks));
        return Run(host, data, new NmfMeasureOptions
        {
            ColumnName = columnName,
            Survey = new()
            {
                Ranks = ranks, Folds = folds, Fit = new NmfOptions { Rank = 1, Seed = seed ?? host.Rand.Next() },
            },
        });
    }

    /// <summary>The same with every option.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data; read once.</param>
    /// <param name="options">What to try and how.</param>
    /// <inheritdoc cref="SurveyNmfMeasure(ModelOperationsCatalog, IDataView, string, IReadOnlyList{int}, int, int?)"/>
    public static MeasureSurveyResult SurveyNmfMeasure(
        this ModelOperationsCatalog catalog, IDataView data, NmfMeasureOptions options)
        => Run(Register(catalog, nameof(SurveyNmfMeasure)), data, options);

    private static MeasureSurveyResult Run(IHost host, IDataView data, NmfMeasureOptions options)
    {
        host.CheckValue(data, nameof(data));
        host.CheckValue(options, nameof(options));
        host.CheckNonWhiteSpace(options.ColumnName, nameof(options.ColumnName));
        host.CheckUserArg(
            options.Survey is not null, nameof(options.Survey), "Survey is missing: it says which ranks to try.");
        host.CheckUserArg(
            Enum.IsDefined(options.MissingValues), nameof(options.MissingValues),
            $"There is no meaning {options.MissingValues} of missing values.");
        host.CheckUserArg(
            Enum.IsDefined(options.AbsentEntries), nameof(options.AbsentEntries),
            $"There is no meaning {options.AbsentEntries} of absent entries.");
        UserErrors.Mark(host, () => options.Survey!.Validate());

        var guard = ColumnGuard.ForInput(
            host, data.Schema, options.ColumnName, BetaDivergence.Euclidean, options.MissingValues,
            options.AbsentEntries);
        using var channel = host.Start("Measure");
        using var cancellation = new FitCancellation(host, options.CancellationToken);
        var rows = RowReader.Read(channel, data, guard, cancellation);
        return cancellation.Guard(token =>
        {
            channel.Info(
                "Comparing measures of fit with the ranks {0} and {1} fold(s) that hold out {2:0.###} of the entries, "
                + "seed {3}.", string.Join(", ", options.Survey!.Ranks), options.Survey.Folds,
                options.Survey.HeldOutFraction, options.Survey.Fit.Seed);
            using var progress = ProgressChannel.OfRanks(host, channel, "Survey of measures", options.Progress);
            var result = MeasureSurvey.Run(rows, options.Survey, progress, token);
            foreach (var entry in result.Entries)
                channel.Info(
                    "{0}: {1}.", entry.Noise.ToString(), entry.Objection
                        ?? $"{entry.HeldOutPerEntry:0.0000} per held-out entry with rank {entry.Rank}");
            return result;
        });
    }
}
