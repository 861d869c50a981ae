namespace Nmf.Kernels.Tests;

public sealed class MatrixTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 17)]
    public void A_matrix_gives_back_what_it_was_given(int rows, int columns)
    {
        var values = Enumerable.Range(1, rows * columns).Select(i => (float)i).ToArray();
        var matrix = Matrix<float>.FromRowMajor(values, rows, columns);
        Assert.Equal(values, matrix.ToRowMajor());
        Assert.Equal(0, matrix.Stride % 8);
        MatrixAssert.PaddingIsZero(matrix);
    }

    [Fact]
    public unsafe void Rows_start_on_whole_vectors_and_the_memory_after_the_last_is_readable()
    {
        var matrix = new Matrix<double>(3, 5);
        Assert.Equal(8, matrix.Stride);
        Assert.Equal(0, (nint)matrix.Data % 64);
        Assert.Equal(3 * 8 * sizeof(double), matrix.ByteCount);
        for (var i = 0; i < 64 / sizeof(double); i++)
            Assert.Equal(0, (matrix.Data + (matrix.Rows * matrix.Stride))[i]);
        GC.KeepAlive(matrix);
    }

    [Fact]
    public void A_clone_is_independent_and_copies_need_equal_shapes()
    {
        var matrix = Matrix<float>.FromRowMajor([1, 2, 3, 4, 5, 6], 2, 3);
        var clone = matrix.Clone();
        matrix.Clear();
        Assert.Equal([1, 2, 3, 4, 5, 6], clone.ToRowMajor());
        Assert.Equal(new float[6], matrix.ToRowMajor());
        var other = new Matrix<float>(3, 2);
        Assert.Throws<ArgumentException>(() => clone.CopyTo(other));
    }

    [Fact]
    public void The_first_rows_share_the_memory_and_do_not_free_it()
    {
        var matrix = Matrix<float>.FromRowMajor([1, 2, 3, 4, 5, 6], 3, 2);
        var first = matrix.FirstRows(2);
        matrix[1, 0] = 7;
        Assert.Equal([1, 2, 7, 4], first.ToRowMajor());
        Assert.Equal((2, 2, matrix.Stride), (first.Rows, first.Columns, first.Stride));
        Assert.Equal(6, matrix[2, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.FirstRows(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.FirstRows(-1));
    }

    [Fact]
    public void Wrong_sizes_and_indices_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix<float>(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix<float>(1, -2));
        Assert.Throws<ArgumentException>(() => Matrix<float>.FromRowMajor([1, 2, 3], 2, 2));
        var matrix = new Matrix<float>(2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[2, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[-1, 0]);
    }
}
