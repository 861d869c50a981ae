using System.IO.Compression;
using System.Text.RegularExpressions;
using Nmf;
using Nmf.Kernels;

namespace GuidedTopics;

/// <summary>Labelled texts as sets of words: for every text the words that are in it, and its class.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Texts">Numbers of the words of each text with their counts.</param>
/// <param name="Classes">Class of each text, counted from 0.</param>
/// <param name="Words">The words, or none where they have numbers only.</param>
/// <param name="WordCount">Number of words.</param>
internal sealed partial record Corpus(
    string Name, (int Word, float Count)[][] Texts, int[] Classes, string[] Words, int WordCount)
{
    // A word has to be in so many texts, and in no more than this part of them.
    private const int LeastTexts = 5;
    private const double MostTexts = 0.2;

    /// <summary>Number of classes.</summary>
    public int ClassCount => Classes.Max() + 1;

    /// <summary>Texts with a class, in lines: words, anything, class, separated by tabs.</summary>
    public static Corpus FromTitles(string name, string path)
    {
        using var file = File.OpenRead(path);
        using var stream = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var reader = new StreamReader(stream);
        var (texts, classes, words) = (new List<(int, float)[]>(), new List<int>(), new Dictionary<string, int>());
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            classes.Add(int.Parse(fields[2]));
            texts.Add([
                .. fields[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).GroupBy(word => word).Select(
                    group => (Number(group.Key, words), (float)group.Count())),
            ]);
        }

        return new Corpus(name, [.. texts], [.. classes], [.. words.Keys], words.Count).Pruned();
    }

    /// <summary>Counts in a gzipped Matrix Market file and classes, counted from 1, in the lines of another.</summary>
    public static Corpus FromCounts(string name, string counts, string labels)
    {
        using var reader = new StreamReader(
            new GZipStream(File.OpenRead(counts), CompressionMode.Decompress));
        string? line;
        do
            line = reader.ReadLine();
        while (line!.StartsWith('%'));
        var sizes = line.Split(' ');
        var texts = Enumerable.Range(0, int.Parse(sizes[0])).Select(_ => new List<(int, float)>()).ToArray();
        while (reader.ReadLine() is { } entry)
        {
            var fields = entry.Split(' ');
            texts[int.Parse(fields[0]) - 1].Add((int.Parse(fields[1]) - 1, float.Parse(fields[2])));
        }

        return new Corpus(
            name, [.. texts.Select(text => text.ToArray())],
            [.. File.ReadLines(labels).Select(label => int.Parse(label) - 1)], [], int.Parse(sizes[1])).Pruned();
    }

    /// <summary>The API documentation of this machine, a text for each type, and the namespaces that have most of
    /// them.</summary>
    /// <param name="classes">Number of namespaces; texts of others are left out.</param>
    /// <param name="names">The namespaces.</param>
    public static Corpus FromDocumentation(string name, int classes, out string[] names)
    {
        var read = TopicModel.Corpus.Corpora.Read(null);
        var largest = read.Documents.CountBy(document => document.Label).OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(classes).Select(pair => pair.Key).ToArray();
        names = largest;
        var (numbers, ignored) = (new Dictionary<string, int>(), read.StopWords.ToHashSet());
        var texts = read.Documents.Where(document => largest.Contains(document.Label)).ToArray();
        return new Corpus(
            name,
            [
                .. texts.Select(document => Tokens(document.Text).Where(word => !ignored.Contains(word))
                    .GroupBy(word => word)
                    .Select(group => (Number(group.Key, numbers), (float)group.Count())).ToArray()),
            ],
            [.. texts.Select(document => Array.IndexOf(largest, document.Label))], [.. numbers.Keys], numbers.Count)
            .Pruned();
    }

    /// <summary>Speeches in archives of files <c>1945-Truman.txt</c>: a text for each paragraph of some length, the
    /// speaker its class.</summary>
    public static Corpus FromSpeeches(string name, params string[] archives)
    {
        const int shortest = 200;
        var (texts, speakers, words) = (new List<(int, float)[]>(), new List<string>(), new Dictionary<string, int>());
        foreach (var path in archives)
        {
            using var archive = ZipFile.OpenRead(path);
            foreach (var entry in archive.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
            {
                if (Path.GetFileNameWithoutExtension(entry.Name).Split('-') is not [_, var speaker, ..])
                    continue;
                using var reader = new StreamReader(entry.Open(), System.Text.Encoding.Latin1);
                foreach (var paragraph in BlankLine().Split(reader.ReadToEnd()).Where(text => text.Length > shortest))
                {
                    speakers.Add(speaker);
                    texts.Add([
                        .. Tokens(paragraph).GroupBy(word => word)
                            .Select(group => (Number(group.Key, words), (float)group.Count())),
                    ]);
                }
            }
        }

        var all = speakers.Distinct().ToList();
        return new Corpus(
            name, [.. texts], [.. speakers.Select(speaker => all.IndexOf(speaker))], [.. words.Keys], words.Count)
            .Pruned();
    }

    [GeneratedRegex(@"\n\s*\n")]
    private static partial Regex BlankLine();

    /// <summary>The words of a text: runs of letters, in lower case.</summary>
    public static IEnumerable<string> Tokens(string text)
        => text.ToLowerInvariant().Split([.. text.ToLowerInvariant().Where(c => !char.IsLetter(c)).Distinct()])
            .Where(word => word.Length > 1);

    /// <summary>Two halves of the texts, drawn at random.</summary>
    public (Corpus Training, Corpus Other) Halves(int seed)
    {
        var order = Enumerable.Range(0, Texts.Length).ToArray();
        new Random(seed).Shuffle(order);
        return (Some(order[..(order.Length / 2)]), Some(order[(order.Length / 2)..]));
    }

    /// <summary>The counts, texts x words.</summary>
    public NmfData<float> ToData()
    {
        var starts = new long[Texts.Length + 1];
        for (var n = 0; n < Texts.Length; n++)
            starts[n + 1] = starts[n] + Texts[n].Length;
        var sorted = Texts.Select(text => text.OrderBy(entry => entry.Word)).SelectMany(text => text).ToArray();
        return NmfData<float>.FromMatrix(SparseMatrix<float>.FromCsr(
            Texts.Length, WordCount, starts, [.. sorted.Select(entry => entry.Word)],
            [.. sorted.Select(entry => entry.Count)]));
    }

    /// <summary>For every class the words that tell most about it, by the mutual information of "the text has the
    /// word" and "the text is of the class"; only words that are more frequent in the class than elsewhere.</summary>
    public int[][] TellingWords(int count)
    {
        var inClass = new double[ClassCount][];
        for (var c = 0; c < inClass.Length; c++)
            inClass[c] = new double[WordCount];
        for (var n = 0; n < Texts.Length; n++)
        {
            foreach (var (word, _) in Texts[n])
                inClass[Classes[n]][word]++;
        }

        double total = Texts.Length;
        return [.. inClass.Select((counts, c) =>
        {
            var share = Classes.Count(other => other == c) / total;
            return Enumerable.Range(0, WordCount).Select(word =>
            {
                var (both, has) = (counts[word] / total, inClass.Sum(of => of[word]) / total);
                return (word, Information: both <= has * share ? 0
                    : Term(both, has * share) + Term(share - both, (1 - has) * share)
                        + Term(has - both, has * (1 - share)) + Term(1 - has - share + both, (1 - has) * (1 - share)));
            }).OrderByDescending(pair => pair.Information).Take(count).Select(pair => pair.word).ToArray();
        })];

        static double Term(double p, double q) => p > 0 ? p * Math.Log(p / q) : 0;
    }

    private static int Number(string word, Dictionary<string, int> numbers)
    {
        if (!numbers.TryGetValue(word, out var number))
            numbers[word] = number = numbers.Count;
        return number;
    }

    private Corpus Pruned()
    {
        var texts = new int[WordCount];
        foreach (var (word, _) in Texts.SelectMany(text => text))
            texts[word]++;
        var number = new int[WordCount];
        Array.Fill(number, -1);
        var kept = Enumerable.Range(0, WordCount).Where(
            word => texts[word] >= LeastTexts && texts[word] <= MostTexts * Texts.Length).ToArray();
        for (var i = 0; i < kept.Length; i++)
            number[kept[i]] = i;
        var pruned = this with
        {
            Texts = [.. Texts.Select(text => text.Where(entry => number[entry.Word] >= 0)
                .Select(entry => (number[entry.Word], entry.Count)).ToArray())],
            Words = Words.Length == 0 ? [] : [.. kept.Select(word => Words[word])],
            WordCount = kept.Length,
        };
        return pruned.Some([.. Enumerable.Range(0, Texts.Length).Where(n => pruned.Texts[n].Length > 0)]);
    }

    private Corpus Some(int[] texts) => this with
    {
        Texts = [.. texts.Select(n => Texts[n])], Classes = [.. texts.Select(n => Classes[n])],
    };
}
