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
        using var matrix = Matrix<float>.FromRowMajor(values, rows, columns);
        Assert.Equal(values, matrix.ToRowMajor());
        Assert.Equal(0, matrix.Stride % 8);
    }
}
