using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Nmf.Kernels;

namespace MLNmf.Tests.Common;

/// <summary>A matrix as others have stored it: in a table of SQLite, in a Parquet file.</summary>
internal static class StoredMatrix
{
    /// <summary>Makes the table <c>v</c>: the columns <c>id</c>, from 100 on, and a, b, c, ...</summary>
    /// <returns>How it is reached.</returns>
    public static string CreateTable(string folder, Matrix<float> matrix)
    {
        var connection = $"Data Source={Path.Combine(folder, "v.db")};Pooling=False";
        using var database = new SqliteConnection(connection);
        database.Open();
        var columns = Enumerable.Range(0, matrix.Columns).Select(f => (char)('a' + f)).ToArray();
        var types = string.Join(", ", columns.Select(name => $"{name} REAL"));
        Execute($"CREATE TABLE v (id INTEGER PRIMARY KEY, {types})");
        var places = string.Join(", ", Enumerable.Range(0, columns.Length + 1).Select(f => $"${f}"));
        for (var i = 0; i < matrix.Rows; i++)
        {
            Execute(
                $"INSERT INTO v VALUES ({places})",
                [100 + i, .. matrix.Row(i).ToArray().Select(value => (object)value)]);
        }

        return connection;

        void Execute(string sql, params object[] values)
        {
            using var command = database.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
                command.Parameters.AddWithValue($"${i.ToString(CultureInfo.InvariantCulture)}", values[i]);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Writes the first rows of it as the column <c>V</c>.</summary>
    public static void SaveParquet(
        this MLContext ml, Matrix<float> matrix, string path, int rowsOfGroup, int? rows = null, bool isSparse = false)
        => ml.Data.SaveAsParquet(
            ml.Data.TakeRows(ml.Data.LoadFromMatrix(matrix, "V"), rows ?? matrix.Rows), path,
            new() { RowsPerGroup = rowsOfGroup, SparseColumns = isSparse ? ["V"] : [] });
}
