namespace TopicModel.Corpus;

/// <summary>One text of the corpus.</summary>
/// <param name="Name">What to call it in the output: the full name of a type, or the row of a file.</param>
/// <param name="Text">The words.</param>
/// <param name="Label">Its class, or the empty string where it has none.</param>
internal sealed record Document(string Name, string Text, string Label)
{
    /// <summary>A shorter name, where there is one.</summary>
    public string ShortName { get; init; } = Name;
}

/// <summary>The texts and what there is to say about where they come from.</summary>
/// <param name="Documents">The texts, in an order that depends on the data alone.</param>
/// <param name="Source">One phrase: where they come from.</param>
/// <param name="LabelMeaning">What the labels are, for example "namespace".</param>
/// <param name="StopWords">Words to ignore on top of the usual English ones.</param>
/// <param name="Notes">What was left out and why, one line each.</param>
internal sealed record DocumentCollection(
    IReadOnlyList<Document> Documents, string Source, string LabelMeaning, IReadOnlyList<string> StopWords,
    IReadOnlyList<string> Notes);
