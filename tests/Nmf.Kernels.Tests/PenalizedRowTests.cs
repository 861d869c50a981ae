namespace Nmf.Kernels.Tests;

/// <summary>Rows with a penalty: the result is a minimum of the penalised objective, whatever the scale of the row and
/// of the dictionary.</summary>
public sealed class PenalizedRowTests
{
    private const int Features = 23;
    private const int Rank = 4;

    public static TheoryData<double, double, string> Problems
    {
        get
        {
            var data = new TheoryData<double, double, string>();
            foreach (var beta in new[] { 0, 0.5, 1, 1.5, 2, 3 })
            {
                foreach (var scale in new[] { 1e-3, 1, 3e4 })
                {
                    foreach (var kind in new[] { "linear", "quadratic", "both", "groups" })
                        data.Add(beta, scale, kind);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void The_result_is_a_minimum_of_the_penalised_objective(double beta, double scale, string kind)
    {
        var random = new Random(7);
        var w = new Matrix<double>(Features, Rank);
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
                w[f, k] = Math.Pow(random.NextDouble(), 3) * (k + 0.3);
        }

        var v = Enumerable.Range(0, Features)
            .Select(f => scale * ((w[f, 0] * 2) + w[f, 2] + (0.2 * random.NextDouble()) + 0.01)).ToArray();
        var penalty = Penalty(kind, beta, scale);
        var options =
            new RowSolverOptions { Beta = beta, Tolerance = 1e-8, MaximumIterations = 200_000, Penalty = penalty };
        var rows = new RowSolver<double>(w, options);
        var h = new double[Rank];
        rows.Solve(v, h, rows.CreateScratch());

        var plainOptions = options with { Penalty = null };
        var plainRows = new RowSolver<double>(w, plainOptions);
        var plain = new double[Rank];
        plainRows.Solve(v, plain, plainRows.CreateScratch());

        var best = Objective(w, v, h, beta, penalty);
        Assert.True(
            best < Objective(w, v, plain, beta, penalty), "The penalty makes no difference: the test proves nothing.");
        for (var k = 0; k < Rank; k++)
        {
            foreach (var step in new[] { -1e-2 * h.Max(), 1e-2 * h.Max() })
            {
                var moved = (double[])h.Clone();
                moved[k] = Math.Max(0, moved[k] + step);

                // Multiplicative updates come near zero, not to it: what is left there is worth less than this.
                Assert.True(
                    Objective(w, v, moved, beta, penalty) >= best - (1e-7 * Math.Abs(best)),
                    $"Component {k} {step:G2}");
            }
        }
    }

    [Fact]
    public void Impossible_penalties_are_refused()
    {
        var w = new Matrix<float>(3, 2);
        AssertRefused(new RowPenalty { Linear = [1.0] }, "1 weights for 2 components");
        AssertRefused(new RowPenalty { Quadratic = [1, -1] }, "component 1 is -1");
        AssertRefused(new RowPenalty { Groups = [new([0, 2], [1, 1], 1, 1)] }, "outside 0..1");
        AssertRefused(new RowPenalty { Groups = [new([0], [1], 1, 0)] }, "offset");

        void AssertRefused(RowPenalty penalty, string message)
            => Assert.Contains(
                message, Assert.Throws<ArgumentException>(
                    () => new RowSolver<float>(w, new RowSolverOptions { Beta = 1, Penalty = penalty })).Message,
                StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_enough_weight_leaves_nothing()
    {
        var w = Matrix<double>.FromRowMajor([1, 2, 3, 1], 2, 2);
        var rows = new RowSolver<double>(
            w, new RowSolverOptions { Beta = 2, Penalty = new RowPenalty { Linear = [1e3, 1e3] } });
        var h = new double[2];
        rows.Solve([5, 7], h, rows.CreateScratch());
        Assert.Equal([0, 0], h);
    }

    // Weights of the size of the gradient, so that they matter at every scale.
    private static RowPenalty Penalty(string kind, double beta, double scale)
    {
        var (linear, quadratic) = (0.3 * Math.Pow(scale, beta - 1), 0.3 * Math.Pow(scale, beta - 2));
        return kind switch
        {
            "linear" => new RowPenalty { Linear = [linear, 2 * linear, 0, linear] },
            "quadratic" => new RowPenalty { Quadratic = [quadratic, 0, 2 * quadratic, quadratic] },
            "both" => new RowPenalty { Linear = [linear, linear, linear, 0], Quadratic = [
                quadratic, 0, quadratic, quadratic] },
            _ => new RowPenalty { Groups = [new([0, 1], [1, 2], Math.Pow(scale, beta), scale),
                new([2, 3], [1, 0.5], 0.5 * Math.Pow(scale, beta), scale)] },
        };
    }

    private static double Objective(Matrix<double> w, double[] v, double[] h, double beta, RowPenalty penalty)
    {
        double value = 0;
        for (var f = 0; f < v.Length; f++)
        {
            var y = Enumerable.Range(0, Rank).Sum(k => w[f, k] * h[k]);
            value += Divergence(v[f], y, beta);
        }

        value += penalty.Linear.Select((weight, k) => weight * h[k])
            .Sum() + penalty.Quadratic.Select((weight, k) => weight * h[k] * h[k] / 2).Sum();
        foreach (var group in penalty.Groups)
            value += group.Weight * Math.Log(
                1 + (group.Components.Select((k, i) => group.Scales[i] * h[k]).Sum() / group.Offset));
        return value;
    }

    private static double Divergence(double x, double y, double beta) => beta switch
    {
        0 => (x / y) - Math.Log(x / y) - 1,
        1 => (x * Math.Log(x / y)) - x + y,
        _ => (Math.Pow(x, beta) + ((beta - 1) * Math.Pow(y, beta))
            - (beta * x * Math.Pow(y, beta - 1))) / (beta * (beta - 1)),
    };
}
