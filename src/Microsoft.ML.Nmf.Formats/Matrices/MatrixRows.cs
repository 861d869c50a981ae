using System.Collections;
using Microsoft.ML.Data;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>The rows of a matrix, made when they are asked for.</summary>
internal abstract class MatrixRows(int count) : IReadOnlyCollection<MatrixRows.Row>, ICollection<MatrixRows.Row>
{
    public int Count => count;

    public bool IsReadOnly => true;

    public static IDataView View(
        DataOperationsCatalog catalog, string columnName, int features, IReadOnlyList<string>? slotNames,
        MatrixRows rows)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(columnName);
        if (features == 0)
            throw new ArgumentException("The matrix has no columns.");
        if (slotNames is not null && slotNames.Count != features)
            throw new ArgumentException(
                $"There are {slotNames.Count} names for {features} features.", nameof(slotNames));
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[0].ColumnName = columnName;
        definition[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        if (slotNames is not null)
            definition[0].AddAnnotation(
                "SlotNames",
                new VBuffer<ReadOnlyMemory<char>>(features, [.. slotNames.Select(slot => slot.AsMemory())]),
                new VectorDataViewType(TextDataViewType.Instance, features));
        return catalog.LoadFromEnumerable(rows, definition);
    }

    public IEnumerator<Row> GetEnumerator()
    {
        for (var i = 0; i < count; i++)
            yield return new Row { Values = RowAt(i) };
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // ML.NET asks a collection for its number of rows, and for nothing else.
    public bool Contains(Row item) => false;

    public void CopyTo(Row[] array, int arrayIndex)
    {
        foreach (var row in this)
            array[arrayIndex++] = row;
    }

    public void Add(Row item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    public bool Remove(Row item) => throw new NotSupportedException();

    protected abstract VBuffer<float> RowAt(int i);

    public sealed class Row
    {
        public VBuffer<float> Values { get; set; }
    }

    public sealed class Dense(Matrix<float> matrix) : MatrixRows(matrix.Rows)
    {
        protected override VBuffer<float> RowAt(int i) => new(matrix.Columns, matrix.Row(i).ToArray());
    }

    public sealed class Sparse(SparseMatrix<float> matrix) : MatrixRows(matrix.Rows)
    {
        protected override VBuffer<float> RowAt(int i) => new(
            matrix.Columns, matrix.RowIndices(i).Length, matrix.RowValues(i).ToArray(), matrix.RowIndices(i).ToArray());
    }
}
