using Microsoft.ML;
using TopicModel.Corpus;

namespace TopicModel.Pipeline;

/// <summary>The documents cut into a part that everything is learnt from and a part that it is judged on.</summary>
/// <param name="Training">Four fifths of the documents.</param>
/// <param name="Test">The other fifth.</param>
/// <param name="Classes">The labels that are frequent enough for a classifier, most frequent
/// first; may be empty.</param>
internal sealed record CorpusSplit(
    IReadOnlyList<Document> Training, IReadOnlyList<Document> Test, IReadOnlyList<string> Classes)
{
    /// <summary>A class with fewer documents is left out of the comparison.</summary>
    public const int FewestDocumentsOfClass = 5;

    private const int FewestDocuments = 10;
    private const int MostClasses = 20;

    /// <summary>Shuffles and cuts.</summary>
    /// <exception cref="UserErrorException">There are too few documents.</exception>
    public static CorpusSplit Create(IReadOnlyList<Document> documents, int seed)
    {
        if (documents.Count < FewestDocuments)
            throw new UserErrorException(
                $"There are only {documents.Count} texts; topics need at least {FewestDocuments}.");
        var shuffled = documents.ToArray();
        new Random(seed).Shuffle(shuffled);
        var training = documents.Count * 4 / 5;
        var classes = documents.Where(d => d.Label.Length > 0).CountBy(d => d.Label)
            .Where(c => c.Value >= FewestDocumentsOfClass)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => c.Key).Take(MostClasses).ToList();
        return new CorpusSplit(shuffled[..training], shuffled[training..], classes.Count >= 2 ? classes : []);
    }

    /// <summary>Documents as rows for ML.NET; labels other than <see cref="Classes"/> are empty.</summary>
    public IDataView Rows(MLContext ml, IReadOnlyList<Document> documents)
    {
        var classes = Classes.ToHashSet();
        return ml.Data.LoadFromEnumerable(documents.Select(
            d => new LabelledTextRow { Text = d.Text, Label = classes.Contains(d.Label) ? d.Label : "" }).ToList());
    }
}
