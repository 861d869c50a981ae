using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Scenes with fewer materials than were asked for, or with hardly any light: the searches for a start find
/// no simplex, and a fit is made all the same.</summary>
public sealed class DegenerateSceneTests
{
    private const int Samples = 60;
    private const int Features = 20;

    public static IEnumerable<TheoryDataRow<string, int, AbundanceConstraint>> Cases =>
        from scene in new[] { "one material", "two materials", "two materials, mixed", "one lit pixel",
            "three lit pixels", "every second pixel lit" }
        from rank in new[] { 2, 3, 4 }
        from sum in new[] { AbundanceConstraint.Auto, AbundanceConstraint.SumToOne, AbundanceConstraint.Shaded }
        select new TheoryDataRow<string, int, AbundanceConstraint>(scene, rank, sum);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_scene_without_a_simplex_is_fitted(string scene, int rank, AbundanceConstraint sum)
    {
        var values = Values(scene);
        Check(NmfFactorizer.Fit(NmfData<double>.FromDense(values, Samples, Features), Options(rank, sum)));
        Check(NmfFactorizer.Fit(
            NmfData<float>.FromDense(Array.ConvertAll(values, x => (float)x), Samples, Features), Options(rank, sum)));

        void Check<T>(NmfModel<T> model)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            for (var n = 0; n < Samples; n++)
            {
                double total = 0;
                foreach (var share in model.Activations.Row(n))
                    total += double.CreateChecked(share);
                Assert.Equal(1, total, 1e-5);
            }

            Assert.All(model.Dictionary.ToRowMajor(), x => Assert.True(x >= T.Zero && T.IsFinite(x)));
            Assert.True(double.IsFinite(model.Objective));
            if (scene.StartsWith("one material", StringComparison.Ordinal)
                || scene.StartsWith("two materials", StringComparison.Ordinal))
                Assert.True(model.ExplainedPart > 0.999, $"{model.ExplainedPart}");
        }
    }

    private static NmfOptions Options(int rank, AbundanceConstraint sum)
        => new()
        {
            Rank = rank, Problem = new AbundanceNmf { Sum = sum }, Iterations = new() { MaximumIterations = 50 }
        };

    private static double[] Values(string scene)
    {
        var random = new Random(2);
        var values = new double[Samples * Features];
        for (var i = 0; i < values.Length; i++)
        {
            var (n, f) = (i / Features, i % Features);
            double first = 0.3 + (0.01 * f), second = 0.7 - (0.02 * f), share = n / (Samples - 1.0);
            values[i] = scene switch
            {
                "one material" => first,
                "two materials" => n % 2 == 0 ? first : second,
                "two materials, mixed" => (share * first) + ((1 - share) * second),
                "one lit pixel" => n == 7 ? first : 0,
                "three lit pixels" => n == f && n < 3 ? 1 : 0,
                _ => n % 2 == 0 ? random.NextDouble() : 0,
            };
        }

        return values;
    }
}
