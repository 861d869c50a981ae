using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How well the leading words of one topic go together.</summary>
public sealed record TopicCoherence
{
    internal TopicCoherence(double uMass, double npmi)
        => (UMass, Npmi) = (uMass, npmi);

    /// <summary>Mean over the pairs of its words, the more frequent in the topic first, of <c>log((D(v, u) + 1) /
    /// D(u))</c> with D the number of documents that contain a word or both, u the one that comes first (Mimno et al.
    /// 2011, who sum over pairs; the mean does not depend on the number of words). 0 is the best for rare joint counts;
    /// pairs whose first word is in no document are left out.</summary>
    public double UMass { get; }

    /// <summary>Mean over the pairs of the normalised pointwise mutual information <c>log(p(v, u) / (p(v) p(u))) / -log
    /// p(v, u)</c> (Bouma 2009), with p the share of documents: -1 for words that are never together, 0 for independent
    /// ones, 1 for words that are always together.</summary>
    public double Npmi { get; }
}

/// <summary>
/// How good topics are for a reader, judged by the documents: coherence of their leading words, and
/// how much the topics differ.
/// </summary>
/// <remarks>
/// Co-occurrence is counted in whole documents. Nothing is added to counts but the one in UMass, which belongs to its
/// definition; a pair that never occurs together has the limit NPMI -1, one that is in every document 1. Figures of
/// different numbers of words must not be compared.
/// </remarks>
public sealed class TopicQuality
{
    private TopicQuality(IReadOnlyList<TopicCoherence> topics, double diversity, int words)
        => (Topics, Diversity, WordsPerTopic) = (topics, diversity, words);

    /// <summary>Coherence of every topic, in the order given. NaN for a topic with fewer than two words.</summary>
    public IReadOnlyList<TopicCoherence> Topics { get; }

    /// <summary>The share of different words among the leading words of all topics (Dieng, Ruiz and Blei 2020): 1 when
    /// no word leads two topics.</summary>
    public double Diversity { get; }

    /// <summary>The largest number of words of a topic.</summary>
    public int WordsPerTopic { get; }

    /// <summary>Mean UMass coherence of the topics that have one.</summary>
    public double MeanUMass => Mean(t => t.UMass);

    /// <summary>Mean NPMI of the topics that have one.</summary>
    public double MeanNpmi => Mean(t => t.Npmi);

    /// <summary>Judges topics by documents: those they were learnt from, or others.</summary>
    /// <param name="documents">Word counts, documents x words; any positive value means that the word is there.</param>
    /// <param name="topics">For every topic its leading words, most important first, as columns of the
    /// counts; ten are usual.</param>
    /// <param name="cancellationToken">Looked at between documents.</param>
    /// <remarks>Takes time proportional to the non-zeros, plus, for every document, the squares of the numbers of
    /// leading words it has of each topic. Thread-safe.</remarks>
    /// <exception cref="ArgumentException">There is no topic, a word is not a column of the counts, or a topic names
    /// a word twice.</exception>
    public static TopicQuality Evaluate<T>(
        NmfData<T> documents, IReadOnlyList<IReadOnlyList<int>> topics, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(topics);
        RequireWords(topics, documents.Features);
        var counts = CooccurrenceCounts.Count(documents, topics, cancellationToken);
        return new TopicQuality(
            [.. topics.Select((words, t) => Coherence(counts, t, words.Count, documents.Samples))],
            topics.SelectMany(t => t).Distinct().Count() / (double)topics.Sum(t => t.Count),
            topics.Max(t => t.Count));
    }

    /// <summary>The features with the largest weights of every column of a dictionary, largest first; features of zero
    /// weight are never among them.</summary>
    /// <param name="dictionary">features x rank.</param>
    /// <param name="count">Most features per component.</param>
    public static IReadOnlyList<IReadOnlyList<int>> TopFeatures<T>(Matrix<T> dictionary, int count = 10)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return [.. Enumerable.Range(0, dictionary.Columns).Select(
            k => (IReadOnlyList<int>)[.. Enumerable.Range(0, dictionary.Rows)
                .Where(f => dictionary.Row(f)[k] > T.Zero)
                .OrderByDescending(f => dictionary.Row(f)[k])
                .Take(count)])];
    }

    private static TopicCoherence Coherence(CooccurrenceCounts counts, int topic, int words, double documents)
    {
        double massSum = 0, npmiSum = 0;
        int massPairs = 0, npmiPairs = 0;
        for (var later = 1; later < words; later++)
        {
            for (var first = 0; first < later; first++)
            {
                double both = counts.Both(topic, later, first);
                double withFirst = counts.Both(topic, first, first);
                double withLater = counts.Both(topic, later, later);
                if (withFirst > 0)
                {
                    massSum += Math.Log((both + 1) / withFirst);
                    massPairs++;
                }

                npmiSum += both == 0 ? -1
                    : both == documents ? 1
                    : Math.Log(both * documents / (withFirst * withLater)) / -Math.Log(both / documents);
                npmiPairs++;
            }
        }

        return new TopicCoherence(
            massPairs == 0 ? double.NaN : massSum / massPairs, npmiPairs == 0 ? double.NaN : npmiSum / npmiPairs);
    }

    private static void RequireWords(IReadOnlyList<IReadOnlyList<int>> topics, int features)
    {
        if (topics.Count == 0)
            throw new ArgumentException("There are no topics.", nameof(topics));
        if (topics.All(t => t.Count == 0))
            throw new ArgumentException("No topic has a word.", nameof(topics));
        for (var t = 0; t < topics.Count; t++)
        {
            foreach (var word in topics[t])
            {
                if ((uint)word >= (uint)features)
                    throw new ArgumentException(
                        $"Topic {t} names word {word}, but the documents have the words 0 to {features - 1}.",
                        nameof(topics));
            }

            if (topics[t].Distinct().Count() < topics[t].Count)
                throw new ArgumentException($"Topic {t} names a word twice.", nameof(topics));
        }
    }

    private double Mean(Func<TopicCoherence, double> figure)
        => Topics.Select(figure).Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.NaN).Average();
}
