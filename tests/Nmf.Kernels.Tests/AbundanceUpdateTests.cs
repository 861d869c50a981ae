using System.Numerics;

namespace Nmf.Kernels.Tests;

/// <summary>The MM update on the simplex: the conditions of the majoriser's minimum, written from its formula, and
/// descent of the divergence.</summary>
public sealed class AbundanceUpdateTests
{
    public static TheoryData<double> Betas => [-1, 0, 0.5, 1, 1.01, 1.3, 1.5, 1.9, 2, 2.5, 3];

    [Theory]
    [MemberData(nameof(Betas))]
    public void A_row_goes_to_the_minimiser_of_the_majoriser(double beta)
    {
        const int rows = 300, rank = 5;
        var random = new Random(7);
        using var team = new WorkTeam(2);
        var h = new Matrix<double>(rows, rank);
        var negative = new Matrix<double>(rows, rank);
        var positive = new Matrix<double>(rows, rank);
        foreach (var constraint in new[] { SumConstraint.SumToOne, SumConstraint.SumToAtMostOne })
        {
            for (var n = 0; n < rows; n++)
            {
                var shares = Enumerable.Range(0, rank)
                    .Select(k => k == 3 && n % 4 == 0 ? 0 : Math.Pow(random.NextDouble(), 4)).ToArray();
                var (bright, dark) = (Math.Pow(10, random.Next(-6, 7)), Math.Pow(10, random.Next(-6, 7)));
                for (var k = 0; k < rank; k++)
                    (h[n, k], negative[n, k], positive[n, k]) = (shares[k] / shares.Sum(), bright * random.NextDouble(),
                        dark * random.NextDouble());
            }

            var before = h.Clone();
            FactorKernels.AbundanceUpdate(h, negative, positive, beta, constraint, team);
            for (var n = 0; n < rows; n++)
                AssertMinimal(
                    before.Row(n), h.Row(n), negative.Row(n), positive.Row(n), beta,
                    constraint == SumConstraint.SumToAtMostOne);
        }
    }

    [Theory]
    [MemberData(nameof(Betas))]
    public void The_divergence_never_increases(double beta)
    {
        foreach (var constraint in new[] { SumConstraint.SumToOne, SumConstraint.SumToAtMostOne })
        {
            using var team = new WorkTeam(1);
            var problem = new DenseProblem<double>(23, 40, 5, beta, team);
            var negative = new Matrix<double>(40, 5);
            var positive = new Matrix<double>(40, 5);
            for (var n = 0; n < 40; n++)
                problem.H.Row(n).Fill(0.2);
            var previous = problem.Pass.ActivationGradient(
                problem.W, problem.H, negative, positive, withObjective: true);
            for (var i = 0; i < 200; i++)
            {
                FactorKernels.AbundanceUpdate(problem.H, negative, positive, beta, constraint, team);
                var current = problem.Pass.ActivationGradient(
                    problem.W, problem.H, negative, positive, withObjective: true);
                Assert.True(current <= previous * (1 + 1e-12), $"Iteration {i}: {previous:R} -> {current:R}");
                previous = current;
            }
        }
    }

    [Fact]
    public void What_the_others_leave_goes_to_activations_without_a_minimum()
    {
        // β = 1: the third component explains no datum and is the cheapest, so that its majoriser is a line.
        Assert.Equal(
            [0.1, 0.2, 0.7], Updated([0.3, 0.4, 0.3], [1, 1, 0], [4, 3, 1], 1, SumConstraint.SumToOne),
            (a, b) => Math.Abs(a - b) < 1e-12);

        // β = 3: the third component is zero everywhere.
        var third = Updated([0.3, 0.4, 0.3], [1, 1, 0], [4, 4, 0], 3, SumConstraint.SumToOne);
        Assert.Equal([0.15, 0.2, 0.65], third, (a, b) => Math.Abs(a - b) < 1e-12);

        // No component explains anything: everything goes to the cheapest.
        Assert.Equal([0, 1, 0], Updated([0.3, 0.4, 0.3], [0, 0, 0], [4, 3, 5], 1, SumConstraint.SumToOne));
        Assert.Equal([0, 0, 0], Updated([0.3, 0.4, 0.3], [0, 0, 0], [4, 3, 5], 1, SumConstraint.SumToAtMostOne));
    }

    [Fact]
    public void Equal_column_sums_give_the_em_algorithm_of_mixture_proportions()
    {
        double[] h = [0.2, 0.3, 0.5], negative = [1.3, 0.4, 1.1];
        var weights = h.Zip(negative).Select(pair => pair.First * pair.Second).ToArray();
        var updated = Updated(h, negative, [2, 2, 2], 1, SumConstraint.SumToOne);
        Assert.Equal(weights.Select(weight => weight / weights.Sum()), updated, (a, b) => Math.Abs(a - b) < 1e-13);
    }

    [Fact]
    public void Not_a_number_reaches_the_result_and_shapes_are_checked()
    {
        Assert.All(
            Updated([0.5, 0.5], [double.NaN, 1], [1, 1], 1, SumConstraint.SumToOne),
            value => Assert.True(double.IsNaN(value)));
        using var team = new WorkTeam(1);
        var one = new Matrix<double>(1, 2);
        var other = new Matrix<double>(1, 3);
        Assert.Throws<ArgumentException>(
            () => FactorKernels.AbundanceUpdate(one, other, one, 1, SumConstraint.SumToOne, team));
        Assert.Throws<ArgumentException>(
            () => FactorKernels.AbundanceUpdate(one, one, one, 1, SumConstraint.None, team));
    }

    private static double[] Updated(
        double[] h, double[] negative, double[] positive, double beta, SumConstraint constraint)
    {
        using var team = new WorkTeam(1);
        var factor = Matrix<double>.FromRowMajor(h, 1, h.Length);
        var neg = Matrix<double>.FromRowMajor(negative, 1, h.Length);
        var pos = Matrix<double>.FromRowMajor(positive, 1, h.Length);
        FactorKernels.AbundanceUpdate(factor, neg, pos, beta, constraint, team);
        return factor.ToRowMajor();
    }

    private static void AssertMinimal(
        ReadOnlySpan<double> before, ReadOnlySpan<double> after, ReadOnlySpan<double> negative,
        ReadOnlySpan<double> positive, double beta, bool atMost)
    {
        var rank = after.Length;
        var (p, q) = (Math.Max(beta - 1, 0), Math.Min(beta - 2, 0));
        double sum = 0, least = double.PositiveInfinity, most = double.NegativeInfinity, outside =
            double.PositiveInfinity, size = 0;
        for (var k = 0; k < rank; k++)
        {
            sum += after[k];
            if (before[k] == 0)
            {
                Assert.Equal(0, after[k]);
                continue;
            }

            var x = after[k] / before[k];
            var (up, down) = (positive[k] * Math.Pow(x, p), negative[k] * Math.Pow(x, q));
            if (after[k] > 0)
                (least, most, size) = (Math.Min(least, up - down), Math.Max(most, up - down),
                    Math.Max(size, up + down));
            else
                outside = Math.Min(outside, up - down);
        }

        Assert.True(atMost ? sum <= 1 + 1e-12 : Math.Abs(sum - 1) <= 1e-12, $"β = {beta}: the sum is {sum:R}");
        Assert.True(most - least <= 1e-8 * size, $"β = {beta}: slopes from {least:R} to {most:R}");
        Assert.True(
            outside >= most - (1e-8 * size),
            $"β = {beta}: an activation at zero has the slope {outside:R}, others {most:R}");
        if (atMost)
            Assert.True(
                most <= 1e-8 * size && (sum > 1 - 1e-9 || least >= -1e-8 * size),
                $"β = {beta}: the sum is {sum:R}, slopes from {least:R} to {most:R}");
    }
}
