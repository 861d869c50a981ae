using System.Numerics;

namespace Nmf.Kernels.Tests;

public sealed class FactorKernelsTests
{
    public static TheoryData<int, int> Shapes => new()
    {
        { 1, 1 }, { 1, 9 }, { 5, 3 }, { 31, 4 }, { 32, 5 }, { 33, 8 }, { 100, 17 }, { 257, 20 }, { 64, 33 },
        { 1000, 7 }, { 70, 70 }, { 2100, 12 }, { 40, 200 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Sums_and_products_follow_the_definition(int rows, int rank)
    {
        CheckSums<float>(rows, rank);
        CheckSums<double>(rows, rank);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_multiplicative_update_follows_the_definition(int rows, int rank)
    {
        foreach (var exponent in new[] { 1, 0.5, 1 / 3.0, 2 / 3.0, 0.7 })
        {
            CheckUpdate<float>(rows, rank, exponent, 3e-6);
            CheckUpdate<double>(rows, rank, exponent, 1e-13);
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.7)]
    public void The_multiplicative_update_at_its_edges(double exponent)
    {
        using var team = new WorkTeam(1);
        var factor = Matrix<float>.FromRowMajor([2, 3, 5, 1e-29f, 7, 0, 1, 4], 2, 4);
        var negative = Matrix<float>.FromRowMajor([0, 6, 0, 1e-6f, 1, 1, float.NaN, 1], 2, 4);
        var positive = Matrix<float>.FromRowMajor([0, 0, 1, 1, 1, 1, 1, 1], 2, 4);
        FactorKernels.MultiplicativeUpdate(factor, negative, positive, exponent, team);
        var result = factor.ToRowMajor();
        Assert.Equal(2, result[0]);
        Assert.Equal(3, result[1]);
        Assert.Equal(0, result[2]);
        Assert.Equal(0, result[3]);
        Assert.Equal(7, result[4]);
        Assert.Equal(0, result[5]);
        Assert.True(float.IsNaN(result[6]));
        Assert.Equal(4, result[7]);
    }

    [Fact]
    public void A_gram_matrix_of_a_million_rows_keeps_the_digits_of_float()
    {
        const int Rows = 1_000_000, Rank = 3;
        using var team = new WorkTeam(2);
        var factor = new Matrix<float>(Rows, Rank);
        var gram = new Matrix<float>(Rank, Rank);
        var random = new Random(1);
        var expected = new double[Rank, Rank];
        var expectedSums = new double[Rank];
        for (var i = 0; i < Rows; i++)
        {
            var row = factor.Row(i);
            for (var k = 0; k < Rank; k++)
                expectedSums[k] += row[k] = random.NextSingle();
            for (var a = 0; a < Rank; a++)
                for (var b = 0; b < Rank; b++)
                    expected[a, b] += (double)row[a] * row[b];
        }

        FactorKernels.Gram(factor, gram, team);
        SparseSamples.AssertClose(expected, gram, 1.5e-7);
        var sums = new double[Rank];
        FactorKernels.ColumnSums(factor, sums, team);
        for (var k = 0; k < Rank; k++)
            SparseSamples.AssertClose(expectedSums[k], sums[k], 1e-7);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var a = SparseSamples.Dense<float>(SparseSamples.Factor(5000, 13, 1));
        var b = SparseSamples.Dense<float>(SparseSamples.Factor(5000, 13, 2));
        float[]? expected = null;
        double[]? numbers = null;
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new WorkTeam(threads);
            var gram = new Matrix<float>(13, 13);
            var factor = a.Clone();
            FactorKernels.Gram(a, gram, team);
            FactorKernels.MultiplicativeUpdate(factor, a, b, 0.5, team);
            var change = FactorKernels.HalsSweep(factor, b, gram, team);
            var sums = new double[13];
            FactorKernels.ColumnSums(factor, sums, team);
            var alone = new double[13];
            FactorKernels.ColumnSums(factor, alone);
            Assert.Equal(alone, sums);
            var results = factor.ToRowMajor().Concat(gram.ToRowMajor()).ToArray();
            double[] values = [
                change, FactorKernels.InnerProduct(a, b, team), FactorKernels.GramInnerProduct(a, b, team), .. sums];
            Assert.Equal(expected ??= results, results);
            Assert.Equal(numbers ??= values, values);
        }
    }

    [Fact]
    public void Nothing_is_allocated_once_the_team_has_its_scratch_memory()
    {
        using var team = new WorkTeam(2);
        var a = SparseSamples.Dense<float>(SparseSamples.Factor(3000, 13, 1));
        var b = SparseSamples.Dense<float>(SparseSamples.Factor(3000, 13, 2));
        var gram = new Matrix<float>(13, 13);
        var sums = new double[13];
        Allocation.AssertNone(() =>
        {
            FactorKernels.Gram(a, gram, team);
            FactorKernels.MultiplicativeUpdate(a, b, b, 1, team);
            FactorKernels.MultiplicativeUpdate(a, b, b, 0.7, team);
            FactorKernels.ColumnSums(a, sums, team);
            FactorKernels.InnerProduct(a, b, team);
            FactorKernels.GramInnerProduct(a, b, team);
            FactorKernels.HalsSweep(a, b, gram, team);
        });
    }

    [Fact]
    public void Matrices_of_the_wrong_shape_are_refused()
    {
        using var team = new WorkTeam(1);
        var a = new Matrix<float>(4, 3);
        var b = new Matrix<float>(3, 4);
        var gram = new Matrix<float>(3, 3);
        Assert.Throws<ArgumentException>("negative", () => FactorKernels.MultiplicativeUpdate(a, b, a, 1, team));
        Assert.Throws<ArgumentException>("positive", () => FactorKernels.MultiplicativeUpdate(a, a, b, 1, team));
        Assert.Throws<ArgumentException>("gram", () => FactorKernels.Gram(b, gram, team));
        Assert.Throws<ArgumentException>("product", () => FactorKernels.HalsSweep(a, b, gram, team));
        Assert.Throws<ArgumentException>("b", () => FactorKernels.InnerProduct(a, b, team));
        Assert.Throws<ArgumentException>(() => FactorKernels.ColumnSums(a, new double[2]));
        Assert.Throws<ArgumentException>(() => FactorKernels.ScaleColumns(a, new double[2]));
    }

    private static void CheckSums<T>(int rows, int rank)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var relative = typeof(T) == typeof(float) ? 5e-7 : 1e-13;
        var (x, y) = (SparseSamples.Factor(rows, rank, 1), SparseSamples.Factor(rows, rank, 2));
        using var team = new WorkTeam(1);
        var a = SparseSamples.Dense<T>(x);
        var b = SparseSamples.Dense<T>(y);
        var gram = new Matrix<T>(rank, rank);
        FactorKernels.Gram(a, gram, team);
        var expected = SparseReference.Product(SparseReference.Transpose(x), x);
        SparseSamples.AssertClose(expected, gram, relative);
        SparseSamples.AssertPaddingIsZero(gram);
        for (var i = 0; i < rank; i++)
            for (var j = 0; j < i; j++)
                Assert.Equal(gram[i, j], gram[j, i]);

        var other = SparseReference.Product(SparseReference.Transpose(y), y);
        double inner = 0, grams = 0;
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rank; k++)
                inner += x[i, k] * y[i, k];
        for (var i = 0; i < rank; i++)
            for (var k = 0; k < rank; k++)
                grams += expected[i, k] * other[i, k];
        SparseSamples.AssertClose(inner, FactorKernels.InnerProduct(a, b, team), 1e-13);
        SparseSamples.AssertClose(grams, FactorKernels.GramInnerProduct(a, b, team), relative);

        var sums = new double[rank];
        FactorKernels.ColumnSums(a, sums);
        for (var k = 0; k < rank; k++)
            SparseSamples.AssertClose(Enumerable.Range(0, rows).Sum(i => x[i, k]), sums[k], relative);
        var scale = Enumerable.Range(1, rank).Select(k => (double)k).ToArray();
        FactorKernels.ScaleColumns(a, scale);
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rank; k++)
                SparseSamples.AssertClose(x[i, k] * scale[k], double.CreateChecked(a[i, k]), relative);
        SparseSamples.AssertPaddingIsZero(a);
    }

    private static void CheckUpdate<T>(int rows, int rank, double exponent, double relative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (x, n, p) = (SparseSamples.Factor(rows, rank, 1), SparseSamples.Factor(rows, rank, 2),
            SparseSamples.Factor(rows, rank, 3));
        using var team = new WorkTeam(1);
        var factor = SparseSamples.Dense<T>(x);
        var negative = SparseSamples.Dense<T>(n);
        var positive = SparseSamples.Dense<T>(p);
        FactorKernels.MultiplicativeUpdate(factor, negative, positive, exponent, team);
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rank; k++)
                SparseSamples.AssertClose(
                    x[i, k] * Math.Pow(n[i, k] / p[i, k], exponent), double.CreateChecked(factor[i, k]), relative);
        SparseSamples.AssertPaddingIsZero(factor);
    }
}
