using System.Globalization;
using GuidedTopics;
using Nmf;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand(
        "GuidedTopics",
        """
        How much a few seed words help topics to agree with the classes of labelled texts, and whether topics that are
        near each other on a map are of the same classes.
        The texts are the API documentation of your SDK, by namespaces, and, where ../shared/data/text is there, titles
        of papers (M10, DBLP) and abstracts (Classic), for maps also speeches of presidents of the United States.
        """);
    var seeds = command.WholeNumber("--seeds", "Fits of each row, with different seeds", 10, least: 1, most: 100);
    var words = command.Flag("--words", "Prints the seed words");
    var map = command.Flag("--map", "Topics near each other instead: by their words, and by their texts");
    var sentences = command.Flag(
        "--sentences", "Sentences instead: whether their largest topic is of the namespace that they are about");
    if (command.Parse(args) is not { } asked)
        return;
    if (asked.GetValue(sentences))
    {
        PrintSentences(asked.GetValue(seeds));
        return;
    }

    Corpus[] corpora = [.. Corpora()];
    if (asked.GetValue(map))
        PrintMap([.. corpora, Corpus.FromDocumentation(".NET API", 10, out _), .. Speeches()]);
    else
        PrintAgreement(corpora, asked.GetValue(seeds), asked.GetValue(words));
});

static void PrintAgreement(Corpus[] corpora, int seeds, bool printsWords)
{
    double[] weights = [0, 0.1, 0.3, 1, 3];
    const int Default = 2;
    var table = new Table(
        "texts", ">topics", ">without seeds", ">NNDSVD", ">weight 0", ">0.1", ">0.3", ">1", ">3", ">gain");
    var agreements = new List<(string Texts, double[] Means)>();
    foreach (var corpus in corpora.Append(Corpus.FromDocumentation(".NET API", 10, out _)))
    {
        // Words are chosen by the classes of one half; topics are learnt, without classes, and judged on the other.
        var (training, other) = corpus.Halves(seed: 1);
        var words = training.TellingWords(Study.SeedWords);
        for (var c = 0; printsWords && c < words.Length && corpus.Words.Length > 0; c++)
            Console.WriteLine($"{corpus.Name} {c}: {string.Join(", ", words[c].Select(word => corpus.Words[word]))}");
        foreach (var rank in new[] { corpus.ClassCount, 2 * corpus.ClassCount })
        {
            var without = Study.Agreement(other, null, 0, rank, seeds);
            // The same whatever the seed.
            var spectral = Study.Agreement(other, null, 0, rank, 1, NmfInitialization.Nndsvd);
            var with = weights.Select(weight => Study.Agreement(other, words, weight, rank, seeds)).ToArray();
            agreements.Add((corpus.Name, [.. with.Select(value => value.Mean)]));
            table.Add([
                corpus.Name, $"{rank}", Text(without), $"{spectral.Mean:0.000}", .. with.Select(Text),
                $"{with[Default].Mean - without.Mean:+0.000;-0.000}",
            ]);
        }
    }

    table.Print();
    Console.WriteLine();
    var held = new Table("held back", ">best weight of the others", ">agreement", ">with 0.3", ">best of all weights");
    foreach (var name in agreements.Select(row => row.Texts).Distinct())
    {
        var others = agreements.Where(row => row.Texts != name).ToArray();
        var own = agreements.Where(row => row.Texts == name).ToArray();
        var best = Enumerable.Range(0, weights.Length).MaxBy(w => others.Average(row => row.Means[w]));
        held.Add(
            name, $"{weights[best]}", $"{own.Average(row => row.Means[best]):0.000}",
            $"{own.Average(row => row.Means[Default]):0.000}",
            $"{Enumerable.Range(0, weights.Length).Max(w => own.Average(row => row.Means[w])):0.000}");
    }

    held.Print();

    static string Text((double Mean, double Deviation) value) => $"{value.Mean:0.000} ± {value.Deviation:0.000}";
}

static void PrintSentences(int seeds)
{
    var corpus = Corpus.FromDocumentation(".NET API", 12, out var namespaces);
    // Seed words by the namespaces of one half of the texts; the topics are those of the other.
    var (training, other) = corpus.Halves(seed: 1);
    var words = training.TellingWords(Study.SeedWords);
    var table = new Table(">topics", ">sentences", ">without seeds", ">NNDSVD", ">weight 0", ">0.3");
    foreach (var rank in new[] { corpus.ClassCount, 2 * corpus.ClassCount, 4 * corpus.ClassCount })
    {
        var (without, sentences) = SentenceTest.Run(other, namespaces, null, 0, rank, seeds);
        var (spectral, _) = SentenceTest.Run(other, namespaces, null, 0, rank, 1, NmfInitialization.Nndsvd);
        table.Add(
            $"{rank}", $"{sentences}", $"{without:0.00}", $"{spectral:0.00}",
            $"{SentenceTest.Run(other, namespaces, words, 0, rank, seeds).Right:0.00}",
            $"{SentenceTest.Run(other, namespaces, words, 0.3, rank, seeds).Right:0.00}");
    }

    Console.WriteLine($"Namespaces: {string.Join(", ", namespaces)}.");
    table.Print();
}

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

static IEnumerable<Corpus> Speeches()
{
    if (SharedData.Find("text", "us_speeches", "state_union.zip") is { } union
        && SharedData.Find("text", "us_speeches", "inaugural.zip") is { } inaugural)
        yield return Corpus.FromSpeeches("Speeches", union, inaugural);
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
