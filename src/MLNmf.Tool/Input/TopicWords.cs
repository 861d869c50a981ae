using System.Globalization;
using Nmf.Kernels;

namespace MLNmf.Tool.Input;

/// <summary>Components as other programs of topics write them.</summary>
internal static class TopicWords
{
    /// <summary>The weights that MALLET writes with <c>--topic-word-weights-file</c>: topic, word and weight on every
    /// line, with tabs between them.</summary>
    /// <returns>Topics x words, and the words in the order in which they come first.</returns>
    /// <exception cref="UserErrorException">A line is none of these.</exception>
    public static (Matrix<float> Components, string[] Words) ReadMallet(string path)
    {
        var (places, entries, topics) = (new Dictionary<string, int>(StringComparer.Ordinal),
            new List<(int Topic, int Word, float Weight)>(), 0);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0)
                continue;
            if (line.Split('\t') is not [var topicText, { Length: > 0 } word, var weightText]
                || !int.TryParse(topicText, NumberStyles.None, CultureInfo.InvariantCulture, out var topic)
                || topic >= 1_000_000
                || !float.TryParse(weightText, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight))
            {
                throw new UserErrorException(
                    $"{path}({number}): this line is not a topic, a word and a weight with tabs between them, as "
                    + "MALLET writes them with --topic-word-weights-file.");
            }

            if (!places.TryGetValue(word, out var place))
                places.Add(word, place = places.Count);
            entries.Add((topic, place, weight));
            topics = Math.Max(topics, topic + 1);
        }

        if (entries.Count == 0)
            throw new UserErrorException($"{path}: the file has no weights of words.");
        var components = new Matrix<float>(topics, places.Count);
        foreach (var (topic, word, weight) in entries)
            components[topic, word] = weight;
        return (components, [.. places.OrderBy(pair => pair.Value).Select(pair => pair.Key)]);
    }

    /// <summary>Names of features: a name on every line, or the dictionary that gensim writes with
    /// <c>save_as_text</c> (a number of texts; then number, word and count with tabs between them).</summary>
    /// <exception cref="UserErrorException">There is another number of names than of features.</exception>
    public static string[] ReadNames(string path, int features)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path} (--names).");
        string[] lines = [.. File.ReadLines(path).Where(line => line.Length > 0)];
        string[] names = lines is [var first, ..] && !first.Contains('\t') && lines.Length > 1
            && lines.Skip(1).All(line => line.Split('\t').Length == 3)
                ? [.. lines.Skip(1).Select((line, i) => Entry(line, i + 2)).OrderBy(entry => entry.Number)
                    .Select(entry => entry.Word)]
                : lines;
        return names.Length == features
            ? names
            : throw new UserErrorException($"{path} has {names.Length} names, but there are {features} features.");

        (int Number, string Word) Entry(string line, int at) => line.Split('\t') is [var number, var word, _]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? (id, word)
                : throw new UserErrorException($"{path}({at}): this line is not one of a dictionary of gensim.");
    }
}
