namespace TopicModel.Corpus;

/// <summary>Reads texts.</summary>
internal static class Corpora
{
    /// <summary>The user's file, or else the API documentation of this machine.</summary>
    /// <param name="file">A delimited file with a text in every row, or null for the documentation.</param>
    /// <param name="textColumn">Name or number of the column with the texts, or null to find it.</param>
    /// <param name="labelColumn">Name or number of the column with the classes, or null to find
    /// one by its name.</param>
    /// <param name="header">Whether the file has a header, or null to find out.</param>
    /// <exception cref="UserErrorException">There is nothing to read, or it is malformed.</exception>
    public static DocumentCollection Read(
        string? file, string? textColumn = null, string? labelColumn = null, bool? header = null)
        => file is not null
            ? DelimitedCorpus.Read(file, textColumn, labelColumn, header)
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
