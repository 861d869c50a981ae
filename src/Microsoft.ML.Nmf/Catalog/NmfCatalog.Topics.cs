using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>Coherence (NPMI, UMass) and diversity of the topics of a factorisation of word counts.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="documents">The documents to judge by: those of the fit, or others.</param>
    /// <param name="countsColumnName">Name of the column of word counts, a vector of numbers of known size with the
    /// words of the fit.</param>
    /// <param name="model">The model: its top features by weight are the words of its topics.</param>
    /// <param name="wordsPerTopic">Number of words of each topic, at least 2; ten are usual.</param>
    /// <param name="cancellationToken">Cancels, besides the cancellation of the <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">The column has another number of words than the model, or another word in
    /// a slot (<see cref="NmfFitOptions.NameMismatch"/>).</exception>
    public static TopicQuality EvaluateTopics(
        this ModelOperationsCatalog catalog,
        IDataView documents,
        string countsColumnName,
        NmfModelParameters model,
        int wordsPerTopic = 10,
        CancellationToken cancellationToken = default)
    {
        Contracts.CheckValue(model, nameof(model));
        Contracts.CheckUserArg(
            wordsPerTopic >= 2, nameof(wordsPerTopic), "A topic needs at least two words to be coherent.");
        var topics = Enumerable.Range(0, model.Rank)
            .Select(
                k => (IReadOnlyList<int>)[.. model.GetTopFeatures(k, wordsPerTopic).Select(feature => feature.Index)])
            .ToList();
        return EvaluateTopics(catalog, documents, countsColumnName, topics, model, cancellationToken);
    }

    /// <summary>Coherence and diversity of any topics, for instance those of another model.</summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="documents">The documents to judge by.</param>
    /// <param name="countsColumnName">Name of the column of word counts, a vector of numbers of known size.</param>
    /// <param name="topics">For every topic its leading words, most important first, as slots of the column.</param>
    /// <param name="cancellationToken">Cancels, besides the cancellation of the <see cref="MLContext"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">There is no topic, a word is not a slot of the column, or a topic names
    /// a word twice.</exception>
    public static TopicQuality EvaluateTopics(
        this ModelOperationsCatalog catalog,
        IDataView documents,
        string countsColumnName,
        IReadOnlyList<IReadOnlyList<int>> topics,
        CancellationToken cancellationToken = default)
        => EvaluateTopics(catalog, documents, countsColumnName, topics, null, cancellationToken);

    private static TopicQuality EvaluateTopics(
        ModelOperationsCatalog catalog, IDataView documents, string countsColumnName,
        IReadOnlyList<IReadOnlyList<int>> topics, NmfModelParameters? model,
        CancellationToken cancellationToken)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register(nameof(EvaluateTopics));
        host.CheckValue(documents, nameof(documents));
        host.CheckValue(topics, nameof(topics));
        host.CheckNonWhiteSpace(countsColumnName, nameof(countsColumnName));
        var guard = ColumnGuard.ForInput(host, documents.Schema, countsColumnName, BetaDivergence.KullbackLeibler);
        host.CheckUserArg(
            model is null || model.FeatureCount == guard.Features, nameof(countsColumnName),
            $"Column '{countsColumnName}' has {guard.Features} slots, but the model has {model?.FeatureCount} "
            + "features. They must be the same.");
        if (model is not null)
            guard.RequireNamesOf(model);
        using var channel = host.Start("Topics");
        using var cancellation = new FitCancellation(host, cancellationToken);
        var counts = RowReader.Read(channel, documents, guard, cancellation);
        return cancellation.Guard(token => TopicQuality.Evaluate(counts, topics, token));
    }
}
