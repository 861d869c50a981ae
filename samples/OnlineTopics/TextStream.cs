using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;
using TopicModel.Corpus;
using TopicModel.Pipeline;

namespace OnlineTopics;

/// <summary>Texts as word counts: those that are there to begin with, those that come later, and some of
/// both to judge by.</summary>
internal sealed class TextStream
{
    private const int FewestTexts = 100;

    /// <summary>One phrase: where the texts come from.</summary>
    public required string Source { get; init; }

    /// <summary>One phrase: which texts come later.</summary>
    public required string LaterAre { get; init; }

    /// <summary>The texts to begin with as a binary file of ML.NET, for fits that do not hold them.</summary>
    public required string File { get; init; }

    /// <summary>Size of the vocabulary.</summary>
    public required int Words { get; init; }

    public required NmfData<float> Earlier { get; init; }

    public required NmfData<float> Later { get; init; }

    /// <summary>Both.</summary>
    public required NmfData<float> Everything { get; init; }

    public required HeldOutWords HeldOutEarlier { get; init; }

    public required HeldOutWords HeldOutLater { get; init; }

    /// <summary>Reads, counts and cuts.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="options">Which texts.</param>
    /// <param name="file">Where the counts of the texts to begin with are written.</param>
    /// <exception cref="UserErrorException">There are too few texts, or they have no words.</exception>
    public static TextStream Create(MLContext ml, CommandLine options, string file)
    {
        var collection = Corpora.Read(options.DataFile, options.File);
        if (collection.Documents.Count < FewestTexts)
            throw new UserErrorException(
                $"There are only {collection.Documents.Count} texts; this sample needs at least {FewestTexts}.");

        // The classes that are last in the alphabet come later: a third of the texts, of kinds
        // that nobody has seen before.
        var inOrder = collection.Documents.OrderBy(document => document.Label, StringComparer.Ordinal).ToArray();
        var firstLater = inOrder.Length * 2 / 3;
        var boundary = inOrder[firstLater].Label;
        if (boundary.Length > 0
            && Array.FindIndex(inOrder, document => document.Label == boundary) is > 0 and var first)
        {
            firstLater = first;
        }
        var laterAre =
            boundary.Length > 0 ? $"every {collection.LabelMeaning} from {boundary} on" : "the last third of the rows";

        // The vocabulary is decided beforehand: an online fit can learn new words only when their columns exist.
        var transformer = WordCounts.Fit(ml, Rows(ml, inOrder), collection.StopWords);
        var random = new Random(options.Seed);
        var (earlier, heldOutEarlier) = Cut(random, inOrder[..firstLater]);
        var (later, heldOutLater) = Cut(random, inOrder[firstLater..]);
        var counts = transformer.Transform(Rows(ml, earlier));
        using (var stream = System.IO.File.Create(file))
            ml.Data.SaveAsBinary(ml.Transforms.SelectColumns(WordCounts.Column).Fit(counts).Transform(counts), stream);
        var features = ((VectorDataViewType)counts.Schema[WordCounts.Column].Type).Size;
        var earlierRows = Vectors(counts);
        var laterRows = Vectors(transformer.Transform(Rows(ml, later)));
        VBuffer<float>[] everything = [.. earlierRows, .. laterRows];
        var frequencies = HeldOutWords.Frequencies(everything, features);
        return new TextStream
        {
            Source = collection.Source,
            LaterAre = laterAre,
            File = file,
            Words = features,
            Earlier = ToData(earlierRows, features),
            Later = ToData(laterRows, features),
            Everything = ToData(everything, features),
            HeldOutEarlier = new HeldOutWords(
                Vectors(transformer.Transform(Rows(ml, heldOutEarlier))), frequencies, options.Seed),
            HeldOutLater = new HeldOutWords(
                Vectors(transformer.Transform(Rows(ml, heldOutLater))), frequencies, options.Seed),
        };
    }

    private static (Document[] Learnt, Document[] HeldOut) Cut(Random random, Document[] documents)
    {
        var shuffled = (Document[])documents.Clone();
        random.Shuffle(shuffled);
        var learnt = shuffled.Length * 4 / 5;
        return (shuffled[..learnt], shuffled[learnt..]);
    }

    private static IDataView Rows(MLContext ml, Document[] documents)
        => ml.Data.LoadFromEnumerable(documents.Select(document => new TextRow { Text = document.Text }));

    /// <summary>The rows with something in them, each in memory of its own: a column hands out the same memory
    /// again and again.</summary>
    private static VBuffer<float>[] Vectors(IDataView counts)
        => [.. counts.GetColumn<VBuffer<float>>(WordCounts.Column)
            .Where(row => row.GetValues().Length > 0).Select(Copy)];

    private static VBuffer<float> Copy(VBuffer<float> row)
    {
        var copy = default(VBuffer<float>);
        row.CopyTo(ref copy);
        return copy;
    }

    private static NmfData<float> ToData(VBuffer<float>[] rows, int features)
    {
        var memory = new NmfBatchMemory<float>();
        var builder = new NmfBatchBuilder<float>(features, rows.Length, memory);
        foreach (var row in rows)
            _ = row.IsDense
                ? builder.TryAdd(row.GetValues(), out _)
                : builder.TryAdd(row.GetIndices(), row.GetValues(), out _);
        return builder.Take();
    }
}
