using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf.Formats;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>Writes a column of vectors as a matrix.</summary>
internal static class MatrixFileWriter
{
    private const int RowsBetweenChecks = 1024;

    public static void Write(
        IHost host, IDataView data, string path, string columnName, CancellationToken cancellationToken)
    {
        if (data.Schema.GetColumnOrNull(columnName) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(columnName), "matrix", columnName);
        if (column.Type is not VectorDataViewType { Size: > 0 } type || type.ItemType != NumberDataViewType.Single)
            throw host.ExceptSchemaMismatch(
                nameof(columnName), "matrix", columnName, "a vector of Singles of known size", column.Type.ToString());
        var isCompressed = path.EndsWith(".mtx.gz", StringComparison.OrdinalIgnoreCase);
        switch (isCompressed ? ".mtx" : Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npy":
                NpyFile.Write(path, Dense(Rows(host, data, column, cancellationToken), type.Size));
                break;
            case ".npz":
                NpzFile.WriteSparse(path, Sparse(Rows(host, data, column, cancellationToken), type.Size));
                break;
            case ".mtx":
                MatrixMarketFile.Write(path, Sparse(Rows(host, data, column, cancellationToken), type.Size));
                break;
            default:
                throw host.ExceptParam(
                    nameof(path), $"{Path.GetFileName(path)} has none of the endings .npy, .npz, .mtx, .mtx.gz.");
        }
    }

    private static IEnumerable<VBuffer<float>> Rows(
        IHost host, IDataView data, DataViewSchema.Column column, CancellationToken cancellationToken)
    {
        using var cursor = data.GetRowCursor([column]);
        var get = cursor.GetGetter<VBuffer<float>>(column);
        var row = default(VBuffer<float>);
        while (cursor.MoveNext())
        {
            if (cursor.Position % RowsBetweenChecks == 0)
            {
                host.CheckAlive();
                cancellationToken.ThrowIfCancellationRequested();
            }

            get(ref row);
            yield return row;
        }
    }

    private static Matrix<float> Dense(IEnumerable<VBuffer<float>> rows, int features)
    {
        float[][] values = [.. rows.Select(row => row.DenseValues().ToArray())];
        var matrix = new Matrix<float>(values.Length, features);
        for (var i = 0; i < values.Length; i++)
            values[i].CopyTo(matrix.Row(i));
        return matrix;
    }

    private static SparseMatrix<float> Sparse(IEnumerable<VBuffer<float>> rows, int features)
    {
        var (starts, indices, values) = (new List<long> { 0 }, new List<int>(), new List<float>());
        foreach (var row in rows)
        {
            foreach (var (index, value) in row.Items())
            {
                if (value == 0)
                    continue;
                indices.Add(index);
                values.Add(value);
            }

            starts.Add(values.Count);
        }

        return SparseMatrix<float>.FromCsr(starts.Count - 1, features, [.. starts], [.. indices], [.. values]);
    }
}
