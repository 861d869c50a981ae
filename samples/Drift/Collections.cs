using System.IO.Compression;
using System.Text;
using TopicModel.Corpus;

namespace Drift;

/// <summary>Texts of one source.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Texts">The texts, shuffled.</param>
/// <param name="StopWords">Words to leave out on top of English ones.</param>
internal sealed record Collection(string Name, IReadOnlyList<string> Texts, IReadOnlyList<string> StopWords)
{
    private const int ShortestParagraph = 120;

    /// <summary>The collections that are there.</summary>
    public static IEnumerable<Collection> All()
    {
        if (SharedData.Find("text", "m10", "corpus.tsv") is { } m10)
            yield return Shuffled("M10", File.ReadLines(m10).Select(FirstField), []);
        if (SharedData.Find("text", "dblp", "corpus.tsv.gz") is { } dblp)
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(dblp), CompressionMode.Decompress));
            yield return Shuffled("DBLP", Lines(reader).Select(FirstField), []);
        }

        if (SharedData.Find("text", "us_speeches") is { } speeches)
        {
            yield return Shuffled("State of the Union", Paragraphs(Path.Combine(speeches, "state_union.zip")), []);
            yield return Shuffled("Inaugurals", Paragraphs(Path.Combine(speeches, "inaugural.zip")), []);
        }

        var documentation = Corpora.Read(null);
        yield return Shuffled(
            ".NET API", documentation.Documents.Select(document => document.Text), documentation.StopWords);
    }

    private static string FirstField(string line) => line.Split('\t')[0];

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static List<string> Paragraphs(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var texts = new List<string>();
        foreach (var entry in archive.Entries.Where(entry => entry.Name.EndsWith(".txt", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open(), Encoding.Latin1);
            texts.AddRange(Lines(reader).Where(line => line.Length >= ShortestParagraph));
        }

        return texts;
    }

    private static Collection Shuffled(string name, IEnumerable<string> texts, IReadOnlyList<string> stopWords)
    {
        var all = texts.ToArray();
        new Random(1).Shuffle(all);
        return new Collection(name, all, stopWords);
    }
}
