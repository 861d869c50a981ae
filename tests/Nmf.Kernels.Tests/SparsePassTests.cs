using System.Numerics;

namespace Nmf.Kernels.Tests;

public sealed class SparsePassTests
{
    private static readonly int[] Ranks = [
        .. Enumerable.Range(1, 20), 23, 24, 25, 31, 32, 33, 40, 47, 48, 49, 57, 63, 64, 65, 70, 200];

    public static TheoryData<double> Betas => [0.5, 1, 1.5, 2, 3];

    [Theory]
    [MemberData(nameof(Betas))]
    public void Every_pass_follows_the_definition_at_every_rank(double beta)
    {
        foreach (var rank in Ranks)
        {
            Check<float>(SparseSamples.Counts(37, 45, 0.2, rank), rank, beta);
            Check<double>(SparseSamples.Counts(37, 45, 0.2, rank), rank, beta);
        }
    }

    [Theory]
    [InlineData(1, 1, 1.0)]
    [InlineData(1, 90, 0.5)]
    [InlineData(90, 1, 0.5)]
    [InlineData(3, 200, 0.9)]
    [InlineData(130, 5, 0.05)]
    public void Every_pass_follows_the_definition_at_awkward_shapes(int rows, int columns, double density)
    {
        foreach (var beta in new[] { 0.5, 1, 1.5, 2, 3 })
        {
            Check<float>(SparseSamples.Counts(rows, columns, density, 5), 7, beta);
            Check<double>(SparseSamples.Counts(rows, columns, density, 5), 7, beta);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Data_without_a_non_zero_and_data_with_one(double beta)
    {
        var empty = new double[6, 9];
        Check<float>(empty, 4, beta);
        Check<double>(empty, 4, beta);
        var one = new double[6, 9];
        one[4, 7] = 3;
        Check<float>(one, 4, beta);
        Check<double>(one, 4, beta);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Sparse_data_give_what_dense_data_give(double beta)
    {
        var v = SparseSamples.Counts(50, 70, 0.3, 11);
        using var team = new WorkTeam(2);
        var data = SparseSamples.Sparse<double>(v);
        var transposed = data.Transpose(team);
        var dense = SparseSamples.Dense<double>(v);
        var sparsePass = DivergencePass<double>.Create(data, transposed, 9, beta, team);
        var densePass = DivergencePass<double>.Create(dense, 9, beta, team);
        var w = SparseSamples.Dense<double>(SparseSamples.Factor(70, 9, 1));
        var h = SparseSamples.Dense<double>(SparseSamples.Factor(50, 9, 2));
        var negative = new Matrix<double>(50, 9);
        var positive = new Matrix<double>(50, 9);
        var otherNegative = new Matrix<double>(50, 9);
        var otherPositive = new Matrix<double>(50, 9);
        var objective = sparsePass.ActivationGradient(w, h, negative, positive, withObjective: true);
        var other = densePass.ActivationGradient(w, h, otherNegative, otherPositive, withObjective: true);
        SparseSamples.AssertClose(other, objective, 1e-10);
        SparseSamples.AssertClose(SparseSamples.ToDoubles(otherNegative), negative, 1e-10);
        SparseSamples.AssertClose(SparseSamples.ToDoubles(otherPositive), positive, 1e-10);
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void The_number_of_threads_changes_no_bit(double beta)
    {
        // Enough non-zeros for several blocks on either side.
        var v = SparseSamples.Counts(600, 400, 0.5, 3);
        var data = SparseSamples.Sparse<float>(v);
        var w = SparseSamples.Dense<float>(SparseSamples.Factor(400, 6, 1));
        var h = SparseSamples.Dense<float>(SparseSamples.Factor(600, 6, 2));
        float[][]? expected = null;
        double[]? objectives = null;
        foreach (var threads in new[] { 1, 2, 3, 5 })
        {
            using var team = new WorkTeam(threads);
            var transposed = data.Transpose(team);
            var pass = DivergencePass<float>.Create(data, transposed, 6, beta, team);
            var hNegative = new Matrix<float>(600, 6);
            var hPositive = new Matrix<float>(600, 6);
            var wNegative = new Matrix<float>(400, 6);
            var wPositive = new Matrix<float>(400, 6);
            double[] values = [
                pass.ActivationGradient(w, h, hNegative, hPositive, withObjective: true), pass.Objective(w, h)];
            pass.DictionaryGradient(w, h, wNegative, wPositive);
            float[][] results = [
                hNegative.ToRowMajor(), hPositive.ToRowMajor(), wNegative.ToRowMajor(), wPositive.ToRowMajor()];
            expected ??= results;
            objectives ??= values;
            Assert.Equal(objectives, values);
            for (var i = 0; i < results.Length; i++)
                Assert.Equal(expected[i], results[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_pass_allocates_nothing(double beta)
    {
        using var team = new WorkTeam(2);
        var data = SparseSamples.Sparse<float>(SparseSamples.Counts(300, 200, 0.5, 3));
        var transposed = data.Transpose(team);
        var pass = DivergencePass<float>.Create(data, transposed, 6, beta, team);
        var w = SparseSamples.Dense<float>(SparseSamples.Factor(200, 6, 1));
        var h = SparseSamples.Dense<float>(SparseSamples.Factor(300, 6, 2));
        var hNegative = new Matrix<float>(300, 6);
        var hPositive = new Matrix<float>(300, 6);
        var wNegative = new Matrix<float>(200, 6);
        var wPositive = new Matrix<float>(200, 6);
        Allocation.AssertNone(() =>
        {
            pass.ActivationGradient(w, h, hNegative, hPositive, withObjective: true);
            pass.DictionaryGradient(w, h, wNegative, wPositive);
            pass.ActivationProduct(w, hNegative);
            pass.DictionaryProduct(h, wNegative);
            pass.Objective(w, h);
        });
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Divergences_that_a_zero_makes_infinite_are_refused(double beta)
    {
        using var team = new WorkTeam(1);
        var data = SparseSamples.Sparse<float>(SparseSamples.Counts(4, 5, 0.5, 3));
        var transposed = data.Transpose(team);
        Assert.Throws<ArgumentOutOfRangeException>(
            nameof(beta), () => DivergencePass<float>.Create(data, transposed, 2, beta, team));
    }

    [Fact]
    public void Matrices_of_the_wrong_shape_are_refused()
    {
        using var team = new WorkTeam(1);
        var data = SparseSamples.Sparse<float>(SparseSamples.Counts(4, 5, 0.5, 3));
        var transposed = data.Transpose(team);
        Assert.Throws<ArgumentException>("transposed", () => DivergencePass<float>.Create(data, data, 2, 1, team));
        var pass = DivergencePass<float>.Create(data, transposed, 2, 1, team);
        var w = new Matrix<float>(5, 2);
        var h = new Matrix<float>(4, 2);
        Assert.Throws<ArgumentException>("w", () => pass.Objective(h, h));
        Assert.Throws<ArgumentException>("h", () => pass.Objective(w, w));
        Assert.Throws<ArgumentException>("negative", () => pass.ActivationGradient(w, h, w, h, withObjective: false));
        Assert.Throws<ArgumentException>("result", () => pass.DictionaryProduct(h, h));
    }

    [Fact]
    public void A_stored_zero_counts_as_an_absent_one()
    {
        using var team = new WorkTeam(1);
        var data = SparseMatrix<float>.FromCsr(2, 3, [0, 2, 3], [0, 2, 1], [0f, 2f, 5f]);
        var transposed = data.Transpose(team);
        var v = new double[,] { { 0, 0, 2 }, { 0, 5, 0 } };
        foreach (var beta in new[] { 0.5, 1, 2 })
        {
            var pass = DivergencePass<float>.Create(data, transposed, 3, beta, team);
            Compare(pass, v, 3, beta);
        }
    }

    private static void Check<T>(double[,] v, int rank, double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(1);
        var data = SparseSamples.Sparse<T>(v);
        var transposed = data.Transpose(team);
        var pass = DivergencePass<T>.Create(data, transposed, rank, beta, team);
        Compare(pass, v, rank, beta);
    }

    private static void Compare<T>(DivergencePass<T> pass, double[,] v, int rank, double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rows, columns, rounding) = (v.GetLength(0), v.GetLength(1), SparseSamples.Rounding<T>());
        var w = SparseSamples.Factor(columns, rank, 1);
        var h = SparseSamples.Factor(rows, rank, 2);
        var wMatrix = SparseSamples.Dense<T>(w);
        var hMatrix = SparseSamples.Dense<T>(h);
        var hNegative = Soiled<T>(rows, rank);
        var hPositive = Soiled<T>(rows, rank);
        var wNegative = Soiled<T>(columns, rank);
        var wPositive = Soiled<T>(columns, rank);
        var objective = pass.ActivationGradient(wMatrix, hMatrix, hNegative, hPositive, withObjective: true);
        pass.DictionaryGradient(wMatrix, hMatrix, wNegative, wPositive);

        var (negative, positive) = SparseReference.Gradient(v, h, w, beta);
        SparseSamples.AssertClose(negative, hNegative, rounding);
        SparseSamples.AssertClose(positive, hPositive, rounding);
        SparseSamples.AssertPaddingIsZero(hNegative);
        SparseSamples.AssertPaddingIsZero(hPositive);
        (negative, positive) = SparseReference.Gradient(SparseReference.Transpose(v), w, h, beta);
        SparseSamples.AssertClose(negative, wNegative, rounding);
        SparseSamples.AssertClose(positive, wPositive, rounding);

        var expected = SparseReference.Objective(v, h, w, beta);
        SparseSamples.AssertClose(expected, objective, rounding);
        SparseSamples.AssertClose(expected, pass.Objective(wMatrix, hMatrix), rounding);
        Assert.True(
            double.IsNaN(pass.ActivationGradient(wMatrix, hMatrix, hNegative, hPositive, withObjective: false)));

        pass.ActivationProduct(wMatrix, hNegative);
        pass.DictionaryProduct(hMatrix, wNegative);
        SparseSamples.AssertClose(SparseReference.Product(v, w), hNegative, rounding);
        SparseSamples.AssertClose(SparseReference.Product(SparseReference.Transpose(v), h), wNegative, rounding);
    }

    // What a result held before must not matter.
    private static Matrix<T> Soiled<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new Matrix<T>(rows, columns);
        for (var i = 0; i < rows; i++)
            matrix.Row(i).Fill(T.NaN);
        return matrix;
    }
}
