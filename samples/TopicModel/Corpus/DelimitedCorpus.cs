using System.Text;
using MLNmf.Tool.Input;

namespace TopicModel.Corpus;

/// <summary>Makes documents of the user's own delimited file: one per row, read as the tool reads it.</summary>
internal static class DelimitedCorpus
{
    private static readonly string[] LabelNames = ["label", "class", "category", "target", "topic", "genre"];

    /// <summary>Reads the whole file.</summary>
    /// <param name="path">A .csv, .tsv or other delimited file.</param>
    /// <param name="options">Which columns, and what is unusual about the file.</param>
    /// <exception cref="UserErrorException">The file is missing or malformed; the message has
    /// file and line.</exception>
    public static DocumentCollection Read(string path, TextOptions options)
    {
        try
        {
            if (!File.Exists(path))
                throw new UserErrorException($"There is no file {path}.");
            if (Path.GetExtension(path).ToLowerInvariant() is ".tsv" or ".tab")
                options = options with { Delimiter = options.Delimiter ?? "\t" };
            if (options.Class is not null && options.Class == options.Column)
                throw new UserErrorException("--column and --class name the same column.");
            options = options with { Class = options.Class ?? UsualLabel(path, options) };
            var file = new DelimitedFile(path, options);
            var items = file.Texts().ToList();
            if (items.TrueForAll(item => item.Class == item.Text))
                options = options with { Class = null };
            var documents = items.Where(item => !string.IsNullOrWhiteSpace(item.Text)).Select(item => new Document(
                $"{item.Name}: {Beginning(item.Text)}", IdentifierWords.Split(item.Text),
                options.Class is null ? "" : item.Class!.Trim()))
                .ToList();
            var empty = items.Count - documents.Count;
            return new DocumentCollection(
                documents, Path.GetFileName(path),
                options.Class is { } label && file.Names?.Contains(label) == true ? label : "label", [],
                empty == 0 ? [] : [$"{empty} rows without text were left out."]);
        }
        catch (DecoderFallbackException)
        {
            throw TextDecoding.Error(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The file {path} cannot be read: {e.Message}");
        }
    }

    // Classes are not needed: without a column that is called so there are none.
    private static string? UsualLabel(string path, TextOptions options)
    {
        var file = new DelimitedFile(path, options);
        _ = file.Rows().FirstOrDefault();
        return LabelNames.Select(usual => file.Names?.FirstOrDefault(name => IsCalled(name, usual)))
            .FirstOrDefault(name => name is not null && !IsCalled(name, options.Column));

        static bool IsCalled(string name, string? wanted)
            => name.Trim().Equals(wanted?.Trim(), StringComparison.OrdinalIgnoreCase);
    }

    private static string Beginning(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 60 ? line : line[..59] + "…";
    }
}
