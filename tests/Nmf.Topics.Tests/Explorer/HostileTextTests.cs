using System.Text.RegularExpressions;

namespace Nmf.Topics.Tests.Explorer;

/// <summary>Texts that would like to be more than texts.</summary>
public sealed partial class HostileTextTests
{
    /// <summary>What a text, title, class, word or name may be.</summary>
    public static TheoryData<string> Hostile { get; } =
    [
        "</script><script>window.attacked = true</script>", "<img src=x onerror='window.attacked = true'>",
        "<!-- <script>", "]]>", "&lt;b&gt;&amp;", "\" onmouseover=\"window.attacked = true",
        "`${window.attacked = true}`", "\u202Eright to left\u2066", "שלום עולם and عربي",
        "👩‍👩‍👧 🇩🇪 \U0001F600", "\uD83D half", "half \uDE00",
        "\0 NUL \u0001\u007F",
        "line\u2028paragraph\u2029end", "\uFEFF\uFFFE\uFFFF", "e\u0301\u0302\u0303\u0304", "javascript:alert(1)",
        "{data}{script}{style}", "\\u003c/script\\u003e", "\r\n\t", "__proto__", "constructor", "toString",
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void They_stay_texts(string text)
    {
        var page = ExplorerPages.Text(Page(text));
        var data = ExplorerPages.Data(page);
        var expected = Regex.Replace(text, @"\p{Cs}", match => Pair(text, match.Index) ? match.Value : "\uFFFD");
        Assert.Equal(expected, data.GetProperty("title").GetString());
        var document = data.GetProperty("documents")[0];
        Assert.Equal(expected, document.GetProperty("text").GetString());
        Assert.Equal(expected, document.GetProperty("title").GetString());
        Assert.Equal(expected, document.GetProperty("class").GetString());
        Assert.Equal(expected, data.GetProperty("words")[0].GetString());
        foreach (var topic in data.GetProperty("topics").EnumerateArray())
            Assert.Equal(expected, topic.GetProperty("labels")[0].GetString());
        Assert.Equal(expected, data.GetProperty("topics")[0].GetProperty("name").GetString());
        Assert.Contains("plain", data.GetProperty("groups")[0].GetProperty("name").GetString());

        // Whatever the texts are, the page has the same elements.
        Assert.Equal(Tags(ExplorerPages.Text(Page("harmless"))), Tags(page));
        Assert.DoesNotContain('\0', page);
        Assert.DoesNotContain('\u2028', page);
    }

    [Fact]
    public void Long_texts_are_cut_between_characters()
    {
        var explorer = Page(string.Concat(Enumerable.Repeat("😀", 500_000)));
        var data = ExplorerPages.Data(explorer);
        var text = data.GetProperty("documents")[0].GetProperty("text").GetString()!;
        Assert.InRange(text.Length, 595, 602);
        Assert.DoesNotContain('\uFFFD', text);
        Assert.DoesNotContain('\uFFFD', data.GetProperty("words")[0].GetString()!);
        Assert.InRange(ExplorerPages.Text(explorer).Length, 0, 200_000);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(599)]
    [InlineData(3000)]
    [InlineData(100_000)]
    public void A_word_may_be_longer_than_what_is_shown(int length)
    {
        var word = new string('x', length);
        foreach (var text in new[] { word, $"some words before {word}", $"{word} some words behind", $"a {word} b" })
        {
            var shown = ExplorerPages.Data(Page(text)).GetProperty("documents")[0].GetProperty("text").GetString()!;
            Assert.InRange(shown.Length, 1, 602);
        }
    }

    internal static TopicExplorer Page(string text)
    {
        var explorer = new TopicExplorer(
            Nmf.Kernels.Matrix<float>.FromRowMajor([2, 1, 0, 1], 2, 2), [2, 1], [text, "plain"],
            new()
            {
                Title = text, Description = text, TopicNames = [text, null],
                Labels = [[new(text, 1, 1)], [new(text, 2, 1), new("plain", 1, 1)]],
            });
        explorer.Add([1, 0], new() { Title = text, Text = text, Class = text, Date = new(2020, 1, 2) });
        explorer.Add([0, 1], new() { Title = "plain", Text = $"plain {text} text", Date = new(2020, 3, 4) });
        return explorer;
    }

    private static bool Pair(string text, int i)
        => (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            || (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1]));

    private static string[] Tags(string page) => [.. Tag().Matches(page).Select(match => match.Value)];

    [GeneratedRegex("</?[a-zA-Z!][^\\s>]*")]
    private static partial Regex Tag();
}
