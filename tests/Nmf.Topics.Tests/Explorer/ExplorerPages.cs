using System.Text;
using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Topics.Tests.Explorer;

/// <summary>Pages, and what is in them.</summary>
internal static class ExplorerPages
{
    private const string Opening = "<script type=\"application/json\" id=\"data\">";

    public static string Text(TopicExplorer explorer)
    {
        using var stream = new MemoryStream();
        explorer.Write(stream);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(stream.ToArray());
    }

    /// <summary>The data of a page, as a browser finds them: up to the first end of the element.</summary>
    public static JsonElement Data(string page)
    {
        var start = page.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length;
        return JsonDocument.Parse(page[start..page.IndexOf("</script>", start, StringComparison.OrdinalIgnoreCase)])
            .RootElement;
    }

    public static JsonElement Data(TopicExplorer explorer) => Data(Text(explorer));

    /// <summary>Random topics: term w is "wordW"; each topic has words of its own and shares others.</summary>
    public static Matrix<float> Dictionary(int terms, int topics, int seed)
    {
        var random = new Random(seed);
        var dictionary = new Matrix<float>(terms, topics);
        for (var w = 0; w < terms; w++)
        {
            for (var t = 0; t < topics; t++)
                dictionary[w, t] = (w % topics == t ? 1 : random.Next(4) == 0 ? 0.1f : 0) * random.NextSingle();
        }

        return dictionary;
    }

    public static string[] Words(int terms) => [.. Enumerable.Range(0, terms).Select(w => $"word{w}")];

    /// <summary>Sixteen topics in two groups: those of a group have half of their words in common.</summary>
    public static TopicExplorer Grouped()
    {
        var dictionary = new Matrix<float>(34, 16);
        for (var t = 0; t < 16; t++)
            (dictionary[t, t], dictionary[16 + t, t], dictionary[32 + (t / 8), t]) = (1, 1 - (0.02f * t), 2);
        return new TopicExplorer(
            dictionary, [.. Enumerable.Range(1, 16).Select(t => 1 + (1.0 / t))], Words(34));
    }

    /// <summary>Documents whose words are those of one topic, with dates and classes.</summary>
    public static TopicExplorer Example(
        int terms = 60, int topics = 5, int documents = 200, TopicExplorerOptions? options = null)
    {
        var random = new Random(7);
        var explorer = new TopicExplorer(
            Dictionary(terms, topics, 3), [.. Enumerable.Range(1, topics).Select(t => 1.0 / t)], Words(terms), options);
        var activations = new float[topics];
        for (var n = 0; n < documents; n++)
        {
            for (var t = 0; t < topics; t++)
                activations[t] = random.NextSingle() * (t == n % topics ? 5 : 0.3f);
            var words = Enumerable.Range(0, 12)
                .Select(_ => $"word{(random.Next(terms / topics) * topics) + (n % topics)}");
            explorer.Add(activations, new()
            {
                Title = $"Text {n}", Text = string.Join(' ', words) + $" and number {n}.",
                Date = new DateTime(2020, 1, 15).AddDays(n * 5), Class = n % 3 == 0 ? "even" : "odd",
            });
        }

        return explorer;
    }
}
