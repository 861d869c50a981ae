using System.Numerics;
using Nmf.Kernels.Products;

namespace Nmf.Kernels.Tests;

public sealed class MatrixProductTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 3, 5, 2 }, { 48, 24, 256 }, { 49, 25, 257 }, { 100, 130, 17 }, { 7, 61, 600 }, { 128, 12, 48 },
        { 5, 4, 0 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Products_are_those_of_the_definition(int rows, int columns, int depth)
    {
        foreach (var bits in new[] { 512, 256, 128, 0 })
        {
            Check<double>(rows, columns, depth, bits, 1e-13);
            Check<float>(rows, columns, depth, bits, 1e-5);
        }
    }

    [Fact]
    public void Parts_are_multiplied_where_they_are_and_nothing_else_is_touched()
    {
        using var team = new WorkTeam(2);
        var product = MatrixProduct<double>.Create(team);
        MatrixPart<double> whole = Numbers<double>(60, 70, 1);
        var c = Numbers<double>(60, 70, 2);
        var before = c.Clone();
        var (a, b) = (whole.Part(3..20, 5..40), whole.Part(10..45, 8..27));
        product.Multiply(a, b, new MatrixPart<double>(c).Part(2..19, 9..28), 2);
        for (var i = 0; i < 60; i++)
        {
            for (var j = 0; j < 70; j++)
            {
                var inside = i is >= 2 and < 19 && j is >= 9 and < 28;
                var expected = inside ? 2 * Dot(a, b, i - 2, j - 9) : before[i, j];
                Assert.Equal(expected, c[i, j], inside ? 1e-12 : 0);
            }
        }
    }

    [Fact]
    public void Threads_change_no_bit_and_a_second_product_allocates_nothing()
    {
        Matrix<float> a = Numbers<float>(150, 300, 1), b = Numbers<float>(300, 90, 2);
        var results = new[] { 1, 3 }.Select(threads =>
        {
            using var team = new WorkTeam(threads);
            var (product, c) = (MatrixProduct<float>.Create(team), new Matrix<float>(150, 90));
            product.Multiply(a, b, c, 1);
            if (threads == 1)
                Allocation.AssertNone(() => product.Multiply(a, b, c, 1));
            return c.ToRowMajor();
        }).ToArray();
        Assert.Equal(results[0], results[1]);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var team = new WorkTeam(1);
        var product = MatrixProduct<double>.Create(team);
        MatrixPart<double> a = new Matrix<double>(2, 3), b = new Matrix<double>(4, 5), c = new Matrix<double>(2, 5);
        Assert.Throws<ArgumentException>(() => product.Multiply(a, b, c, 1));
        Assert.Throws<ArgumentException>(() => product.Multiply(a, a.Transposed, c, 1));
        Assert.Throws<ArgumentException>(() => product.Multiply(b.Transposed, b, b.Transposed, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(100)]
    [InlineData(257)]
    public void Matrices_with_a_definite_part_are_solved_without_a_pivot(int size)
    {
        foreach (var bits in new[] { 512, 256, 128, 0 })
        {
            CheckSolution<double>(size, bits, 1e-10);
            CheckSolution<float>(size, bits, 5e-3);
        }
    }

    [Fact]
    public void Threads_change_no_bit_of_a_solution_nor_do_other_rows()
    {
        var x = Numbers<float>(150, 77, 8);
        var results = new[] { 1, 3 }.Select(threads =>
        {
            using var team = new WorkTeam(threads);
            var factors = new DefiniteFactors<float>(
                MatrixProduct<float>.Create(team), RowSolve<float>.Create(team, 77), 77);
            factors.Factorize(Definite<float>(77));
            Matrix<float> all = x.Clone(), some = x.Clone().FirstRows(50);
            factors.Solve(all);
            factors.Solve(some);
            Assert.Equal(some.ToRowMajor(), all.FirstRows(50).ToRowMajor());
            return all.ToRowMajor();
        }).ToArray();
        Assert.Equal(results[0], results[1]);
    }

    private static void CheckSolution<T>(int size, int bits, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        var product = MatrixProduct<T>.Create(team, bits);
        var matrix = Definite<T>(size);
        foreach (var rows in new[] { 40, 99 })
        {
            var (x, solved, kept) = (Numbers<T>(rows, size, 6), new Matrix<T>(rows, size), matrix.Clone());
            product.Multiply(x, matrix, solved, T.One);
            var factors = new DefiniteFactors<T>(product, RowSolve<T>.Create(team, size, bits), size);
            factors.Factorize(kept);
            factors.Solve(solved);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < size; j++)
                    Assert.Equal(double.CreateChecked(x[i, j]), double.CreateChecked(solved[i, j]), tolerance);
            }
        }
    }

    private static Matrix<T> Definite<T>(int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = Numbers<T>(size, size, 4);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++)
                matrix[j, i] = -(matrix[i, j] *= T.CreateChecked(3));
            matrix[i, i] = T.One;
        }

        return matrix;
    }

    private static void Check<T>(int rows, int columns, int depth, int bits, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(1);
        var product = MatrixProduct<T>.Create(team, bits);
        foreach (var (transposesA, transposesB, accumulates) in new[]
        {
            (false, false, false), (true, false, true), (false, true, true), (true, true, false),
        })
        {
            MatrixPart<T> a = transposesA ? new MatrixPart<T>(Numbers<T>(depth, rows, 1)).Transposed
                : Numbers<T>(rows, depth, 1);
            MatrixPart<T> b = transposesB ? new MatrixPart<T>(Numbers<T>(columns, depth, 2)).Transposed
                : Numbers<T>(depth, columns, 2);
            var c = Numbers<T>(rows, columns, 3);
            var before = c.Clone();
            product.Multiply(a, b, c, T.CreateChecked(-1.5), accumulates);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    var expected = (-1.5 * Dot(a, b, i, j))
                        + (accumulates ? double.CreateChecked(before[i, j]) : 0);
                    Assert.Equal(expected, double.CreateChecked(c[i, j]), tolerance * (depth + 1));
                }
            }
        }
    }

    private static unsafe double Dot<T>(MatrixPart<T> a, MatrixPart<T> b, int i, int j)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (var d = 0; d < a.Columns; d++)
            sum += double.CreateChecked(a.Data[(i * a.RowStride) + (d * a.ColumnStride)])
                * double.CreateChecked(b.Data[(d * b.RowStride) + (j * b.ColumnStride)]);
        GC.KeepAlive(a.Whole);
        GC.KeepAlive(b.Whole);
        return sum;
    }

    private static Matrix<T> Numbers<T>(int rows, int columns, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        var matrix = new Matrix<T>(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            foreach (ref var value in matrix.Row(i))
                value = T.CreateChecked((2 * random.NextDouble()) - 1);
        }

        return matrix;
    }
}
