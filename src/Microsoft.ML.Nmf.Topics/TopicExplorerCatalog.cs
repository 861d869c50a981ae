using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf.Topics;

namespace Microsoft.ML;

/// <summary>Pages on which the topics of a fitted pipeline can be explored.</summary>
public static class TopicExplorerCatalog
{
    /// <summary>
    /// Writes one HTML file on which the topics of texts can be explored: a map, words by relevance, documents with
    /// their words marked, search, topics over time and per class, and similar topics. It needs no server and loads
    /// nothing.
    /// </summary>
    /// <param name="model">A pipeline with a factorisation of word counts, fitted or loaded. What stands behind the
    /// factorisation is not applied.</param>
    /// <param name="path">The file, which is replaced when the page is complete.</param>
    /// <param name="data">The texts to show: those of the fit, or others.</param>
    /// <param name="columns">What is shown of each text, or null for the column Text alone. The columns are those of
    /// <paramref name="data"/>, also where the pipeline writes over them.</param>
    /// <param name="options">What is on the page, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels, besides the cancellation of the <see cref="MLContext"/>.</param>
    /// <remarks>Reads the data once. The sizes of the topics are those of the texts that the model was fitted to.
    /// Messages and progress go to the log of the <see cref="MLContext"/>.</remarks>
    /// <exception cref="ArgumentException">The model has no factorisation, a column is missing or cannot be written as
    /// text, a date cannot be read (the message names row and value), or an option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.Text.ProduceWordBags("Counts", "Text", ngramLength: 1)
    ///     .Append(mlContext.Transforms.NonnegativeMatrixFactorization(
    ///         "Topics", "Counts", rank: 20, beta: BetaDivergence.KullbackLeibler));
    /// pipeline.Fit(data).SaveTopicExplorer("topics.html", data, new() { Text = "Text", Date = "Published" });
    /// </code>
    /// </example>
    public static void SaveTopicExplorer(
        this ITransformer model, string path, IDataView data, TopicExplorerColumns? columns = null,
        TopicExplorerOptions? options = null, CancellationToken cancellationToken = default)
    {
        Contracts.CheckValue(model, nameof(model));
        Contracts.CheckNonWhiteSpace(path, nameof(path));
        Contracts.CheckValue(data, nameof(data));
        columns ??= new();
        ITransformer[] steps = [.. Steps(model)];
        var last = Array.FindLastIndex(
            steps,
            step => step is NmfTransformer nmf && (columns.Topics ?? nmf.OutputColumnName) == nmf.OutputColumnName);
        Contracts.CheckUserArg(
            last >= 0, nameof(model),
            columns.Topics is null ? "There is no nonnegative matrix factorization in the model."
                : $"There is no nonnegative matrix factorization in the model with the output '{columns.Topics}'.");
        var topics = (NmfTransformer)steps[last];
        var host = topics.Environment.Register(nameof(SaveTopicExplorer));
        using var channel = host.Start("Topic explorer");
        using var progress = ProgressOf(host, channel);
        using var cancellation = new FitCancellation(host, cancellationToken);
        var explorer = Create(host, topics.Model, options);
        cancellation.Guard(token =>
        {
            using (var texts = new TextRows(host, data, columns, steps.AsSpan(0, last + 1), topics.OutputColumnName))
            {
                while (texts.MoveNext())
                {
                    explorer.Add(texts.Activations, texts.Document());
                    if (explorer.DocumentCount % RowCursor.RowsBetweenChecks != 0)
                        continue;
                    cancellation.ThrowIfRequested();
                    progress.Report(new("reading texts", explorer.DocumentCount, texts.Count));
                }
            }

            explorer.Save(path, progress, token);
            return true;
        });
        channel.Info("Wrote {0} texts and {1} topics to {2}.", explorer.DocumentCount, topics.Model.Rank, path);
    }

    /// <summary>Writes the same page without texts: the map, the words and the similarities.</summary>
    /// <param name="model">A factorisation of word counts: <c>transformer.Model</c>.</param>
    /// <param name="path">The file, which is replaced when the page is complete.</param>
    /// <param name="options">What is on the page, or null for the defaults.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void SaveTopicExplorer(
        this NmfModelParameters model, string path, TopicExplorerOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Contracts.CheckValue(model, nameof(model));
        Contracts.CheckNonWhiteSpace(path, nameof(path));
        Create(null, model, options).Save(path, null, cancellationToken);
    }

    private static TopicExplorer Create(
        IExceptionContext? context, NmfModelParameters model, TopicExplorerOptions? options)
    {
        // Names that the components have, unless others are given.
        if (options?.TopicNames is null && model.ComponentNames is { } names)
            options = (options ?? new()) with { TopicNames = [.. names.Select(GivenName)] };
        try
        {
            return new TopicExplorer(model.ToDictionary(), model.Contributions, Words(model), options);
        }
        catch (ArgumentException e) when (context is not null)
        {
            throw context.ExceptUserArg(e.ParamName, e.Message);
        }
    }

    // Free components beside those that the user has named are called by their numbers.
    private static string? GivenName(string name)
    {
        const string Prefix = "Component";
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.AsSpan(Prefix.Length).Length > 0
            && !name.AsSpan(Prefix.Length).ContainsAnyExceptInRange('0', '9') ? null : name;
    }

    // FeaturizeText calls a word "Word.boat".
    private static string[] Words(NmfModelParameters model)
    {
        const string Prefix = "Word.";
        string[] names = [.. Enumerable.Range(0, model.FeatureCount).Select(model.FeatureName)];
        return Array.TrueForAll(names, name => name.StartsWith(Prefix, StringComparison.Ordinal))
            ? Array.ConvertAll(names, name => name[Prefix.Length..]) : names;
    }

    private static IEnumerable<ITransformer> Steps(ITransformer model)
        => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Steps) : [model];

    private static ProgressChannel<TopicExplorerProgress> ProgressOf(IHost host, IChannel channel) => new(
        host, channel, "Topic explorer", "Done", new("reading texts", 0, 0),
        value => new(
            value.Done, [new(value.Stage, value.Done, value.Of > 0 ? value.Of : null)], null,
            $"{value.Stage}: {value.Done}{(value.Of > 0 ? $" of {value.Of}" : "")}."));
}
