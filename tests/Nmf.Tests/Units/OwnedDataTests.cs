namespace Nmf.Tests.Units;

/// <summary>Data that nobody else reads are fitted in their own memory, with the bits of a fit of a copy.</summary>
public sealed class OwnedDataTests
{
    private const int Samples = 40;
    private const int Features = 23;

    public static TheoryData<NmfProblem, int> Problems()
    {
        var problems = new TheoryData<NmfProblem, int>();
        foreach (var exponent in new[] { -70, 3, 60 })
        {
            foreach (var problem in new NmfProblem[]
            {
                0, 1, 1.5, 2, new RobustNmf(1, 1), new AbundanceNmf { Sum = AbundanceConstraint.Shaded },
                new BetaNmf(1) { Penalties = [new L2Penalty(1)] },
                new AutomaticRelevance(1) { Dispersion = Math.ScaleB(1, exponent) },
            })
                problems.Add(problem, exponent);
        }

        return problems;
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void The_model_is_that_of_a_copy(NmfProblem problem, int exponent)
    {
        var options = new NmfOptions { Rank = 4, Problem = problem, Iterations = new() { MaximumIterations = 20 } };
        var values = TestData.Positive(Samples, Features, 4, 1);
        Check(() => UnitBits.Scaled<float>(values, Samples, Features, exponent), options);
        if (problem.Entry.AllowsZeros && problem is not AbundanceNmf)
            Check(() => UnitBits.Scaled<float>(values, Samples, Features, exponent, sparse: true), options);

        // Neither goes with weights or missing entries.
        if (problem is AbundanceNmf or RobustNmf)
            return;
        Check(() => UnitBits.Scaled<float>(values, Samples, Features, exponent).WithSampleWeights(
            [.. Enumerable.Range(0, Samples).Select(n => 1f + (n % 3))]), options);
        values[7] = double.NaN;
        Check(() => UnitBits.Scaled<float>(values, Samples, Features, exponent), options);
    }

    private static void Check(Func<NmfData<float>> create, NmfOptions options)
    {
        var copied = NmfFactorizer.Fit(create(), options);
        var own = NmfFactorizer.Fit(create(), options, null, null, null, first: 0, ownsData: true, default);
        Assert.Equal(copied.Dictionary.ToRowMajor(), own.Dictionary.ToRowMajor());
        Assert.Equal(copied.Activations.ToRowMajor(), own.Activations.ToRowMajor());
        Assert.Equal(copied.Objective, own.Objective);
        Assert.Equal(copied.ExplainedPart, own.ExplainedPart);

        var data = create();
        var memory = data.Dense ?? (object)data.Sparse!;
        var inUnit = data.IntoUnit(new FitUnit(Math.ILogB(data.Mean), 0), options.Problem.Entry);
        Assert.Same(memory, inUnit.Dense ?? (object)inUnit.Sparse!);
        Assert.InRange(inUnit.Mean, 1, 2);
    }
}
