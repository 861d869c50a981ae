namespace Nmf.Kernels.Tests;

/// <summary>The steps of binary factorisation on the factors against their definitions.</summary>
public sealed class BernoulliUpdateTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(300, 17)]
    public void Steps_of_both_factors_follow_the_definition(int rows, int rank)
    {
        using var team = new WorkTeam(2);
        var (ones, zeros) = (SparseSamples.Factor(rows, rank, 1), SparseSamples.Factor(rows, rank, 2));
        var h = SparseSamples.Factor(rows, rank, 3);
        var rest = new double[rows, rank];
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < rank; k++)
            {
                h[i, k] /= 1 + h[i, k];
                rest[i, k] = 1 - h[i, k];
            }
        }

        var (dictionary, activations, others) =
            (SparseSamples.Dense<double>(h), SparseSamples.Dense<double>(h), SparseSamples.Dense<double>(rest));
        var (a, b) = (SparseSamples.Dense<double>(ones), SparseSamples.Dense<double>(zeros));
        FactorKernels.BernoulliDictionaryUpdate(dictionary, a, b, team);
        FactorKernels.BernoulliActivationUpdate(activations, others, a, b, 1.5, 1.25, team);
        for (var i = 0; i < rows; i++)
        {
            var sum = Enumerable.Range(0, rank).Sum(k => h[i, k] * (ones[i, k] + zeros[i, k]));
            for (var k = 0; k < rank; k++)
            {
                Assert.Equal(h[i, k] * (ones[i, k] + zeros[i, k]) / sum, dictionary[i, k], 1e-14);
                var (one, zero) = ((h[i, k] * ones[i, k]) + 0.5, (rest[i, k] * zeros[i, k]) + 0.25);
                Assert.Equal(one / (one + zero), activations[i, k], 1e-14);
                Assert.Equal(zero / (one + zero), others[i, k], 1e-14);
            }
        }
    }
}
