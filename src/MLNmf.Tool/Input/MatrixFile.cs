using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf.Formats;
using Nmf.Kernels;

namespace MLNmf.Tool.Input;

/// <summary>A matrix of numbers as rows of a view.</summary>
/// <param name="View">The rows, in the column <see cref="Column"/>.</param>
/// <param name="Rows">Their number.</param>
/// <param name="Features">Number of values of a row.</param>
/// <param name="RowNames">Names of the rows, or null.</param>
internal sealed record MatrixFile(IDataView View, int Rows, int Features, IReadOnlyList<string>? RowNames)
{
    /// <summary>Name of the column of the rows.</summary>
    public const string Column = "Features";

    /// <summary>Reads a file: NPY, NPZ, Matrix Market, CSV.</summary>
    /// <param name="ml">Context.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="column">What the column of the rows is called, by a model that takes it.</param>
    /// <param name="note">Told what was decided for the user.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="UserErrorException">It cannot be read as such.</exception>
    public static MatrixFile Read(
        MLContext ml, string path, MatrixOptions options, string column, Action<string> note,
        CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path}.");
        var name = Path.GetFileName(path).ToLowerInvariant();
        if (name.EndsWith(".npy", StringComparison.Ordinal))
            return Of(ml, column, NpyFile.ReadMatrix<float>(path, cancellationToken), null, null);
        if (name.EndsWith(".npz", StringComparison.Ordinal))
            return ReadNpz(ml, path, options.Array, column, cancellationToken);
        if (name.EndsWith(".mtx", StringComparison.Ordinal) || name.EndsWith(".mtx.gz", StringComparison.Ordinal))
            return MatrixMarketFile.IsDense(path)
                ? Of(ml, column, MatrixMarketFile.ReadDense<float>(path, cancellationToken), null, null)
                : Of(ml, column, MatrixMarketFile.ReadSparse<float>(path, cancellationToken));
        return ReadCsv(ml, path, options, column, note, cancellationToken);
    }

    /// <summary>No rows, with the columns and the names that a model takes.</summary>
    public static IDataView Empty(MLContext ml, string column, NmfModelParameters model)
        => CreateView(ml, column, model.FeatureCount, model.FeatureNames?.ToArray(), []);

    private static MatrixFile ReadNpz(
        MLContext ml, string path, string? array, string column, CancellationToken cancellationToken)
    {
        using var file = NpzFile.Open(path);
        if (array is null && file.IsSparse)
            return Of(ml, column, file.ReadSparse<float>(cancellationToken));
        var name = array ?? (file.Names is [var only]
            ? only
            : throw new UserErrorException(
                $"{path} has the arrays {string.Join(", ", file.Names)}: say which with --array."));
        return Of(ml, column, file.ReadMatrix<float>(name, cancellationToken), null, null);
    }

    private static MatrixFile ReadCsv(
        MLContext ml, string path, MatrixOptions options, string column, Action<string> note,
        CancellationToken cancellationToken)
    {
        var text = Path.GetExtension(path).ToLowerInvariant() is ".tsv" or ".tab"
            ? options.Text with { Delimiter = options.Text.Delimiter ?? "\t" }
            : options.Text;
        var file = new DelimitedFile(path, text);
        int[]? numbers = null;
        int? id = null;
        var values = new List<float[]>();
        var rowNames = new List<string>();
        foreach (var (line, fields) in file.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (numbers is null)
            {
                id = text.Name is { } wanted
                    ? ColumnChoice.Find(path, file.Names, fields.Length, wanted, "--id")
                    : FirstIfNoNumber(fields);
                if (id is { } found && text.Name is null)
                    note($"The first column{(file.Names is null ? "" : $", {file.Names[found]},")} has no numbers: "
                        + "it is taken for the names of the rows.");
                var ignored = options.Ignore.Select(
                    ignore => ColumnChoice.Find(path, file.Names, fields.Length, ignore, "--ignore")).ToHashSet();
                numbers = [.. Enumerable.Range(0, fields.Length).Where(c => c != id && !ignored.Contains(c))];
                if (numbers.Length == 0)
                    throw new UserErrorException($"{path}: no columns of numbers are left.");
            }

            values.Add([.. numbers.Select(c => Value(path, line, file.Names, fields, c, options.HasMissing))]);
            if (id is { } names)
                rowNames.Add(fields[names]);
        }

        if (values.Count == 0)
            throw new UserErrorException($"{path}: the file has no rows of numbers.");
        var matrix = new Matrix<float>(values.Count, numbers!.Length);
        for (var i = 0; i < values.Count; i++)
            values[i].CopyTo(matrix.Row(i));
        return Of(
            ml, column, matrix, file.Names is null ? null : [.. numbers.Select(c => file.Names[c])],
            id is null ? null : rowNames);
    }

    private static int? FirstIfNoNumber(string[] fields)
        => fields.Length > 1 && fields[0].Length > 0 && !TryNumber(fields[0], out _) ? 0 : null;

    private static bool TryNumber(string text, out float value)
        => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static float Value(
        string path, long line, IReadOnlyList<string>? names, string[] fields, int c, bool hasMissing)
    {
        if (TryNumber(fields[c], out var value))
            return value;
        var isEmpty = string.IsNullOrWhiteSpace(fields[c]) || fields[c] is "NA" or "na" or "null";
        if (isEmpty && hasMissing)
            return float.NaN;
        var name = names is null ? $"column {c + 1}" : $"column {names[c]}";
        throw new UserErrorException(
            $"{path}({line}): {name} has "
            + (isEmpty
                ? "no value. If it was not observed, say --missing; --ignore leaves the column out."
                : $"\"{Texts.Beginning(fields[c], 30)}\", which is no number; --ignore leaves the column out."));
    }

    private static MatrixFile Of(
        MLContext ml, string column, Matrix<float> matrix, string[]? slots, IReadOnlyList<string>? rowNames)
        => new(
            CreateView(ml, column, matrix.Columns, slots, Enumerable.Range(0, matrix.Rows).Select(i => new Row
            {
                Values = new VBuffer<float>(matrix.Columns, matrix.Row(i).ToArray()),
            })), matrix.Rows, matrix.Columns, rowNames);

    private static MatrixFile Of(MLContext ml, string column, SparseMatrix<float> matrix)
        => new(
            CreateView(ml, column, matrix.Columns, null, Enumerable.Range(0, matrix.Rows).Select(i => new Row
            {
                Values = new VBuffer<float>(
                    matrix.Columns, matrix.RowIndices(i).Length, matrix.RowValues(i).ToArray(),
                    matrix.RowIndices(i).ToArray()),
            })), matrix.Rows, matrix.Columns, null);

    private static IDataView CreateView(
        MLContext ml, string column, int features, string[]? slots, IEnumerable<Row> rows)
    {
        if (features == 0)
            throw new UserErrorException("The matrix has no columns.");
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[0].ColumnName = column;
        definition[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        if (slots is not null)
            definition[0].AddAnnotation(
                "SlotNames", new VBuffer<ReadOnlyMemory<char>>(features, [.. slots.Select(slot => slot.AsMemory())]),
                new VectorDataViewType(TextDataViewType.Instance, features));
        return ml.Data.LoadFromEnumerable(rows, definition);
    }

    private sealed class Row
    {
        public VBuffer<float> Values { get; set; }
    }
}
