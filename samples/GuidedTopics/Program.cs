using System.Globalization;
using GuidedTopics;

const string usage = """
    How much a few seed words help topics to agree with the classes of labelled texts, and whether topics that are near
    each other on a map are of the same classes.

      dotnet run -c Release --project samples/GuidedTopics [-- options]

    It needs the labelled texts of ../shared/data/text: titles of papers (M10, DBLP) and abstracts (Classic).

      --seeds NUMBER      fits of each row, with different seeds, 1 to 100 (10)
      --words             prints the seed words
      --map               topics near each other instead: by their words, and by their texts
      --help              this text
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ConsoleProgram.Run(() =>
{
    var (seeds, printsWords, isMap) = (10, false, false);
    var reader = new ArgumentReader(args);
    while (reader.NextOption() is { } name)
    {
        switch (name)
        {
            case "--seeds":
                seeds = reader.WholeNumber(1, 100);
                break;
            case "--words":
                printsWords = true;
                break;
            case "--map":
                isMap = true;
                break;
            case "--help":
                Console.WriteLine(usage);
                return;
            default:
                throw reader.Unknown();
        }
    }

    Corpus[] corpora = [.. Corpora()];
    if (corpora.Length == 0)
        Console.WriteLine("There are no labelled texts: the folder ../shared/data/text is missing.");
    if (isMap)
    {
        PrintMap(corpora);
        return;
    }

    var table = new Table(
        "texts", ">topics", ">without seeds", ">weight 0", ">0.1", ">0.3", ">1", ">3", ">gain");
    foreach (var corpus in corpora)
    {
        // Words are chosen by the classes of one half; topics are learnt, without classes, and judged on the other.
        var (training, other) = corpus.Halves(seed: 1);
        var words = training.TellingWords(Study.SeedWords);
        for (var c = 0; printsWords && c < words.Length && corpus.Words.Length > 0; c++)
            Console.WriteLine($"{corpus.Name} {c}: {string.Join(", ", words[c].Select(word => corpus.Words[word]))}");
        foreach (var rank in new[] { corpus.ClassCount, 2 * corpus.ClassCount })
        {
            var without = Study.Agreement(other, null, 0, rank, seeds);
            double[] weights = [0, 0.1, 0.3, 1, 3];
            var with = weights.Select(weight => Study.Agreement(other, words, weight, rank, seeds)).ToArray();
            table.Add([
                corpus.Name, $"{rank}", Text(without), .. with.Select(Text),
                $"{with[2].Mean - without.Mean:+0.000;-0.000}",
            ]);
        }
    }

    if (corpora.Length > 0)
        table.Print();

    static string Text((double Mean, double Deviation) value) => $"{value.Mean:0.000} ± {value.Deviation:0.000}";
});

static void PrintMap(Corpus[] corpora)
{
    var table = new Table(
        "texts", ">topics", ">nearest: by words", ">by texts", ">on the map: by words", ">by texts",
        ">kept: by words", ">by texts");
    foreach (var corpus in corpora)
    {
        foreach (var rank in new[] { 20, 50, 100 })
        {
            var (words, texts) = MapStudy.Compare(corpus, rank);
            table.Add([
                corpus.Name, $"{rank}", $"{words.Nearest:0.00}", $"{texts.Nearest:0.00}", $"{words.OnMap:0.00}",
                $"{texts.OnMap:0.00}", $"{words.Kept:0.00}", $"{texts.Kept:0.00}",
            ]);
        }
    }

    if (corpora.Length > 0)
        table.Print();
}

// Those that are there.
static IEnumerable<Corpus> Corpora()
{
    if (SharedData.Find("text", "m10", "corpus.tsv") is { } m10)
        yield return Corpus.FromTitles("M10", m10);
    if (SharedData.Find("text", "dblp", "corpus.tsv.gz") is { } dblp)
        yield return Corpus.FromTitles("DBLP", dblp);
    if (SharedData.Find("text", "classic4", "counts.mtx.gz") is { } counts
        && SharedData.Find("text", "classic4", "labels.txt") is { } labels)
        yield return Corpus.FromCounts("Classic", counts, labels);
}
