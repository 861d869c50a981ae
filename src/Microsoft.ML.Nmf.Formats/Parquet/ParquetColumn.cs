using Microsoft.ML.Data;
using Nmf.Formats;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>A column of a view, and where it stands in files.</summary>
/// <param name="name">Name.</param>
/// <param name="type">Type in the view.</param>
/// <param name="slotNames">Names of the slots, or null.</param>
internal abstract class ParquetColumn(string name, DataViewType type, string[]? slotNames = null)
{
    public string Name => name;

    public DataViewType Type => type;

    public string[]? SlotNames => slotNames is { } names && (type as VectorDataViewType)?.Size == names.Length
        ? names
        : null;

    /// <summary>Memory for the values of a row group.</summary>
    public abstract ColumnBlock CreateBlock();
}

/// <summary>The values of a column in one row group, for one cursor.</summary>
internal abstract class ColumnBlock
{
    /// <summary>Reads a row group.</summary>
    /// <param name="group">Which.</param>
    public abstract Task LoadAsync(GroupPlace group);

    /// <summary>A getter of ML.NET.</summary>
    /// <param name="row">The row within the group.</param>
    public abstract Delegate Getter(Func<int> row);
}

/// <summary>A row group that is being read.</summary>
/// <param name="File">Its file.</param>
/// <param name="Reader">Its reader.</param>
/// <param name="FirstRow">Number of its first row in the file.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="CancellationToken">Stops reading.</param>
internal readonly record struct GroupPlace(
    ParquetFile File, ParquetRowGroupReader Reader, long FirstRow, int Rows, CancellationToken CancellationToken)
{
    /// <summary>Reads a column as it is stored.</summary>
    public async Task<RawColumnData<T>> ReadAsync<T>(DataField field)
        where T : struct
    {
        try
        {
            var data = await Reader.ReadRawColumnDataBaseAsync(File.Find(field), CancellationToken)
                .ConfigureAwait(false);
            return (RawColumnData<T>)data;
        }
        catch (Exception e) when (e is not MatrixFormatException && ParquetFile.IsOfFormat(e))
        {
            // The library does not say which value it was.
            throw new MatrixFormatException(
                File.Path, $"column '{field.Path}', rows {FirstRow} to {FirstRow + Rows - 1}: damaged, or values that "
                + $"are not read: {e.Message}", e);
        }
    }

    /// <summary>What is wrong with a value.</summary>
    public MatrixFormatException Error(string column, int row, string what, Exception? inner = null)
        => new(File.Path, $"column '{column}', row {FirstRow + row}: {what}", inner);
}
