using System.Text;
using Microsoft.ML;

namespace MLNmf.Tool.Input;

/// <summary>Texts of a file or folder, one after the other.</summary>
internal static class TextFile
{
    private static readonly string[] FolderExtensions = [".txt", ".md", ".text"];

    /// <summary>Reads all texts.</summary>
    /// <exception cref="UserErrorException">There is nothing to read, or it is malformed; the message has file and
    /// line.</exception>
    public static IReadOnlyList<TextItem> Read(
        string path, TextOptions options, CancellationToken cancellationToken, Action<string>? note = null)
    {
        if (Directory.Exists(path) && !ParquetTable.Is(path))
            return ReadFolder(path, options, cancellationToken);
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new UserErrorException($"There is no file or folder {path}.");
        var items = new List<TextItem>();
        try
        {
            foreach (var item in Items(path, options, note))
            {
                if (item.Text.Contains('\0'))
                    throw new UserErrorException(
                        $"{path}: the text of {item.Name} has a null character: this is no text, or in another "
                        + "encoding (--encoding).");
                if (items.Count % 1024 == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                RequireDate(path, item);
                items.Add(item);
            }
        }
        catch (DecoderFallbackException)
        {
            throw TextDecoding.Error(path, options);
        }

        return items;
    }

    private static IEnumerable<TextItem> Items(string path, TextOptions options, Action<string>? note)
    {
        var format = options.Format ?? Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".tsv" or ".tab" => TextFormat.Tsv,
            ".jsonl" or ".ndjson" => TextFormat.JsonLines,
            ".txt" => TextFormat.Lines,
            _ when ParquetTable.Is(path) => TextFormat.Parquet,
            ".json" => throw new UserErrorException(
                $"{path}: one JSON object on every line is read (--format jsonlines), not a document of JSON."),
            ".xlsx" or ".xls" or ".zip" or ".gz" or ".docx" or ".pdf" or ".npy" or ".npz"
                or ".mtx" => throw new UserErrorException(
                $"{path}: files of this kind are not read as texts; save them as CSV."),
            _ => TextFormat.Csv,
        };
        return format switch
        {
            TextFormat.JsonLines => JsonLines.Read(path, options, note),
            TextFormat.Lines => Lines(path, options),
            TextFormat.Parquet => ParquetTable.Texts(path, options, note),
            _ => new DelimitedFile(path, format == TextFormat.Tsv ? options with { Delimiter = "\t" } : options)
                .Texts(note),
        };
    }

    private static IEnumerable<TextItem> Lines(string path, TextOptions options)
    {
        using var reader = TextDecoding.Open(path, options);
        var number = 0;
        while (reader.ReadLine() is { } line)
            yield return new TextItem(line, $"line {++number}");
    }

    private static List<TextItem> ReadFolder(string path, TextOptions options, CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => FolderExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
            .Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0)
            throw new UserErrorException(
                $"The folder {path} has no texts: files with the ending {string.Join(", ", FolderExtensions)}.");
        var items = new List<TextItem>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var reader = TextDecoding.Open(file, options);
                items.Add(new TextItem(reader.ReadToEnd(), Path.GetRelativePath(path, file)));
            }
            catch (DecoderFallbackException)
            {
                throw TextDecoding.Error(file, options);
            }
        }

        return items;
    }

    // Now, and not after a fit that takes long.
    private static void RequireDate(string path, TextItem item)
    {
        if (item.Date is { } date && !TextDates.TryParse(date, out _))
            throw new UserErrorException(
                $"{path}: the date of {item.Name}, \"{Texts.Beginning(date, 50)}\", is no date (--date). "
                + TextDates.Rule);
    }
}
