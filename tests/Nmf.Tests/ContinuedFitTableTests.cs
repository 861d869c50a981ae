using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Starts from which a fit must find what they do not have: features and samples that are new to them,
/// components that are zero or copies of others. A fit from one of them ends no higher, by more than half a per cent,
/// than the highest of four fits without a start: one from singular vectors and three from random factors.</summary>
public sealed class ContinuedFitTableTests
{
    private const double Allowed = 1.005;
    private const int Features = 18;

    public static TheoryData<string, double, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, double, bool>();
            string[] kinds = ["disjoint", "parallel and disjoint", "one column", "all the same", "rank one"];
            foreach (var kind in kinds)
            {
                foreach (var beta in new[] { 0, 0.5, 1, 1.5, 2, 3 })
                {
                    rows.Add(kind, beta, false);
                    if (beta > 0)
                        rows.Add(kind, beta, true);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_fit_finds_what_its_start_does_not_have(string kind, double beta, bool sparse)
    {
        var (values, samples, features, start) = Make(kind, beta, sparse);
        var data = Stored(values, samples, features, sparse);
        var options = Options(start.Columns, beta);
        var fresh = Enumerable.Range(0, 4).Max(seed => NmfFactorizer.Fit(
            data,
            options with
            {
                Seed = seed, Initialization = seed == 0 ? NmfInitialization.Auto : NmfInitialization.Random,
            }).Objective);
        var model = NmfFactorizer.Fit(data, options, new NmfStart<float>(start));
        Assert.True(model.Objective <= Allowed * fresh, $"{model.Objective} against {fresh}");
        Assert.DoesNotContain(Enumerable.Range(0, features), f => !model.Dictionary.Row(f).ContainsAnyExcept(0f));
        Assert.DoesNotContain(Enumerable.Range(0, samples), n => !model.Activations.Row(n).ContainsAnyExcept(0f));
    }

    [Theory]
    [InlineData("disjoint", 1)]
    [InlineData("disjoint", 2)]
    [InlineData("one column", 0)]
    [InlineData("one column", 1)]
    [InlineData("one column", 2)]
    [InlineData("all the same", 0.5)]
    [InlineData("all the same", 1)]
    [InlineData("rank one", 1)]
    [InlineData("rank one", 2)]
    public void So_does_a_stream(string kind, double beta)
    {
        var (values, samples, features, start) = Make(kind, beta, sparse: false);
        var source = NmfBatchSource.FromData(Stored(values, samples, features, sparse: false));
        var options = new OnlineNmfOptions
        {
            Rank = start.Columns, Beta = beta, BatchSize = 25, Passes = 30, Tolerance = 0, StartWeight = 1, Seed = 1,
        };

        // These end anywhere between 77 and 130 for one of the cases: four would not have seen how far.
        var fresh = Enumerable.Range(0, 12).Max(seed => OnlineFactorizer.Fit(
            source,
            options with
            {
                Seed = seed, Initialization = seed == 0 ? NmfInitialization.Auto : NmfInitialization.Random,
            }).Objective);
        var model = OnlineFactorizer.Fit(source, options, start);
        Assert.True(model.Objective <= 1.05 * fresh, $"{model.Objective} against {fresh}");
    }

    [Fact]
    public void What_is_given_to_a_start_has_the_unit_of_the_data()
    {
        foreach (var kind in new[] { "disjoint", "one column", "all the same" })
        {
            foreach (var beta in new[] { 0.5, 1, 2 })
            {
                var (values, samples, features, start) = Make(kind, beta, sparse: false);
                NmfModel<float> Fit(double unit) => NmfFactorizer.Fit(
                    Stored(Array.ConvertAll(values, v => v * unit), samples, features, sparse: false),
                    Options(start.Columns, beta) with { Iterations = new() { MaximumIterations = 20 } },
                    new NmfStart<float>(start));
                var (one, far) = (Fit(1), Fit(Math.Pow(2, 40)));
                Assert.Equal(one.Dictionary.ToRowMajor(), far.Dictionary.ToRowMajor());
                Assert.Equal(
                    one.Activations.ToRowMajor().Select(h => h * MathF.Pow(2, 40)), far.Activations.ToRowMajor());
            }
        }
    }

    [Fact]
    public void Copies_of_known_components_become_others_and_known_ones_stay()
    {
        var (values, samples, features, start) = Make("all the same", 1, sparse: false);
        var known = Options(start.Columns, 1) with
        {
            Problem = new BetaNmf(1) { Known = KnownComponents.FromDictionary(Components.Select(start, [0])) },
        };
        var data = Stored(values, samples, features, sparse: false);
        var model = NmfFactorizer.Fit(data, known, new NmfStart<float>(start));
        Assert.Equal(Column(start, 0), Column(model.Dictionary, 0));
        var fresh = NmfFactorizer.Fit(data, known);
        Assert.True(model.Objective <= Allowed * fresh.Objective, $"{model.Objective} against {fresh.Objective}");

        static float[] Column(Matrix<float> w, int k) => [.. Enumerable.Range(0, w.Rows).Select(f => w[f, k])];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_large_cell_ends_no_fit_and_leaves_an_objective_that_is_right(bool sparse)
    {
        foreach (var cell in new[] { 1e4, 1e5, 1e6, 1e9 })
        {
            for (var seed = 1; seed <= 60; seed++)
            {
                var values = Noisy(30, 4, seed, sparse ? 0.8 : 0);
                values[40] = cell;
                var model = NmfFactorizer.Fit(
                    Stored(values, 30, Features, sparse),
                    new NmfOptions
                    {
                        Rank = 5, Problem = 2, Initialization = NmfInitialization.Random, Seed = seed,
                        Iterations = new() { MaximumIterations = 100 },
                    });
                Assert.All(model.Report.History, point => Assert.True(point.Objective >= 0));

                // Above that the rounding of an entry of the factors is more than all other cells.
                if (cell > 1e6)
                    continue;
                double expected = 0;
                for (var i = 0; i < values.Length; i++)
                {
                    double y = 0;
                    for (var k = 0; k < 5; k++)
                        y += (double)model.Activations[i / Features, k] * model.Dictionary[i % Features, k];
                    expected += 0.5 * Math.Pow((float)values[i] - y, 2);
                }

                Assert.Equal(expected, model.Objective, 0.02 * expected);
            }
        }
    }

    private static NmfOptions Options(int rank, double beta) => new()
    {
        Rank = rank, Problem = beta, Threads = 1, Iterations = new() { MaximumIterations = 500, Tolerance = 1e-6 },
    };

    private static NmfData<float> Stored(double[] values, int samples, int features, bool sparse) => sparse
        ? TestData.Sparse<float>(values, samples, features) : TestData.Dense<float>(values, samples, features);

    private static (double[] Values, int Samples, int Features, Matrix<float> Start) Make(
        string kind, double beta, bool sparse)
    {
        if (kind.EndsWith("disjoint", StringComparison.Ordinal))
        {
            double[] blocks = [1, 1, 0, 0, 2, 2, 0, 0, 0, 0, 1, 1, 0, 0, 2, 3];
            float[] first = kind == "disjoint" ? [1, 0.5f, 1, 2, 0, 0, 0, 0] : [1, 1, 1, 1, 0, 0, 0, 0];
            return (
                Array.ConvertAll(blocks, v => beta > 0 ? v : v + 0.01), 4, 4, Matrix<float>.FromRowMajor(first, 4, 2));
        }

        var start = new Matrix<float>(Features, kind == "rank one" ? 5 : 4);
        var values = Noisy(kind == "rank one" ? 80 : 60, start.Columns, 21, zeros: 0);
        if (kind == "rank one")
        {
            double[] before = new double[20 * Features];
            for (var i = 0; i < before.Length; i++)
                before[i] = ((i % Features * 7 % 5) + 0.1) * (1 + (i / Features % 4));
            start = NmfFactorizer.Fit(Stored(before, 20, Features, sparse), Options(5, beta)).Dictionary;
            values = [.. before, .. values];
        }

        for (var f = 0; f < Features && kind != "rank one"; f++)
        {
            for (var k = 0; k < (kind == "one column" ? 1 : 4); k++)
                start[f, k] = kind == "one column" ? 1 : (1 + (f % 3)) * (k + 1);
        }

        return (beta > 0 ? values : Array.ConvertAll(values, v => v + 0.01), values.Length / Features, Features, start);
    }

    // Sparse factors, and noise that multiplies.
    private static double[] Noisy(int samples, int rank, int seed, double zeros)
    {
        var random = new Random(seed);
        var w = Enumerable.Range(0, Features * rank).Select(
            _ => random.NextDouble() < 0.4 ? 0 : random.NextDouble()).ToArray();
        var h = Enumerable.Range(0, samples * rank).Select(
            _ => random.NextDouble() < 0.3 ? 0 : -Math.Log(1 - random.NextDouble())).ToArray();
        var values = new double[samples * Features];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < rank; k++)
                values[i] += w[(i % Features * rank) + k] * h[(i / Features * rank) + k];
            values[i] *= random.NextDouble() < zeros ? 0 : 0.5 + random.NextDouble();
        }

        return values;
    }
}
