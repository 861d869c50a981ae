using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
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
    public const string Column = MatrixCatalog.DefaultColumnName;

    private static readonly string[] MatrixEndings = [".npy", ".npz", ".mtx", ".mtx.gz"];

    /// <summary>Reads a file: NPY, NPZ, Matrix Market, Parquet, CSV.</summary>
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
        if (ParquetTable.Is(path))
            return File.Exists(path) || Directory.Exists(path)
                ? ParquetTable.Matrix(ml, path, options, column, note)
                : throw new UserErrorException($"There is no file {path}.");
        if (!File.Exists(path))
            throw new UserErrorException($"There is no file {path}.");
        if (MatrixEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            return Of(LoadMatrix(ml, path, options, column, cancellationToken), column, null);
        return ReadCsv(ml, path, options, column, note, cancellationToken);
    }

    /// <summary>No rows, with the columns and the names that a model takes.</summary>
    public static IDataView Empty(MLContext ml, string column, NmfModelParameters model)
        => ml.Data.LoadFromMatrix(new Matrix<float>(0, model.FeatureCount), column, model.FeatureNames);

    private static IDataView LoadMatrix(
        MLContext ml, string path, MatrixOptions options, string column, CancellationToken cancellationToken)
    {
        try
        {
            return ml.Data.LoadFromMatrixFile(
                path, column, options.Array, cancellationToken: cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new UserErrorException(
                e.Message.Split(" (Parameter '")[0].Replace(
                    "say which.", "say which with --array.", StringComparison.Ordinal));
        }
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
            ml.Data.LoadFromMatrix(
                matrix, column, file.Names is null ? null : [.. numbers.Select(c => file.Names[c])]),
            column, id is null ? null : rowNames);
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

    private static MatrixFile Of(IDataView view, string column, IReadOnlyList<string>? rowNames)
        => new(
            view, checked((int)view.GetRowCount()!.Value), ((VectorDataViewType)view.Schema[column].Type).Size,
            rowNames);
}
