using System.Numerics;
using Nmf.Kernels.Dense;
using Nmf.Kernels.Tensors;

namespace Nmf.Kernels.Tests;

/// <summary>Passes over tensors against sums entry by entry.</summary>
public sealed class TensorPassTests
{
    private static readonly int[][] Shapes = [[7, 6, 5], [1, 9, 50], [60, 1, 3], [3, 4, 5, 6], [2, 1, 3, 2, 4], [5, 7]];

    public static TheoryData<int, int, double> Cases
    {
        get
        {
            var cases = new TheoryData<int, int, double>();
            for (var shape = 0; shape < Shapes.Length; shape++)
            {
                foreach (var (rank, beta) in new[] { (3, 2.0), (1, 1), (5, 1), (9, 0), (20, 1.5), (4, 0.5), (6, 2.7) })
                    cases.Add(shape, rank, beta);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Dense_gradients_and_objectives_are_the_sums_over_entries(int shape, int rank, double beta)
    {
        var reference = new TensorReference(Shapes[shape], rank, seed: 1);
        using var team = new WorkTeam(2);
        foreach (var bits in VectorWidths.Accelerated)
        {
            var pass = TensorPassBuilder.CreateCp(
                Data<double>(reference, reference.Values), null, reference.Shape, rank, beta, team, bits);
            Check(reference, pass, beta, weighted: false, 1e-12);
            CheckProducts(reference, pass, 1e-12);
        }

        var single = TensorPassBuilder.CreateCp(
            Data<float>(reference, reference.Values), null, reference.Shape, rank, beta, team);
        Check(reference, single, beta, weighted: false, 2e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Missing_and_weighted_entries_count_with_their_weight(int shape, int rank, double beta)
    {
        var reference = new TensorReference(Shapes[shape], rank, seed: 2, missing: 0.3);
        using var team = new WorkTeam(2);
        var values = Enumerable.Range(0, reference.Values.Length).Select(
            e => reference.Weights[e] > 0 ? reference.Values[e] : double.NaN).ToArray();
        var data = Data<double>(reference, values);
        var observed = new ObservedEntries<double>(
            data.Rows, data.Columns, Data<double>(reference, reference.Weights), [], 0);
        Check(
            reference, TensorPassBuilder.CreateCp(data, observed, reference.Shape, rank, beta, team), beta,
            weighted: true, 1e-12);
        var stored = Enumerable.Range(0, values.Length).Where(e => e % 11 == 0 || reference.Weights[e] > 0).ToArray();
        var sparse = new CoordinateTensor<double>(
            reference.Shape, [.. stored.SelectMany(reference.Indices)], [.. stored.Select(e => reference.Values[e])],
            [.. stored.Select(e => reference.Weights[e])]);
        Check(reference, TensorPassBuilder.CreateCp(sparse, false, rank, beta, team), beta, weighted: true, 1e-12);
    }

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(3, 1.0)]
    [InlineData(4, 1.0)]
    [InlineData(5, 1.0)]
    [InlineData(0, 2.0)]
    [InlineData(3, 2.0)]
    [InlineData(2, 2.0)]
    public void Absent_entries_of_sparse_tensors_are_zeros(int shape, double beta)
    {
        var reference = new TensorReference(Shapes[shape], 5, seed: 3, zeros: 0.8);
        using var team = new WorkTeam(2);
        Check(
            reference, TensorPassBuilder.CreateCp(Sparse<double>(reference), true, 5, beta, team), beta,
            weighted: false, 1e-12);
        CheckProducts(reference, TensorPassBuilder.CreateCp(Sparse<double>(reference), true, 5, beta, team), 1e-12);
        Check(
            reference, TensorPassBuilder.CreateCp(Sparse<float>(reference), true, 5, beta, team), beta,
            weighted: false, 2e-5);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.3)]
    public void Threads_change_no_bit_and_a_pass_allocates_nothing(double beta)
    {
        var reference = new TensorReference([40, 33, 70], 6, seed: 4, zeros: 0);
        foreach (var isSparse in new[] { false, true })
        {
            var results = new List<double[]>();
            foreach (var threads in new[] { 1, 2, 5 })
            {
                using var team = new WorkTeam(threads);
                var pass = isSparse
                    ? TensorPassBuilder.CreateCp(Sparse<double>(reference), beta >= 1, 6, beta, team)
                    : TensorPassBuilder.CreateCp(
                        Data<double>(reference, reference.Values), null, reference.Shape, 6, beta, team);
                var factors = Factors<double>(reference);
                var numbers = new List<double> { pass.Objective(factors) };
                for (var target = 0; target < 3; target++)
                {
                    var (negative, positive) = (new Matrix<double>(reference.Shape[target], 6),
                        new Matrix<double>(reference.Shape[target], 6));
                    pass.Gradient(factors, target, negative, positive);
                    numbers.AddRange([.. negative.ToRowMajor(), .. positive.ToRowMajor()]);
                    pass.Product(factors, target, negative);
                    numbers.AddRange(negative.ToRowMajor());
                    if (threads == 1)
                    {
                        Allocation.AssertNone(() =>
                        {
                            pass.Gradient(factors, target, negative, positive);
                            pass.Objective(factors);
                        });
                    }
                }

                results.Add([.. numbers]);
            }

            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
    }

    [Fact]
    public void Wrong_shapes_and_measures_are_errors()
    {
        var reference = new TensorReference([4, 3, 2], 2, seed: 5);
        using var team = new WorkTeam(1);
        var pass = TensorPassBuilder.CreateCp(
            Data<double>(reference, reference.Values), null, reference.Shape, 2, 1, team);
        var (factors, right) = (Factors<double>(reference), new Matrix<double>(3, 2));
        Assert.Throws<ArgumentException>(() => pass.Gradient(factors, 0, right, new Matrix<double>(4, 2)));
        Assert.Throws<ArgumentException>(() => pass.Product(factors, 2, right));
        Assert.Throws<ArgumentException>(() => pass.Objective([factors[0], factors[1]]));
        Assert.Throws<ArgumentException>(() => pass.Objective([factors[1], factors[0], factors[2]]));
        Assert.Throws<ArgumentException>(
            () => TensorPassBuilder.CreateCp(Sparse<double>(reference), true, 2, 0.5, team));
    }

    private static void Check<T>(TensorReference reference, TensorPass<T> pass, double beta, bool weighted, double part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = Factors<T>(reference);
        Close([reference.Objective(beta, weighted)], [pass.Objective(factors)], 10 * part);
        for (var target = 0; target < factors.Length; target++)
        {
            var (negative, positive) = (new Matrix<T>(factors[target].Rows, reference.Rank),
                new Matrix<T>(factors[target].Rows, reference.Rank));
            pass.Gradient(factors, target, negative, positive);
            var expected = reference.Gradient(target, beta, weighted);
            Close(expected.Negative, negative.ToRowMajor(), part);
            Close(expected.Positive, positive.ToRowMajor(), part);
        }
    }

    private static void CheckProducts<T>(TensorReference reference, TensorPass<T> pass, double part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factors = Factors<T>(reference);
        for (var target = 0; target < factors.Length; target++)
        {
            var result = new Matrix<T>(factors[target].Rows, reference.Rank);
            pass.Product(factors, target, result);
            Close(reference.ProductWithData(target), result.ToRowMajor(), part);
            if (target == factors.Length - 1)
                continue;

            // What it keeps serves all targets but the last, until the last factor changes.
            var again = new Matrix<T>(factors[target].Rows, reference.Rank);
            pass.Product(factors, target, again, lastIsUnchanged: true);
            Assert.Equal(result.ToRowMajor(), again.ToRowMajor());
            var doubled = factors[^1].Clone();
            for (var i = 0; i < doubled.Rows; i++)
                doubled[i, 0] *= T.CreateChecked(2);
            pass.Product([.. factors[..^1], doubled], target, again);
            Assert.Equal(
                result.ToRowMajor().Select((x, at) => at % reference.Rank == 0 ? x + x : x), again.ToRowMajor());
        }
    }

    private static void Close<T>(double[] expected, T[] actual, double part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], double.CreateChecked(actual[i]), part * scale);
    }

    private static Matrix<T> Data<T>(TensorReference reference, double[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Matrix<T>.FromRowMajor(
            Array.ConvertAll(values, T.CreateChecked), values.Length / reference.Shape[^1], reference.Shape[^1]);

    private static CoordinateTensor<T> Sparse<T>(TensorReference reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var stored = Enumerable.Range(0, reference.Values.Length).Where(e => reference.Values[e] != 0).ToArray();
        return new(
            reference.Shape, [.. stored.SelectMany(reference.Indices)],
            [.. stored.Select(e => T.CreateChecked(reference.Values[e]))], []);
    }

    private static Matrix<T>[] Factors<T>(TensorReference reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. reference.Factors.Select((factor, n) => Matrix<T>.FromRowMajor(
            Array.ConvertAll(factor, T.CreateChecked), reference.Shape[n], reference.Rank))];
}
