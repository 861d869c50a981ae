using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Topics;
using TopicModel.Evaluation;

namespace TopicModel.Pipeline;

/// <summary>A fitted topic model.</summary>
/// <param name="Transformer">From word counts to <see cref="TopicsRow.Topics"/>.</param>
/// <param name="Topics">What it found, largest first.</param>
/// <param name="Readings">What readers ask of it.</param>
/// <param name="Elapsed">How long the fit took.</param>
internal sealed record TopicFit(
    NmfTransformer Transformer, IReadOnlyList<Topic> Topics, TopicReadings Readings, TimeSpan Elapsed)
{
    /// <summary>The topic shares as features for a classifier.</summary>
    public FeatureSet Features => new("NMF topics", nameof(TopicsRow.Topics), Transformer, Elapsed);

    /// <summary>Factorises the word counts of the training part under the Kullback-Leibler divergence, the
    /// likelihood of counts.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="corpus">The word counts.</param>
    /// <param name="topics">Number of topics.</param>
    /// <param name="stopWords">Words at which no label of a topic begins or ends, beside the usual English
    /// ones.</param>
    public static TopicFit Fit(MLContext ml, CountedCorpus corpus, int topics, IReadOnlyList<string> stopWords)
    {
        var start = Stopwatch.GetTimestamp();
        var transformer = ml.Transforms
            .NonnegativeMatrixFactorization(
                nameof(TopicsRow.Topics), WordCounts.Column, rank: topics, beta: BetaDivergence.KullbackLeibler,
                normalizeOutput: true)
            .Fit(corpus.Training);
        var elapsed = Stopwatch.GetElapsedTime(start);
        var readings = TopicReadings.Of(ml, corpus, transformer, stopWords);
        return new TopicFit(transformer, Topic.Describe(transformer.Model, readings), readings, elapsed);
    }

    /// <summary>Saves text to topics as one model, which needs no training data and no label.</summary>
    public void Save(MLContext ml, CountedCorpus corpus, string path)
    {
        var inputSchema = ml.Data.LoadFromEnumerable(Array.Empty<TextRow>()).Schema;
        ml.Model.Save(corpus.Transformer.Append(Transformer), inputSchema, path);
    }

    /// <summary>Writes the page on which the topics and the training part can be explored.</summary>
    public void SaveExplorer(MLContext ml, CountedCorpus corpus, string description, string path)
    {
        var documents = corpus.Split.Training;
        var data = ml.Data.LoadFromEnumerable(documents.Select(
            document => new ExplorerRow { Text = document.Text, Title = document.Name, Label = document.Label }));
        var areClasses = documents.Select(document => document.Label).Distinct().Count() is > 1
            and <= TopicExplorer.MostClasses;
        corpus.Transformer.Append(Transformer).SaveTopicExplorer(
            path, data,
            new() { Title = nameof(ExplorerRow.Title), Class = areClasses ? nameof(ExplorerRow.Label) : null },
            new() { Title = "Topics", Description = description, Labels = Readings.Labels });
    }
}
