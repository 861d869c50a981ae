namespace TopicModel.Corpus;

/// <summary>Reads what the command line asks for.</summary>
internal static class Corpora
{
    /// <summary>The user's file, or else the API documentation of this machine.</summary>
    /// <exception cref="UserErrorException">There is nothing to read, or it is malformed.</exception>
    public static DocumentCollection Read(CommandLine options)
        => options.DataFile is { } file
            ? DelimitedCorpus.Read(file, options.TextColumn, options.LabelColumn, options.Header)
            : ReadApiDocumentation(XmlDocumentationFiles.Find());

    private static DocumentCollection ReadApiDocumentation(XmlDocumentationFiles found)
    {
        var reader = new XmlDocumentationReader();
        foreach (var file in found.Files)
            reader.AddFile(file);
        return new DocumentCollection(reader.Documents(), found.Source, "namespace", ApiBoilerplate.Words, reader.Notes);
    }
}
