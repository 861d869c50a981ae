namespace Nmf.Kernels.Tests;

public sealed class SparseMatrixTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 1000)]
    [InlineData(1000, 3)]
    [InlineData(317, 1025)]
    public void The_transpose_holds_the_same_entries_in_the_other_order(int rows, int columns)
    {
        var dense = SparseSamples.Counts(rows, columns, 0.1, 17);
        var matrix = SparseSamples.Sparse<float>(dense);
        var expected = SparseSamples.Sparse<float>(SparseReference.Transpose(dense));
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new WorkTeam(threads);
            var transposed = matrix.Transpose(team);
            AssertSame(expected, transposed);
        }

        var alone = matrix.Transpose();
        AssertSame(expected, alone);
    }

    [Fact]
    public void A_matrix_that_was_resized_keeps_what_fits_and_takes_new_memory_only_to_grow()
    {
        var matrix = SparseMatrix<float>.FromCsr(2, 4, [0, 2, 3], [0, 3, 1], [1f, 2f, 3f]);
        var bytes = matrix.ByteCount;
        matrix.Resize(1, 9, 2);
        Assert.Equal((1, 9, 2L), (matrix.Rows, matrix.Columns, matrix.NonZeros));
        Assert.Equal(bytes, matrix.ByteCount);
        Assert.Equal([1f, 2f], matrix.RowValues(0).ToArray());
        unsafe
        {
            // Kernels load whole vectors beyond the last value.
            for (var i = 0; i < 64 / sizeof(float); i++)
                Assert.Equal(0, matrix.Values[2 + i]);
            GC.KeepAlive(matrix);
        }

        matrix.Resize(1, 9, 500);
        Assert.Equal([0, 3], matrix.RowIndices(0).ToArray());
        Assert.InRange(matrix.ByteCount, 500 * 8, 800 * 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Resize(-1, 9, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Resize(1, 9, -2));
    }

    [Fact]
    public void One_matrix_receives_one_transpose_after_the_other()
    {
        using var team = new WorkTeam(2);
        var target = new SparseMatrix<float>(0, 0, 0);
        foreach (var (rows, columns) in new[] { (30, 40), (50, 300), (7, 3), (0, 5), (200, 40) })
        {
            var dense = SparseSamples.Counts(rows, columns, 0.1, rows);
            var matrix = SparseSamples.Sparse<float>(dense);
            var expected = SparseSamples.Sparse<float>(SparseReference.Transpose(dense));
            matrix.TransposeTo(target, team);
            AssertSame(expected, target);
            Allocation.AssertNone(() => matrix.TransposeTo(target, team));
        }

        Assert.Throws<ArgumentException>(() => target.TransposeTo(target, team));
    }

    [Fact]
    public void Compressed_rows_come_back_as_they_were_given()
    {
        var matrix = SparseMatrix<double>.FromCsr(3, 4, [0, 2, 2, 3], [0, 3, 1], [1.0, 2.0, 3.0]);
        Assert.Equal([0, 3], matrix.RowIndices(0).ToArray());
        Assert.Equal([1.0, 2.0], matrix.RowValues(0).ToArray());
        Assert.True(matrix.RowIndices(1).IsEmpty);
        Assert.Equal([3.0], matrix.RowValues(2).ToArray());
        Assert.Equal(14, matrix.SquaredNorm());
    }

    [Theory]
    [InlineData(new long[] { 0, 1, 2, 2 }, new[] { 0, 4 }, "Row 1, position 0")]
    [InlineData(new long[] { 0, 1, 2, 2 }, new[] { -1, 1 }, "Row 0, position 0")]
    [InlineData(new long[] { 0, 0, 2, 2 }, new[] { 1, 1 }, "Row 1, position 1")]
    [InlineData(new long[] { 0, 0, 0, 2 }, new[] { 2, 1 }, "Row 2, position 1")]
    [InlineData(new long[] { 0, 2, 1, 2 }, new[] { 0, 1 }, "Row 1 starts at 2")]
    [InlineData(new long[] { 0, 9, 9, 2 }, new[] { 0, 1 }, "Row 0 starts at 0 and ends at 9")]
    [InlineData(new long[] { 1, 1, 1, 2 }, new[] { 0, 1 }, "must start at 0")]
    [InlineData(new long[] { 0, 1, 1, 1 }, new[] { 0, 1 }, "must end at 2")]
    [InlineData(new long[] { 0, 1, 2 }, new[] { 0, 1 }, "need 4 row starts")]
    public void Compressed_rows_out_of_order_are_refused_by_name(long[] starts, int[] indices, string message)
    {
        var error = Assert.Throws<ArgumentException>(
            () => SparseMatrix<float>.FromCsr(3, 4, starts, indices, new float[indices.Length]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_many_indices_as_values()
        => Assert.Throws<ArgumentException>("values", () => SparseMatrix<float>.FromCsr(1, 4, [0, 1], [0], [1f, 2f]));

    private static void AssertSame(SparseMatrix<float> expected, SparseMatrix<float> actual)
    {
        Assert.Equal(
            (expected.Rows, expected.Columns, expected.NonZeros), (actual.Rows, actual.Columns, actual.NonZeros));
        for (var i = 0; i < expected.Rows; i++)
        {
            Assert.Equal(expected.RowIndices(i), actual.RowIndices(i));
            Assert.Equal(expected.RowValues(i), actual.RowValues(i));
        }
    }
}
