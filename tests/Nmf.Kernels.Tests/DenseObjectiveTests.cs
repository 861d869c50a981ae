namespace Nmf.Kernels.Tests;

/// <summary>The objective where naive formulas lose their digits: fits that are nearly exact.</summary>
public sealed class DenseObjectiveTests
{
    [Theory]
    [InlineData(2, 1e-3)]
    [InlineData(1, 1e-3)]
    [InlineData(0, 1e-3)]
    [InlineData(0.5, 1e-3)]
    [InlineData(1.5, 1e-3)]
    [InlineData(1.3, 1e-3)]
    [InlineData(-1, 1e-3)]
    [InlineData(3, 1e-3)]
    [InlineData(2, 1e-1)]
    [InlineData(1, 1e-1)]
    [InlineData(0, 1e-1)]
    [InlineData(1.3, 1e-1)]
    public void Double_keeps_twelve_digits_of_a_nearly_exact_fit(double beta, double noise)
    {
        using var team = new WorkTeam(1);
        foreach (var bits in VectorWidths.Accelerated)
        {
            var problem = new DenseProblem<double>(70, 90, 4, beta, team, bits, p => NearlyFit(p, noise));
            MatrixAssert.Close(
                problem.Reference().Objective, problem.Pass.Objective(problem.W, problem.H), 1e-12, $"{bits} bits");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.3)]
    public void Single_keeps_four_digits_of_a_fit_to_one_percent(double beta)
    {
        using var team = new WorkTeam(1);
        var problem = new DenseProblem<float>(300, 200, 6, beta, team, edit: p => NearlyFit(p, 1e-2));
        MatrixAssert.Close(
            problem.Reference().Objective, problem.Pass.Objective(problem.W, problem.H), 1e-4, "objective");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.3)]
    [InlineData(-1)]
    public void Data_equal_to_the_model_cost_nothing(double beta)
    {
        using var team = new WorkTeam(1);
        var problem = new DenseProblem<float>(21, 33, 1, beta, team, edit: p =>
        {
            for (var n = 0; n < p.V.Rows; n++)
                p.H[n, 0] = n + 1;
            for (var f = 0; f < p.V.Columns; f++)
                p.W[f, 0] = f + 1;
            for (var n = 0; n < p.V.Rows; n++)
                for (var f = 0; f < p.V.Columns; f++)
                    p.V[n, f] = p.H[n, 0] * p.W[f, 0];
        });
        Assert.Equal(0, problem.Pass.Objective(problem.W, problem.H));
    }

    private static void NearlyFit<T>(DenseProblem<T> problem, double noise)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(3);
        for (var n = 0; n < problem.V.Rows; n++)
            problem.H[n, 0] += T.CreateChecked(0.2);
        for (var f = 0; f < problem.V.Columns; f++)
            problem.W[f, 0] += T.CreateChecked(0.2);
        for (var n = 0; n < problem.V.Rows; n++)
        {
            for (var f = 0; f < problem.V.Columns; f++)
            {
                double y = 0;
                for (var k = 0; k < problem.W.Columns; k++)
                    y += double.CreateChecked(problem.H[n, k]) * double.CreateChecked(problem.W[f, k]);
                problem.V[n, f] = T.CreateChecked(y * (1 + (noise * ((2 * random.NextDouble()) - 1))));
            }
        }
    }
}
