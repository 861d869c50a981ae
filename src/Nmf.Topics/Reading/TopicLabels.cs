using System.Globalization;
using System.Numerics;
using System.Text;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>A phrase that could name a topic.</summary>
/// <param name="Phrase">One word or a few, in lower case.</param>
/// <param name="Score">What phrases are ranked by, in parts per thousand of the words of the topic times nats.</param>
/// <param name="Texts">Number of texts that have it.</param>
public sealed record TopicLabel(string Phrase, double Score, int Texts);

/// <summary>Which phrases are labels.</summary>
public sealed record TopicLabelOptions
{
    /// <summary>Labels for each topic, best first.</summary>
    public int Count { get; init; } = 3;

    /// <summary>Most words of a phrase, 1 to 5.</summary>
    public int MostWords { get; init; } = 3;

    /// <summary>A phrase has to be in so many texts.</summary>
    public int LeastTexts { get; init; } = 5;

    /// <summary>Words at which no phrase begins or ends, in lower case: those of <c>Microsoft.ML</c>, or your own.
    /// Between its ends a phrase may have them.</summary>
    public IReadOnlySet<string> StopWords { get; init; } = new HashSet<string>();

    internal void Validate()
    {
        Require(Count > 0, nameof(Count), "The number of labels must be greater than zero.");
        Require(MostWords is >= 1 and <= 5, nameof(MostWords), "A phrase has 1 to 5 words.");
        Require(LeastTexts > 0, nameof(LeastTexts), "The number of texts must be greater than zero.");
        Require(StopWords is not null, nameof(StopWords), "The stop words are missing.");

        static void Require(bool condition, string name, string message)
        {
            if (!condition)
                throw new ArgumentException(message, name);
        }
    }
}

/// <summary>
/// Labels of topics: phrases of the texts, scored by how much they are phrases and how much they are the topic's
/// (Tomokiyo and Hurst, "A language model approach to keyphrase extraction", 2003). With p_k the distribution of
/// phrases in the topic's share of the texts, in which each occurrence counts by the share of the topic in its text,
/// and p that in all texts, the score is <c>p_k(g) [log(p_k(g) / Π p_k(words of g)) + log(p_k(g) / p(g))]</c>:
/// phraseness, which a single word has none of, and informativeness. Phrases whose informativeness is less than half of
/// what a phrase has that is in no other topic are left out, however much they are phrases.
/// </summary>
/// <remarks>No model of language: words are runs of letters with their marks, digits, apostrophes and hyphens; phrases
/// do not go across other signs. A phrase that is part of a better label of the topic, or has one in it, is left
/// out.</remarks>
public static class TopicLabels
{
    // Longer ones are no words.
    private const int LongestWord = 40;

    private const char ZeroWidthNonJoiner = '\u200C';
    private const char ZeroWidthJoiner = '\u200D';

    private const double Thousand = 1000;
    private const double Rounding = 1e-9;

    /// <summary>Finds labels for every topic.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="activations">H of the same texts, texts x topics, for dictionary columns of sum one.</param>
    /// <param name="options">Which phrases are labels.</param>
    /// <param name="cancellationToken">Looked at between texts.</param>
    /// <returns>For every topic its labels, best first; none for a topic in no text.</returns>
    /// <remarks>Memory: a number for each topic and each phrase that is in enough texts.</remarks>
    /// <exception cref="ArgumentException">The numbers of texts differ, an activation is negative or not finite, or an
    /// option is out of range.</exception>
    public static IReadOnlyList<IReadOnlyList<TopicLabel>> Find<T>(
        IReadOnlyList<string> texts, Matrix<T> activations, TopicLabelOptions? options = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(texts);
        TopicActivations.Require(activations, nameof(activations));
        options ??= new();
        options.Validate();
        if (texts.Count != activations.Rows)
            throw new ArgumentException(
                $"There are {texts.Count} texts, but activations of {activations.Rows}.", nameof(texts));
        var phrases = Frequent(texts, options, cancellationToken);
        var topics = activations.Columns;
        var counts = phrases.Keys.ToDictionary(phrase => phrase, _ => new double[topics], StringComparer.Ordinal);
        var singles = new Dictionary<string, double[]>(StringComparer.Ordinal);
        var (total, shares) = (new double[topics], new double[topics]);
        for (var n = 0; n < texts.Count; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Shares(activations.Row(n), shares))
                continue;
            foreach (var run in Runs(texts[n]))
            {
                foreach (var word in run)
                {
                    Add(total, shares);
                    if (!singles.TryGetValue(word, out var of))
                        singles[word] = of = new double[topics];
                    Add(of, shares);
                }

                foreach (var phrase in Phrases(run, options))
                {
                    if (counts.TryGetValue(phrase, out var of))
                        Add(of, shares);
                }
            }
        }

        return [.. Enumerable.Range(0, topics).Select(k => OfTopic(k))];

        IReadOnlyList<TopicLabel> OfTopic(int k)
        {
            var all = total.Sum();
            if (total[k] == 0)
                return [];

            // Where a phrase is in no other topic, its informativeness is the logarithm of all over the topic.
            var least = (Math.Log(all / total[k]) / 2) - Rounding;
            var scored = counts.Where(pair => pair.Value[k] > 0).Select(pair =>
            {
                var parts = pair.Key.Split(' ');
                var inTopic = pair.Value[k] / total[k];
                var informative = Math.Log(inTopic / (pair.Value.Sum() / all));
                var phrase = parts.Length == 1 ? 0
                    : Math.Log(inTopic) - parts.Sum(word => Math.Log(singles[word][k] / total[k]));
                return new TopicLabel(
                    pair.Key, informative < least ? 0 : Thousand * inTopic * (phrase + informative), phrases[pair.Key]);
            }).Where(label => label.Score > 0).OrderByDescending(label => label.Score)
                .ThenBy(label => label.Phrase, StringComparer.Ordinal);
            var chosen = new List<TopicLabel>();
            foreach (var label in scored)
            {
                if (chosen.Exists(
                    other => Contains(other.Phrase, label.Phrase) || Contains(label.Phrase, other.Phrase)))
                    continue;
                chosen.Add(label);
                if (chosen.Count == options.Count)
                    break;
            }

            return chosen;
        }
    }

    /// <summary>One name for every topic: the user's where there is one, else its best label, else <c>Topic</c> and its
    /// number. No two are the same: a topic whose label is taken gets its next, and a number that is taken another
    /// one behind it.</summary>
    /// <param name="labels">Labels, as <see cref="Find"/> gives them.</param>
    /// <param name="names">The user's names, null for topics that have none; or null.</param>
    /// <exception cref="ArgumentException">The numbers of topics differ, or a name of the user is empty or there
    /// twice.</exception>
    public static IReadOnlyList<string> Names(
        IReadOnlyList<IReadOnlyList<TopicLabel>> labels, IReadOnlyList<string?>? names = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (names is not null && names.Count != labels.Count)
            throw new ArgumentException($"There are {names.Count} names for {labels.Count} topics.", nameof(names));
        for (var k = 0; k < names?.Count; k++)
        {
            if (names[k] is not { } name)
                continue;
            if (string.IsNullOrWhiteSpace(name))
                throw new ArgumentException($"The name of topic {k} is empty; null is for none.", nameof(names));
            if (names.Take(k).Contains(name, StringComparer.Ordinal))
                throw new ArgumentException($"Two topics have the name '{name}'.", nameof(names));
        }

        var taken = new HashSet<string>((names ?? []).OfType<string>(), StringComparer.OrdinalIgnoreCase);
        var chosen = new string[labels.Count];
        for (var k = 0; k < chosen.Length; k++)
        {
            chosen[k] = names?[k] ?? labels[k].Select(label => label.Phrase).FirstOrDefault(taken.Add)
                ?? Numbered($"Topic {k}").First(taken.Add);
        }

        return chosen;

        static IEnumerable<string> Numbered(string name)
            => Enumerable.Range(2, int.MaxValue - 2).Select(number => $"{name} ({number})").Prepend(name);
    }

    /// <summary>All words of a text as labels see them.</summary>
    internal static IEnumerable<string> Words(string? text) => Runs(text).SelectMany(run => run);

    // Phrases in enough texts, with their numbers of texts.
    private static Dictionary<string, int> Frequent(
        IReadOnlyList<string> texts, TopicLabelOptions options, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var all = new Dictionary<string, int>(StringComparer.Ordinal);

        // Longer phrases only of words and shorter phrases that are frequent, so that memory stays in bounds.
        for (var length = 1; length <= options.MostWords; length++)
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var text in texts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                seen.Clear();
                foreach (var run in Runs(text))
                {
                    for (var i = 0; i + length <= run.Count; i++)
                    {
                        if (length > 1 && !(known.Contains(Join(run, i, length - 1))
                            && known.Contains(Join(run, i + 1, length - 1))))
                            continue;
                        var phrase = Join(run, i, length);
                        if (seen.Add(phrase))
                            counts[phrase] = counts.GetValueOrDefault(phrase) + 1;
                    }
                }
            }

            foreach (var (phrase, count) in counts)
            {
                if (count < options.LeastTexts)
                    continue;
                known.Add(phrase);
                var parts = phrase.Split(' ');
                if (IsEnd(parts[0], options) && IsEnd(parts[^1], options))
                    all[phrase] = count;
            }
        }

        return all;
    }

    private static bool IsEnd(string word, TopicLabelOptions options)
        => word.Length > 1 && !options.StopWords.Contains(word) && word.EnumerateRunes().Any(Rune.IsLetter);

    private static IEnumerable<string> Phrases(List<string> run, TopicLabelOptions options)
    {
        for (var i = 0; i < run.Count; i++)
        {
            for (var length = 1; length <= options.MostWords && i + length <= run.Count; length++)
                yield return Join(run, i, length);
        }
    }

    private static string Join(List<string> run, int from, int length)
        => length == 1 ? run[from] : string.Join(' ', run.Skip(from).Take(length));

    private static bool Contains(string phrase, string part)
        => $" {phrase} ".Contains($" {part} ", StringComparison.Ordinal);

    // Words that follow each other with nothing but blanks between them.
    private static IEnumerable<List<string>> Runs(string? text)
    {
        var (run, word) = (new List<string>(), new StringBuilder());
        foreach (var sign in (text ?? "").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(sign) || (word.Length > 0 && IsWithinWords(sign)))
            {
                Append(Rune.ToLowerInvariant(sign));
                continue;
            }

            End();
            if (Rune.IsWhiteSpace(sign) || run.Count == 0)
                continue;
            yield return run;
            run = [];
        }

        End();
        if (run.Count > 0)
            yield return run;

        void End()
        {
            var ended = word.ToString().TrimEnd('\'', '’', '-', ZeroWidthNonJoiner, ZeroWidthJoiner);
            word.Clear();
            if (ended.Length is > 0 and <= LongestWord)
                run.Add(ended);
        }

        void Append(Rune sign)
        {
            if (sign.IsBmp)
                word.Append((char)sign.Value);
            else
                word.Append(sign.ToString());
        }
    }

    // Marks are part of the letter before them: vowels of Hindi, accents that stand by themselves. Joiners stand within
    // words of Persian and Hindi.
    private static bool IsWithinWords(Rune sign) => sign.Value is '\'' or '’' or '-'
        or ZeroWidthNonJoiner or ZeroWidthJoiner || Rune.GetUnicodeCategory(sign)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool Shares<T>(ReadOnlySpan<T> activations, double[] shares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double total = 0;
        for (var k = 0; k < shares.Length; k++)
            total += shares[k] = double.CreateTruncating(activations[k]);
        for (var k = 0; k < shares.Length && total > 0; k++)
            shares[k] /= total;
        return total > 0;
    }

    private static void Add(double[] sum, double[] values)
    {
        for (var k = 0; k < sum.Length; k++)
            sum[k] += values[k];
    }
}
