using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tests;

/// <summary>Passes over data with missing and weighted entries against the definitions.</summary>
public sealed class ObservedPassTests
{
    private static readonly (int Samples, int Features, int Rank)[] Shapes =
        [(4, 3, 1), (9, 13, 3), (49, 97, 17), (101, 193, 20), (530, 33, 5), (3, 200, 33)];

    public static TheoryData<double> Betas => [2, 1, 0, 0.5, 1.5, -1, 1.3, 3];

    [Theory]
    [MemberData(nameof(Betas))]
    public void Single_precision_follows_the_definitions(double beta) => FollowsTheDefinitions<float>(beta, 2e-5);

    [Theory]
    [MemberData(nameof(Betas))]
    public void Double_precision_follows_the_definitions(double beta) => FollowsTheDefinitions<double>(beta, 1e-11);

    [Theory]
    [MemberData(nameof(Betas))]
    public void The_gradient_is_that_of_the_objective(double beta)
    {
        using var team = new WorkTeam(1);
        var problem = new ObservedProblem<double>(9, 13, 3, missing: 0.4, weighted: true, zeros: false);
        foreach (var pass in new[] { DensePassOf(problem, true, beta, team), problem.SparsePass(
            beta, weighted: true, team) })
        {
            pass.JointGradient(
                problem.W, problem.H, problem.NegativeH, problem.PositiveH, problem.NegativeW, problem.PositiveW,
                false);
            GradientIsSlope(pass, problem, problem.H, problem.NegativeH, problem.PositiveH);
            GradientIsSlope(pass, problem, problem.W, problem.NegativeW, problem.PositiveW);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_mask_of_ones_changes_nothing_but_rounding(double beta)
    {
        using var team = new WorkTeam(2);
        var problem = new ObservedProblem<double>(70, 120, 7, missing: 0, weighted: false, zeros: beta > 0);
        for (var n = 0; n < problem.Dense.Rows; n++)
            foreach (ref var x in problem.Dense.Row(n))
                x = double.IsNaN(x) ? 0.5 : x;
        var plain = DivergencePass<double>.Create(problem.Dense, 7, beta, team);
        var masked = DivergencePass<double>.CreateObserved(problem.Dense, null, [], 0, 7, beta, team);
        var negative = new Matrix<double>(70, 7);
        var positive = new Matrix<double>(70, 7);
        var expected = plain.ActivationGradient(problem.W, problem.H, negative, positive, true);
        MatrixAssert.Close(
            expected, masked.ActivationGradient(problem.W, problem.H, problem.NegativeH, problem.PositiveH, true),
            1e-13, "objective");
        MatrixAssert.Close(MatrixAssert.ToArray(negative), problem.NegativeH, 1e-13, "neg");
        MatrixAssert.Close(MatrixAssert.ToArray(positive), problem.PositiveH, 1e-13, "pos");
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void The_number_of_threads_does_not_change_a_bit(double beta)
    {
        var problem = new ObservedProblem<float>(700, 190, 6, missing: 0.5, weighted: true, zeros: beta > 0);
        foreach (var sparse in new[] { false, true })
        {
            var results = new List<(double Objective, float[] Values)>();
            foreach (var threads in new[] { 1, 2, 5 })
            {
                using var team = new WorkTeam(threads);
                var pass = sparse ? problem.SparsePass(beta, true, team) : DensePassOf(problem, true, beta, team);
                var objective = pass.JointGradient(
                    problem.W, problem.H, problem.NegativeH, problem.PositiveH, problem.NegativeW, problem.PositiveW,
                    true);
                var w = problem.W.Clone();
                var h = problem.H.Clone();
                pass.UpdateActivations(w, h, 0.5);
                pass.UpdateDictionary(w, h, 0.5);
                results.Add((objective, [.. new[] { problem.NegativeH, problem.PositiveH, problem.NegativeW,
                    problem.PositiveW, w, h }.SelectMany(matrix => matrix.ToRowMajor())]));
            }

            Assert.All(results, r => Assert.Equal(results[0].Objective, r.Objective));
            Assert.All(results, r => Assert.Equal(results[0].Values, r.Values));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(1.3)]
    [InlineData(3)]
    public void Sample_weights_multiply_the_terms_of_a_sample(double beta)
    {
        const int samples = 40, features = 33, rank = 4;
        using var team = new WorkTeam(2);
        var problem = new ObservedProblem<double>(samples, features, rank, missing: 0.3, weighted: false, zeros: true);
        var sampleWeights = Enumerable.Range(0, samples).Select(n => n % 5 == 0 ? 0 : 0.5 + (n % 4)).ToArray();

        // Three storages of one problem: absent entries are zeros here.
        var full = new Matrix<double>(samples, features);
        var (v, m) = (new double[samples, features], new double[samples, features]);
        for (var n = 0; n < samples; n++)
        {
            for (var f = 0; f < features; f++)
            {
                full[n, f] = v[n, f] = double.IsNaN(problem.V[n, f]) ? 0 : problem.V[n, f];
                m[n, f] = sampleWeights[n];
            }
        }

        var reference = new ObservedReference(
            v, m, MatrixAssert.ToArray(problem.W), MatrixAssert.ToArray(problem.H), beta, 0);
        var dense = DivergencePass<double>.CreateObserved(full, null, sampleWeights, 0, rank, beta, team);
        var sparse = DivergencePass<double>.CreateSampleWeighted(
            problem.Sparse, problem.Transposed, sampleWeights, rank, beta, team);
        foreach (var pass in new[] { dense, sparse })
            AssertFollows(reference, pass, problem, 1e-11, products: false);
        sparse.ActivationProduct(problem.W, problem.NegativeH);
        dense.ActivationProduct(problem.W, problem.PositiveH);
        for (var n = 0; n < samples; n++)
        {
            if (sampleWeights[n] > 0)
                Assert.Equal(problem.PositiveH[n, 1], problem.NegativeH[n, 1], 1e-12);
        }
    }

    [Fact]
    public void Passes_allocate_nothing()
    {
        using var team = new WorkTeam(1);
        var problem = new ObservedProblem<float>(100, 110, 9, missing: 0.5, weighted: true, zeros: true);
        var weighted = DivergencePass<float>.CreateSampleWeighted(
            problem.Sparse, problem.Transposed, new float[100], 9, 1, team);
        foreach (var pass in new[] { DensePassOf(problem, true, 1, team), problem.SparsePass(1, true, team), weighted })
        {
            Allocation.AssertNone(() =>
            {
                pass.JointGradient(
                    problem.W, problem.H, problem.NegativeH, problem.PositiveH, problem.NegativeW, problem.PositiveW,
                    true);
                pass.ActivationProduct(problem.W, problem.NegativeH);
                pass.DictionaryProduct(problem.H, problem.NegativeW);
                pass.UpdateActivations(problem.W, problem.H, 1);
                pass.UpdateDictionary(problem.W, problem.H, 1);
            });
        }
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused()
    {
        using var team = new WorkTeam(1);
        var problem = new ObservedProblem<float>(10, 11, 2, missing: 0.5, weighted: true, zeros: true);
        var other = new ObservedProblem<float>(10, 11, 2, missing: 0.1, weighted: true, zeros: true);
        var matrix = new Matrix<float>(10, 12);
        Assert.Throws<ArgumentException>(
            () => DivergencePass<float>.CreateObserved(problem.Dense, matrix, [], 0, 2, 1, team));
        Assert.Throws<ArgumentException>(
            () => DivergencePass<float>.CreateObserved(problem.Dense, null, new float[9], 0, 2, 1, team));
        Assert.Throws<ArgumentException>(() => DivergencePass<float>.CreateSampleWeighted(
            problem.Sparse, problem.Transposed, new float[9], 2, 1, team));
        Assert.Throws<ArgumentException>(() => DivergencePass<float>.CreateObserved(
            problem.Sparse, problem.Transposed, other.SparseWeights, other.TransposedWeights, 0, 2, 1, team));
        Assert.Throws<ArgumentException>(() => DivergencePass<float>.CreateObserved(
            problem.Sparse, problem.Transposed, problem.SparseWeights, null, 0, 2, 1, team));
    }

    private static void FollowsTheDefinitions<T>(double beta, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        foreach (var (samples, features, rank) in Shapes)
        {
            foreach (var weighted in new[] { false, true })
            {
                var problem = new ObservedProblem<T>(samples, features, rank, missing: 0.4, weighted, zeros: beta > 0);
                var reference = problem.Reference(beta);
                foreach (var bits in VectorWidths.Accelerated)
                {
                    var dense = DensePassOf(problem, weighted, beta, team, bits);
                    AssertFollows(reference, dense, problem, tolerance, products: true);
                }

                var sparse = problem.SparsePass(beta, weighted, team);
                AssertFollows(reference, sparse, problem, tolerance, products: true);
            }
        }
    }

    internal static DivergencePass<T> DensePassOf<T>(
        ObservedProblem<T> problem, bool weighted, double beta, WorkTeam team, int bits = 512)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var entries = new ObservedEntries<T>(
            problem.Dense.Rows, problem.Dense.Columns, weighted ? problem.Weights : null, [],
            T.CreateChecked(ObservedProblem<T>.Fill));
        return DensePass.CreateObserved(problem.Dense, entries, problem.W.Columns, beta, team, bits);
    }

    private static void AssertFollows<T>(
        ObservedReference reference, DivergencePass<T> pass, ObservedProblem<T> problem, double tolerance,
        bool products)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        MatrixAssert.Close(reference.Objective, pass.Objective(problem.W, problem.H), tolerance, "objective");
        var joint = pass.JointGradient(
            problem.W, problem.H, problem.NegativeH, problem.PositiveH, problem.NegativeW, problem.PositiveW, true);
        AssertGradients(joint);
        pass.DictionaryGradient(problem.W, problem.H, problem.NegativeW, problem.PositiveW);
        AssertGradients(pass.ActivationGradient(problem.W, problem.H, problem.NegativeH, problem.PositiveH, true));
        if (!products)
            return;
        pass.ActivationProduct(problem.W, problem.NegativeH);
        pass.DictionaryProduct(problem.H, problem.NegativeW);
        MatrixAssert.Close(reference.ProductH, problem.NegativeH, tolerance, "V W");
        MatrixAssert.Close(reference.ProductW, problem.NegativeW, tolerance, "Vᵀ H");

        void AssertGradients(double objective)
        {
            MatrixAssert.Close(reference.Objective, objective, tolerance, "objective in a pass");
            MatrixAssert.Close(reference.NegativeH, problem.NegativeH, tolerance, "neg of H");
            MatrixAssert.Close(reference.PositiveH, problem.PositiveH, tolerance, "pos of H");
            MatrixAssert.Close(reference.NegativeW, problem.NegativeW, tolerance, "neg of W");
            MatrixAssert.Close(reference.PositiveW, problem.PositiveW, tolerance, "pos of W");
        }
    }

    private static void GradientIsSlope(
        DivergencePass<double> pass, ObservedProblem<double> problem, Matrix<double> factor, Matrix<double> negative,
        Matrix<double> positive)
    {
        const double step = 1e-5;
        for (var i = 0; i < factor.Rows; i++)
        {
            for (var k = 0; k < factor.Columns; k++)
            {
                var x = factor[i, k];
                factor[i, k] = x + step;
                var above = pass.Objective(problem.W, problem.H);
                factor[i, k] = x - step;
                var below = pass.Objective(problem.W, problem.H);
                factor[i, k] = x;
                var gradient = positive[i, k] - negative[i, k];
                Assert.Equal(
                    (above - below) / (2 * step), gradient,
                    1e-5 * (1 + Math.Abs(positive[i, k]) + Math.Abs(negative[i, k])));
            }
        }
    }
}
