using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>exp ψ, ψ and log Γ beside SciPy, for every number of them up to a chunk.</summary>
public sealed unsafe class GammaMathTests
{
    private static readonly GammaValues Golden = MarginalGoldens.Values.Gamma;

    [Fact]
    public void Digamma_and_log_gamma_are_those_of_SciPy()
    {
        var (psi, logGamma) = DigammaAndLogGamma(Golden.Arguments);
        for (var i = 0; i < psi.Length; i++)
        {
            var x = Golden.Arguments[i];
            AssertNear(Golden.Digamma[i], psi[i], 2e-15 * Math.Max(1, 1 / x), $"psi({x:R})");
            AssertNear(Golden.LogGamma[i], logGamma[i], 4e-15 * Math.Max(1, x), $"log Gamma({x:R})");
        }
    }

    [Fact]
    public void The_geometric_mean_is_the_exponential_of_digamma()
    {
        var result = ExpDigamma(Golden.Arguments);
        for (var i = 0; i < result.Length; i++)
        {
            var (x, expected) = (Golden.Arguments[i], Math.Exp(Golden.Digamma[i]));
            AssertNear(expected, result[i], 4e-15 * Math.Max(1, 1 / x), $"exp psi({x:R})");
        }

        Assert.All(ExpDigamma([0, 1e-5]), value => Assert.InRange(value, 1e-307, 1e-300));
    }

    [Fact]
    public void Single_precision_follows()
    {
        var result = ExpDigamma(Array.ConvertAll(Golden.Arguments, x => (float)x));
        for (var i = 0; i < result.Length; i++)
        {
            var (x, expected) = (Golden.Arguments[i], Math.Exp(Golden.Digamma[i]));
            AssertNear(expected, result[i], 2e-6 * Math.Max(1, 1 / x), $"exp psi({x:R})");
        }
    }

    [Fact]
    public void Any_number_of_them_is_computed()
    {
        var all = ExpDigamma(Golden.Arguments);
        for (var count = 1; count < 20; count++)
        {
            foreach (var (whole, part) in all.Zip(ExpDigamma(Golden.Arguments[..count])))
                Assert.Equal(whole, part, 1e-14 * whole);
            var (psi, logGamma) = DigammaAndLogGamma(Golden.Arguments[..count]);
            Assert.True(Array.TrueForAll(psi, double.IsFinite) && Array.TrueForAll(logGamma, double.IsFinite));
        }
    }

    private static void AssertNear(double expected, double actual, double tolerance, string what)
        => Assert.True(
            Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{what} is {actual:R}, not {expected:R}");

    private static (double[] Digamma, double[] LogGamma) DigammaAndLogGamma(double[] x)
    {
        var (psi, logGamma) = (new double[x.Length], new double[x.Length]);
        fixed (double* from = x, first = psi, second = logGamma)
            GammaMath<double>.DigammaAndLogGamma(from, first, second, x.Length);
        return (psi, logGamma);
    }

    private static T[] ExpDigamma<T>(T[] x)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var result = new T[x.Length + 1];
        result[^1] = T.NegativeOne;
        fixed (T* from = x, to = result)
            GammaMath<T>.ExpDigamma(from, to, x.Length);
        Assert.Equal(T.NegativeOne, result[^1]);
        return result[..^1];
    }
}
