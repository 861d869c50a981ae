using System.Text.Json;

namespace MLNmf.Tool.Input;

/// <summary>Texts in JSON objects, one on every line.</summary>
internal static class JsonLines
{
    public static IEnumerable<TextItem> Read(string path, TextOptions options, Action<string>? note = null)
    {
        using var reader = TextDecoding.Open(path, options);
        var number = 0;
        string? column = null;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            using var document = Parse(path, number, line);
            var fields = document.RootElement;
            var isChosen = column is not null;
            column ??= options.Column ?? ColumnChoice.Usual(
                [.. fields.EnumerateObject().Select(field => field.Name)]) ?? Longest(fields)
                ?? throw new UserErrorException($"{path}({number}): the object has no field with a text.");
            if (!isChosen)
                note?.Invoke($"The texts are those of the field \"{column}\" (--column names another)");
            yield return new TextItem(
                Field(column, "--column")!, Field(options.Name, "--id") ?? $"line {number}",
                Field(options.Date, "--date"), Field(options.Class, "--class"));

            string? Field(string? name, string option)
            {
                if (name is null)
                    return null;
                if (fields.TryGetProperty(name, out var value))
                    return value.ValueKind == JsonValueKind.String ? Text(value)
                        : value.ValueKind == JsonValueKind.Null ? "" : value.GetRawText();
                throw new UserErrorException(
                    $"{path}({number}): there is no field \"{name}\" ({option}); there are "
                    + $"{string.Join(", ", fields.EnumerateObject().Select(field => field.Name))}.");
            }

            // Half of a character, \ud800 alone, is JSON and no text.
            string Text(JsonElement value)
            {
                try
                {
                    return value.GetString()!;
                }
                catch (InvalidOperationException)
                {
                    throw new UserErrorException(
                        $"{path}({number}): a text has half of a character, such as \\ud800 without its other half.");
                }
            }
        }
    }

    private static JsonDocument Parse(string path, int number, string line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new UserErrorException(
                $"{path}({number}): this line is no JSON: {e.Message.Split(" LineNumber")[0]}");
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        throw new UserErrorException($"{path}({number}): this line is JSON, but no object with named fields.");
    }

    private static string? Longest(JsonElement fields) => fields.EnumerateObject()
        .Where(field => field.Value.ValueKind == JsonValueKind.String)
        .OrderByDescending(field => field.Value.GetRawText().Length).Select(field => field.Name).FirstOrDefault();
}
