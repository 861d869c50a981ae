using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>The dense pass against the definitions: every divergence, precision and vector width, in shapes
/// that fit no block.</summary>
public sealed class DensePassTests
{
    private static readonly (int Features, int Samples, int Rank)[] LargerShapes =
        [(97, 49, 17), (193, 101, 65), (100, 530, 33), (48, 48, 48), (361, 120, 49), (5, 1100, 4), (211, 300, 2),
        (900, 210, 21), (1024, 53, 9)];

    public static TheoryData<double> Betas => [2, 1, 0, 0.5, 1.5, -1, 1.3, 3];

    [Theory]
    [MemberData(nameof(Betas))]
    public void Single_precision_follows_the_definitions(double beta) => FollowsTheDefinitions<float>(beta);

    [Theory]
    [MemberData(nameof(Betas))]
    public void Double_precision_follows_the_definitions(double beta) => FollowsTheDefinitions<double>(beta);

    [Theory]
    [MemberData(nameof(Betas))]
    public void The_gradient_is_that_of_the_objective(double beta)
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            var problem = new DenseProblem<double>(13, 9, 3, beta, team, bits, AvoidZeros);
            problem.JointGradient();
            GradientIsSlope(problem, problem.H, problem.NegativeH, problem.PositiveH);
            GradientIsSlope(problem, problem.W, problem.NegativeW, problem.PositiveW);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Rows_and_columns_of_zeros_stay_finite(double beta)
    {
        foreach (var bits in VectorWidths.Accelerated)
        {
            ZerosStayFinite<float>(beta, bits);
            ZerosStayFinite<double>(beta, bits);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void What_an_earlier_pass_left_in_scratch_does_not_matter(double beta)
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            var fresh = new DenseProblem<float>(61, 67, 19, beta, team, bits);
            var expected = fresh.JointGradient(withObjective: true);
            var used = new DenseProblem<float>(61, 67, 19, beta, team, bits);
            var data = used.V.Clone();
            var w = used.W.Clone();
            var h = used.H.Clone();
            foreach (var matrix in new[] { used.V, used.W, used.H })
                for (var i = 0; i < matrix.Rows; i++)
                    matrix.Row(i).Fill(float.NaN);
            used.JointGradient(withObjective: true);
            data.CopyTo(used.V);
            w.CopyTo(used.W);
            h.CopyTo(used.H);
            Assert.Equal(expected, used.JointGradient(withObjective: true));
            foreach (var (a, b) in fresh.Results().Zip(used.Results()))
                MatrixAssert.Same(a, b);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_row_does_not_see_the_next_one(double beta)
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            // The last vector of a row of 8, 24 or 104 features may reach into the next row, which here is not finite.
            foreach (var (features, rank) in new[] { (8, 1), (8, 17), (24, 8), (104, 20) })
            {
                var clean = new DenseProblem<float>(features, 6, rank, beta, team, bits);
                clean.ActivationGradient();
                var broken = new DenseProblem<float>(
                    features, 6, rank, beta, team, bits, p => p.V.Row(3).Fill(float.NaN));
                broken.ActivationGradient();
                foreach (var n in new[] { 0, 1, 2, 4, 5 })
                {
                    Assert.Equal(clean.NegativeH.Row(n).ToArray(), broken.NegativeH.Row(n).ToArray());
                    Assert.Equal(clean.PositiveH.Row(n).ToArray(), broken.PositiveH.Row(n).ToArray());
                }

                Assert.True(float.IsNaN(broken.NegativeH[3, 0]));
            }
        }
    }

    [Fact]
    public void A_row_of_a_product_does_not_see_the_next_one()
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            // Last components are summed over whole vectors of features.
            foreach (var (features, rank) in new[] { (8, 1), (24, 17), (104, 20), (200, 34) })
            {
                foreach (var samples in new[] { 6, 8 })
                {
                    var clean = new DenseProblem<float>(features, samples, rank, 2, team, bits);
                    clean.Pass.ActivationProduct(clean.W, clean.NegativeH);
                    var broken = new DenseProblem<float>(
                        features, samples, rank, 2, team, bits, p => p.V.Row(3).Fill(float.NaN));
                    broken.Pass.ActivationProduct(broken.W, broken.NegativeH);
                    for (var n = 0; n < samples; n++)
                    {
                        if (n != 3)
                            Assert.Equal(clean.NegativeH.Row(n).ToArray(), broken.NegativeH.Row(n).ToArray());
                    }

                    Assert.True(float.IsNaN(broken.NegativeH[3, 0]));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_model_that_is_not_a_number_is_not_hidden(double beta)
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            var problem = new DenseProblem<float>(30, 4, 3, beta, team, bits, p => p.H[2, 1] = float.NaN);
            Assert.Equal(double.NaN, problem.ActivationGradient(withObjective: true));
            Assert.True(float.IsNaN(beta == 1 ? problem.NegativeH[2, 0] : problem.PositiveH[2, 0]));
        }
    }

    [Fact]
    public void Zeros_in_the_data_make_the_objective_infinite_when_beta_is_not_positive()
    {
        using var team = new WorkTeam(1);
        foreach (var beta in new[] { 0.0, -1.0 })
        {
            var problem = new DenseProblem<float>(20, 5, 2, beta, team, edit: p => p.V[3, 17] = 0);
            Assert.Equal(double.PositiveInfinity, problem.Pass.Objective(problem.W, problem.H));
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void Without_samples_or_features_everything_is_zero(double beta)
    {
        using var team = new WorkTeam(2);
        foreach (var (features, samples) in new[] { (0, 3), (3, 0), (0, 0) })
        {
            var problem = new DenseProblem<float>(features, samples, 20, beta, team);
            foreach (var result in problem.Results())
                for (var i = 0; i < result.Rows; i++)
                    result.Row(i).Fill(7);
            Assert.Equal(0, problem.JointGradient(withObjective: true));
            foreach (var result in problem.Results())
                Assert.All(result.ToRowMajor(), x => Assert.Equal(0, x));
        }
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        using var team = new WorkTeam(1);
        var problem = new DenseProblem<float>(6, 5, 3, 1, team);
        var wrong = new Matrix<float>(5, 2);
        Assert.Throws<ArgumentException>(() => problem.Pass.Objective(problem.H, problem.H));
        Assert.Throws<ArgumentException>(
            () => problem.Pass.ActivationGradient(problem.W, problem.H, wrong, problem.PositiveH, false));
        Assert.Throws<ArgumentException>(
            () => problem.Pass.DictionaryGradient(problem.W, problem.H, problem.NegativeW, wrong));
        Assert.Throws<ArgumentNullException>(() => problem.Pass.ActivationProduct(null!, problem.NegativeH));
        Assert.Throws<ArgumentOutOfRangeException>(() => DivergencePass<float>.Create(problem.V, 0, 1, team));
        Assert.Throws<ArgumentOutOfRangeException>(() => DivergencePass<float>.Create(problem.V, 3, double.NaN, team));
    }

    private static void FollowsTheDefinitions<T>(double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(1);
        for (var size = 1; size <= 70; size++)
        {
            FollowsTheDefinitions<T>(size, 5, 3, beta, team);
            FollowsTheDefinitions<T>(7, size, 3, beta, team);
            FollowsTheDefinitions<T>(11, 9, size, beta, team);
        }

        foreach (var (features, samples, rank) in LargerShapes)
            FollowsTheDefinitions<T>(features, samples, rank, beta, team);
    }

    private static void FollowsTheDefinitions<T>(int features, int samples, int rank, double beta, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Reference? expected = null;
        foreach (var bits in VectorWidths.Accelerated)
        {
            var problem = new DenseProblem<T>(features, samples, rank, beta, team, bits);
            expected ??= problem.Reference();
            FollowsTheDefinitions(problem, expected);
        }
    }

    private static void FollowsTheDefinitions<T>(DenseProblem<T> problem, Reference expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var v = problem.V.Clone();
        var w = problem.W.Clone();
        var h = problem.H.Clone();
        var tolerance = DenseProblem<T>.Tolerance;

        var objective = problem.ActivationGradient(withObjective: true);
        problem.DictionaryGradient();
        MatrixAssert.Close(expected.Objective, objective, tolerance, "objective");
        CheckResults();
        Assert.Equal(objective, problem.Pass.Objective(problem.W, problem.H));
        Assert.Equal(double.NaN, problem.ActivationGradient(withObjective: false));

        problem.ClearResults();
        Assert.Equal(objective, problem.JointGradient(withObjective: true));
        CheckResults();

        problem.Pass.ActivationProduct(problem.W, problem.NegativeH);
        problem.Pass.DictionaryProduct(problem.H, problem.NegativeW);
        MatrixAssert.Close(expected.ProductH, problem.NegativeH, tolerance, "V W");
        MatrixAssert.Close(expected.ProductW, problem.NegativeW, tolerance, "Vᵀ H");

        MatrixAssert.Same(v, problem.V);
        MatrixAssert.Same(w, problem.W);
        MatrixAssert.Same(h, problem.H);

        void CheckResults()
        {
            MatrixAssert.Close(expected.NegativeH, problem.NegativeH, tolerance, "negative H");
            MatrixAssert.Close(expected.PositiveH, problem.PositiveH, tolerance, "positive H");
            MatrixAssert.Close(expected.NegativeW, problem.NegativeW, tolerance, "negative W");
            MatrixAssert.Close(expected.PositiveW, problem.PositiveW, tolerance, "positive W");
        }
    }

    private static void AvoidZeros(DenseProblem<double> problem)
    {
        foreach (var factor in new[] { problem.W, problem.H })
            for (var i = 0; i < factor.Rows; i++)
                foreach (ref var x in factor.Row(i))
                    x += 0.1;
    }

    private static void GradientIsSlope(
        DenseProblem<double> problem, Matrix<double> factor, Matrix<double> negative, Matrix<double> positive)
    {
        for (var i = 0; i < factor.Rows; i++)
        {
            for (var k = 0; k < factor.Columns; k++)
            {
                var x = factor[i, k];
                var step = 1e-5 * x;
                factor[i, k] = x + step;
                var above = problem.Pass.Objective(problem.W, problem.H);
                factor[i, k] = x - step;
                var below = problem.Pass.Objective(problem.W, problem.H);
                factor[i, k] = x;
                var slope = (above - below) / (2 * step);
                Assert.Equal(slope, positive[i, k] - negative[i, k], 1e-6 * (positive[i, k] + negative[i, k]));
            }
        }
    }

    private static void ZerosStayFinite<T>(double beta, int bits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(1);
        var problem = new DenseProblem<T>(35, 29, 5, beta, team, bits, p =>
        {
            p.H.Row(4).Clear();
            p.H.Row(28).Clear();
            p.W.Row(7).Clear();
            for (var i = 0; i < p.W.Rows; i++)
                p.W[i, 2] = T.Zero;
            if (beta > 0)
            {
                p.V.Row(28).Clear();
                p.V.Row(0).Clear();
                for (var n = 0; n < p.V.Rows; n++)
                    p.V[n, 34] = T.Zero;
            }
        });
        var objective = problem.JointGradient(withObjective: true);
        Assert.True(double.IsFinite(objective), $"objective {objective}");
        var expected = problem.Reference();
        MatrixAssert.Close(expected.NegativeH, problem.NegativeH, DenseProblem<T>.Tolerance, "negative H");
        MatrixAssert.Close(expected.PositiveH, problem.PositiveH, DenseProblem<T>.Tolerance, "positive H");
        MatrixAssert.Close(expected.NegativeW, problem.NegativeW, DenseProblem<T>.Tolerance, "negative W");
        MatrixAssert.Close(expected.PositiveW, problem.PositiveW, DenseProblem<T>.Tolerance, "positive W");
        foreach (var result in problem.Results())
            Assert.All(result.ToRowMajor(), x => Assert.True(T.IsFinite(x)));
    }
}
