using MLNmf.Tool.Input;

namespace TopicModel.Corpus;

/// <summary>Reads texts.</summary>
internal static class Corpora
{
    /// <summary>The user's file, or else the API documentation of this machine.</summary>
    /// <param name="file">A delimited file with a text in every row, or null for the documentation.</param>
    /// <param name="options">Which columns of the file, and what is unusual about it.</param>
    /// <exception cref="UserErrorException">There is nothing to read, or it is malformed.</exception>
    public static DocumentCollection Read(string? file, TextOptions? options = null)
        => file is not null
            ? DelimitedCorpus.Read(file, options ?? new TextOptions())
            : ReadApiDocumentation(XmlDocumentationFiles.Find());

    private static DocumentCollection ReadApiDocumentation(XmlDocumentationFiles found)
    {
        var reader = new XmlDocumentationReader();
        foreach (var file in found.Files)
            reader.AddFile(file);
        return new DocumentCollection(
            reader.Documents(), found.Source, "namespace", ApiBoilerplate.Words, reader.Notes);
    }
}

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
