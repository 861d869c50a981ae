using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Formats.Tests;

internal static class Require
{
    public static void Equal<T>(double[][] expected, Matrix<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Length, actual.Rows);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i].Select(T.CreateTruncating), actual.Row(i).ToArray());
    }

    public static void Equal<T>(double[][] expected, SparseMatrix<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.Equal((expected.Length, expected[0].Length), (actual.Rows, actual.Columns));
        for (var i = 0; i < expected.Length; i++)
        {
            var row = new T[actual.Columns];
            var (indices, values) = (actual.RowIndices(i).ToArray(), actual.RowValues(i).ToArray());
            Assert.Equal(indices.Order().Distinct(), indices);
            for (var j = 0; j < indices.Length; j++)
                row[indices[j]] = values[j];
            Assert.Equal(expected[i].Select(T.CreateTruncating), row);
        }
    }
}
