using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>Updates in place against the gradient and the update of a whole factor, with and
/// without momentum.</summary>
public sealed class RowUpdateTests
{
    private static readonly (int Features, int Samples, int Rank)[] Shapes = [
        (97, 49, 17), (193, 101, 65), (30, 530, 33), (361, 120, 49), (5, 700, 4), (20, 13, 300)];

    public static TheoryData<double> Betas => [2, 1, 0, 0.5, 1.5, -1, 3];

    public static TheoryData<double> ConvexBetas => [1, 1.3, 1.5, 2];

    [Theory]
    [MemberData(nameof(Betas))]
    public void An_update_is_that_of_the_gradient_to_the_bit(double beta)
    {
        SameAsGradient<float>(beta, exponent: 1);
        SameAsGradient<double>(beta, exponent: 1);
        SameAsGradient<float>(beta, exponent: 0.5);
        SameAsGradient<double>(beta, exponent: 1.0 / 3);
    }

    [Theory]
    [MemberData(nameof(ConvexBetas))]
    public void Momentum_in_place_is_that_by_way_of_the_gradient(double beta)
    {
        MomentumAgrees<float>(beta);
        MomentumAgrees<double>(beta);
    }

    [Theory]
    [MemberData(nameof(ConvexBetas))]
    public void Momentum_never_makes_a_row_worse(double beta)
    {
        foreach (var weight in new[] { 0.3, 1 })
        {
            using var team = new WorkTeam(1);
            var problem = new DenseProblem<double>(23, 40, 5, beta, team);
            var momentum = new Momentum<double>(40, 5) { Weight = weight };
            var moved = 0;
            for (var i = 0; i < 40; i++)
            {
                var before = RowObjectives(problem);
                var rows = problem.H.ToRowMajor();
                problem.Pass.UpdateActivations(problem.W, problem.H, 1, momentum);
                var after = RowObjectives(problem);
                for (var n = 0; n < after.Length; n++)
                    Assert.True(
                        after[n] <= before[n] * (1 + 1e-12), $"Iteration {i}, row {n}: {before[n]:R} -> {after[n]:R}");
                moved += rows.Zip(problem.H.ToRowMajor()).Count(pair => pair.First != pair.Second);
            }

            // Rows may be kept for an iteration, but not most of them.
            Assert.True(moved > 0.8 * 40 * 40 * 5, $"Only {moved} entries moved.");
        }
    }

    [Fact]
    public void A_row_that_would_become_worse_stays_and_loses_its_momentum()
    {
        // One entry: from 0.25 the update reaches v / w = 1 and remembers a growth of 0.75. Then the dictionary
        // doubles, so that the minimum is 0.5 and the growth leads away from it.
        using var team = new WorkTeam(1);
        var v = Matrix<double>.FromRowMajor([1], 1, 1);
        var w = Matrix<double>.FromRowMajor([1], 1, 1);
        var h = Matrix<double>.FromRowMajor([0.25], 1, 1);
        var pass = DivergencePass<double>.Create(v, 1, 2, team);
        var momentum = new Momentum<double>(1, 1) { Weight = 1 };
        pass.UpdateActivations(w, h, 1, momentum);
        Assert.Equal(1, h[0, 0]);
        w[0, 0] = 2;
        pass.UpdateActivations(w, h, 1, momentum);
        Assert.Equal(1, h[0, 0]);
        pass.UpdateActivations(w, h, 1, momentum);
        Assert.Equal(0.5, h[0, 0]);
    }

    [Fact]
    public void Growth_follows_a_change_of_scale()
    {
        using var team = new WorkTeam(1);
        var plain = new DenseProblem<float>(31, 50, 7, 1, team);
        var scaled = new DenseProblem<float>(31, 50, 7, 1, team);
        var plainMomentum = new Momentum<float>(50, 7) { Weight = 0.8 };
        var scaledMomentum = new Momentum<float>(50, 7) { Weight = 0.8 };
        plain.Pass.UpdateActivations(plain.W, plain.H, 1, plainMomentum);
        scaled.Pass.UpdateActivations(scaled.W, scaled.H, 1, scaledMomentum);
        double[] scale = [2, 1, 0.25, 8, 1, 0.5, 16];
        FactorKernels.ScaleColumns<float>(scaled.H, scale);
        FactorKernels.ScaleColumns<float>(scaled.W, Array.ConvertAll(scale, s => 1 / s));
        scaledMomentum.ScaleColumns(scale);
        plain.Pass.UpdateActivations(plain.W, plain.H, 1, plainMomentum);
        scaled.Pass.UpdateActivations(scaled.W, scaled.H, 1, scaledMomentum);
        FactorKernels.ScaleColumns<float>(scaled.H, Array.ConvertAll(scale, s => 1 / s));
        MatrixAssert.Same(plain.H, scaled.H);
    }

    [Fact]
    public void Momentum_where_it_cannot_be_judged_or_does_not_fit_is_an_error()
    {
        using var team = new WorkTeam(1);
        var divergence = new DenseProblem<float>(5, 6, 2, 0.5, team);
        var exponent = new DenseProblem<float>(5, 6, 2, 1, team);
        var momentum = new Momentum<float>(6, 2);
        var other = new Momentum<float>(7, 2);
        Assert.Throws<ArgumentException>(
            () => divergence.Pass.UpdateActivations(divergence.W, divergence.H, 1, momentum));
        Assert.Throws<ArgumentException>(() => exponent.Pass.UpdateActivations(exponent.W, exponent.H, 0.5, momentum));
        Assert.Throws<ArgumentException>(() => exponent.Pass.UpdateActivations(exponent.W, exponent.H, 1, other));
    }

    private static void SameAsGradient<T>(double beta, double exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        foreach (var (pass, w, h) in Passes<T>(beta, team))
        {
            var expectedH = h.Clone();
            var negativeH = new Matrix<T>(h.Rows, h.Columns);
            var positiveH = new Matrix<T>(h.Rows, h.Columns);
            pass.ActivationGradient(w, h, negativeH, positiveH, withObjective: false);
            FactorKernels.MultiplicativeUpdate(expectedH, negativeH, positiveH, exponent, team);
            pass.UpdateActivations(w, h, exponent);
            MatrixAssert.Same(expectedH, h);

            var expectedW = w.Clone();
            var negativeW = new Matrix<T>(w.Rows, w.Columns);
            var positiveW = new Matrix<T>(w.Rows, w.Columns);
            pass.DictionaryGradient(w, h, negativeW, positiveW);
            FactorKernels.MultiplicativeUpdate(expectedW, negativeW, positiveW, exponent, team);
            pass.UpdateDictionary(w, h, exponent);
            MatrixAssert.Same(expectedW, w);
        }
    }

    private static void MomentumAgrees<T>(double beta)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var team = new WorkTeam(2);
        foreach (var (pass, w, h) in Passes<T>(beta, team))
        {
            var plain = new GradientsOnly<T>(pass);
            var otherW = w.Clone();
            var otherH = h.Clone();
            var momentumH = new Momentum<T>(h.Rows, h.Columns);
            var momentumW = new Momentum<T>(w.Rows, w.Columns);
            var otherMomentumH = new Momentum<T>(h.Rows, h.Columns);
            var otherMomentumW = new Momentum<T>(w.Rows, w.Columns);
            for (var i = 0; i < 6; i++)
            {
                momentumH.Weight = momentumW.Weight = otherMomentumH.Weight = otherMomentumW.Weight = i / 6.0;
                pass.UpdateActivations(w, h, 1, momentumH);
                pass.UpdateDictionary(w, h, 1, momentumW);
                plain.UpdateActivations(otherW, otherH, 1, otherMomentumH);
                plain.UpdateDictionary(otherW, otherH, 1, otherMomentumW);
            }

            MatrixAssert.Same(otherH, h);
            MatrixAssert.Same(otherW, w);
        }
    }

    private static IEnumerable<(DivergencePass<T> Pass, Matrix<T> W, Matrix<T> H)> Passes<T>(double beta, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var (features, samples, rank) in Shapes)
        {
            foreach (var bits in VectorWidths.Accelerated)
            {
                var problem = new DenseProblem<T>(features, samples, rank, beta, team, bits);
                var v = problem.V.Clone();
                yield return (Dense.DensePass.Create(v, rank, beta, team, bits), problem.W.Clone(), problem.H.Clone());
            }

            foreach (var weighted in new[] { false, true })
            {
                var observed = new ObservedProblem<T>(samples, features, rank, 0.4, weighted, zeros: beta > 0);
                yield return (ObservedPassTests.DensePassOf(observed, weighted, beta, team), observed.W.Clone(),
                    observed.H.Clone());
                yield return (observed.SparsePass(beta, weighted, team), observed.W.Clone(), observed.H.Clone());
            }

            if (beta <= 0)
                continue;
            var data = SparseSamples.Sparse<T>(SparseSamples.Counts(samples, features, 0.3, rank));
            var transposed = data.Transpose(team);
            var w = SparseSamples.Dense<T>(SparseSamples.Factor(features, rank, 1));
            var h = SparseSamples.Dense<T>(SparseSamples.Factor(samples, rank, 2));
            yield return (DivergencePass<T>.Create(data, transposed, rank, beta, team), w, h);
        }
    }

    private static double[] RowObjectives(DenseProblem<double> problem)
    {
        var objectives = new double[problem.H.Rows];
        for (var n = 0; n < objectives.Length; n++)
        {
            for (var f = 0; f < problem.W.Rows; f++)
            {
                double y = 0;
                for (var k = 0; k < problem.H.Columns; k++)
                    y += problem.H[n, k] * problem.W[f, k];
                objectives[n] += Divergence(problem.V[n, f], y, problem.Beta);
            }
        }

        return objectives;
    }

    private static double Divergence(double v, double y, double beta) => beta switch
    {
        1 => (v > 0 ? v * Math.Log(v / y) : 0) - v + y,
        2 => 0.5 * (v - y) * (v - y),
        _ => (Math.Pow(v, beta) + ((beta - 1) * Math.Pow(y, beta))
            - (beta * v * Math.Pow(y, beta - 1))) / (beta * (beta - 1)),
    };

    /// <summary>The gradients of another pass, so that updates take the way that every pass has.</summary>
    private sealed class GradientsOnly<T>(DivergencePass<T> inner)
        : DivergencePass<T>(inner.Samples, inner.Features, inner.Beta, inner.Rank, inner.Team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override double ActivationGradient(
            Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
            => inner.ActivationGradient(w, h, negative, positive, withObjective);

        public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
            => inner.DictionaryGradient(w, h, negative, positive);

        public override double JointGradient(
            Matrix<T> w, Matrix<T> h, Matrix<T> negativeH, Matrix<T> positiveH, Matrix<T> negativeW,
            Matrix<T> positiveW, bool withObjective)
            => inner.JointGradient(w, h, negativeH, positiveH, negativeW, positiveW, withObjective);

        public override double Objective(Matrix<T> w, Matrix<T> h) => inner.Objective(w, h);

        public override void ActivationProduct(Matrix<T> w, Matrix<T> result) => inner.ActivationProduct(w, result);

        public override void DictionaryProduct(Matrix<T> h, Matrix<T> result) => inner.DictionaryProduct(h, result);
    }
}
