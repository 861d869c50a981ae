using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using MLNmf.Tool.Input;
using Nmf.Formats;
using Nmf.Kernels;

namespace MLNmf.Tool;

/// <summary>Writes activations, a row of a file for every row.</summary>
internal static class ActivationTable
{
    private static readonly string[] Formats = [".csv", ".tsv", ".jsonl", ".npy", ".parquet"];

    /// <exception cref="UserErrorException">The ending says no format that is written.</exception>
    public static void RequireFormat(string path)
    {
        if (!Formats.Contains(Path.GetExtension(path).ToLowerInvariant()))
            throw new UserErrorException(
                $"{path}: activations are written as {string.Join(", ", Formats)}; the ending says which.");
    }

    /// <param name="console">Gets CSV where there is no path.</param>
    /// <param name="path">The file, or null.</param>
    /// <param name="rows">The activations.</param>
    /// <param name="names">Names of the rows, or null.</param>
    /// <param name="components">Names of the components, or null for numbers from 1.</param>
    public static void Write(
        ToolConsole console, string? path, IReadOnlyList<float[]> rows, IReadOnlyList<string>? names,
        IReadOnlyList<string>? components = null)
    {
        if (path is null)
        {
            WriteDelimited(console.Output, ",", rows, names, components);
            return;
        }

        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                WriteNpy(path, rows);
                break;
            case ".parquet":
                ParquetTable.Write(
                    path, rows, names ?? [.. Enumerable.Range(1, rows.Count).Select(Texts.Number)],
                    components ?? [.. Enumerable.Range(1, rows.Count == 0 ? 0 : rows[0].Length).Select(
                        k => "component" + Texts.Number(k))]);
                break;
            case ".jsonl":
                using (var writer = new StreamWriter(path))
                {
                    for (var i = 0; i < rows.Count; i++)
                    {
                        var name = names?[i] ?? Texts.Number(i + 1);
                        writer.WriteLine(
                            JsonSerializer.Serialize(new { name, values = rows[i] }, JsonSerializerOptions.Web));
                    }
                }

                break;
            case var extension:
                using (var writer = new StreamWriter(path))
                    WriteDelimited(writer, extension == ".tsv" ? "\t" : ",", rows, names, components);
                break;
        }
    }

    private static void WriteNpy(string path, IReadOnlyList<float[]> rows)
    {
        var matrix = new Matrix<float>(rows.Count, rows.Count == 0 ? 0 : rows[0].Length);
        for (var i = 0; i < rows.Count; i++)
            rows[i].CopyTo(matrix.Row(i));
        NpyFile.Write(path, matrix);
    }

    private static void WriteDelimited(
        TextWriter writer, string delimiter, IReadOnlyList<float[]> rows, IReadOnlyList<string>? names,
        IReadOnlyList<string>? components)
    {
        using var csv = new CsvWriter(
            writer, new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = delimiter, NewLine = "\n" },
            leaveOpen: true);
        if (names is not null)
            csv.WriteField("name");
        for (var k = 0; k < (rows.Count == 0 ? 0 : rows[0].Length); k++)
            csv.WriteField(components?[k] ?? string.Create(CultureInfo.InvariantCulture, $"component{k + 1}"));
        csv.NextRecord();
        for (var i = 0; i < rows.Count; i++)
        {
            if (names is not null)
                csv.WriteField(names[i]);
            foreach (var value in rows[i])
                csv.WriteField(value.ToString("R", CultureInfo.InvariantCulture));
            csv.NextRecord();
        }
    }
}
