using System.Globalization;
using System.IO.Compression;
using MLNmf.Tests;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>A fit that starts from a model of part of the data: zeros of its dictionary, and those of the activations
/// inferred from it, say what was not seen, not what cannot be.</summary>
public sealed class ContinuedFitTests
{
    /// <summary>A few iterations more never leave a model worse than it was, whatever is raised in it.</summary>
    [Theory]
    [InlineData(0.0, NmfSolver.Auto)]
    [InlineData(0.5, NmfSolver.Auto)]
    [InlineData(1.0, NmfSolver.Auto)]
    [InlineData(1.0, NmfSolver.MultiplicativeUpdate)]
    [InlineData(1.5, NmfSolver.Auto)]
    [InlineData(2.0, NmfSolver.Auto)]
    [InlineData(2.0, NmfSolver.MultiplicativeUpdate)]
    [InlineData(3.0, NmfSolver.Auto)]
    public void A_model_that_goes_on_is_never_worse_than_it_was(double beta, NmfSolver solver)
    {
        var exact = new double[60 * 20];
        for (var i = 0; i < exact.Length; i++)
            exact[i] = 1 + ((i / 20 % 5) * (i % 20 % 3)) + ((i / 20 % 3) * (i % 20 % 4));
        foreach (var values in new[] { TestData.Positive(60, 20, 4, 3), exact })
        {
            var data = TestData.Dense<double>(values, 60, 20);
            var options = new NmfOptions
            {
                Rank = 4, Problem = beta, Solver = solver, Threads = 1, Seed = 2,
                Iterations = new() { MaximumIterations = 500, Tolerance = 1e-9 },
            };
            var ended = NmfFactorizer.Fit(data, options);
            var start = new NmfStart<double>(ended.Dictionary, ended.Activations);
            var before = NmfFactorizer.Fit(
                data, options with { Iterations = new() { MaximumIterations = 0 } }, start).Report.Objective;
            foreach (var more in new[] { 1, 5, 20 })
            {
                var model = NmfFactorizer.Fit(
                    data, options with { Iterations = new() { MaximumIterations = more, Tolerance = 0 } }, start);
                Assert.True(
                    model.Report.Objective <= before + (1e-6 * before) + 1e-12,
                    $"{more} more: {before} to {model.Report.Objective}");
            }
        }
    }

    private const double Allowed = 1.005;

    /// <summary>Ten data sets, none of which has a single best factorisation by construction: counts as topics have
    /// them (sparse and dense), intensities, power spectra; each with words or bins that the first fifth does not have.
    /// </summary>
    public static TheoryData<string, double, int> Sets => new()
    {
        { "sparse counts", 1, 1 }, { "sparse counts", 1, 2 }, { "sparse counts", 1, 3 }, { "sparse counts", 2, 4 },
        { "dense counts", 1, 5 }, { "dense counts", 2, 6 }, { "dense counts", 1.5, 7 }, { "spectra", 0.5, 8 },
        { "spectra", 0, 9 }, { "spectra", 0, 10 },
    };

    [Theory]
    [MemberData(nameof(Sets))]
    public void It_ends_where_a_fresh_fit_does(string kind, double beta, int seed)
    {
        var data = Make(kind, 300, seed, out var first);
        var options = Options(5, beta);
        AssertAsGood(data, first, options);
    }

    [Fact]
    public void It_ends_where_a_fresh_fit_does_on_handwritten_digits()
    {
        var (data, first) = Digits();
        AssertAsGood(data, first, Options(10, 1));
    }

    [Fact]
    public void A_model_of_a_stream_that_is_brought_up_to_date_learns_what_it_has_not_seen()
    {
        var data = Make("sparse counts", 2000, 11, out var first);
        var options = new OnlineNmfOptions { Rank = 5, Beta = 1, BatchSize = 100, Passes = 5, Tolerance = 0 };
        var fresh = OnlineFactorizer.Fit(NmfBatchSource.FromData(data), options);
        var before = NmfFactorizer.Fit(first, Options(5, 1));
        Assert.Contains(Enumerable.Range(0, data.Features), f => !before.Dictionary.Row(f).ContainsAnyExcept(0f));
        var after = OnlineFactorizer.Fit(
            NmfBatchSource.FromData(data), options with { StartWeight = first.Samples }, before.Dictionary);
        Assert.True(after.Objective <= Allowed * fresh.Objective, $"{after.Objective} against {fresh.Objective}");
    }

    [Theory]
    [InlineData(NmfSolver.MultiplicativeUpdate, 0.0)]
    [InlineData(NmfSolver.MajorizationMinimization, 3.0)]
    [InlineData(NmfSolver.JointMajorizationMinimization, 1.0)]
    [InlineData(NmfSolver.ExtrapolatedMultiplicativeUpdate, 1.0)]
    [InlineData(NmfSolver.Hals, 2.0)]
    [InlineData(NmfSolver.SharedNewton, 1.0)]
    public void No_zero_of_a_start_stays_that_the_data_do_not_want(NmfSolver solver, double beta)
    {
        // Exact data of positive factors: zeros that stayed would keep the objective up.
        var random = new Random(3);
        var (w, h) = (Factor(12, 3, random), Factor(30, 3, random));
        var data = Product(h, w);
        var start = new NmfStart<double>(w.Clone(), h.Clone());
        for (var i = 0; i < 12; i++)
            start.Dictionary[i, i % 3] = 0;
        for (var n = 0; n < 30; n += 2)
            start.Activations![n, 1] = 0;
        var options = Options(3, beta) with
        {
            Solver = solver, Iterations = new() { MaximumIterations = 2000, Tolerance = 0, CheckInterval = 500 },
        };
        var model = NmfFactorizer.Fit(data, options, start);
        Assert.True(model.ExplainedPart > 0.998, $"{model.ExplainedPart}");
        Assert.Equal(0, start.Dictionary[0, 0]);
    }

    [Fact]
    public void Nor_does_one_in_a_fit_of_sequences_or_in_NNDSVD()
    {
        var random = new Random(4);
        var (w, h) = (Factor(12, 3, random), Factor(30, 3, random));
        var data = Product(h, w);
        var start = new NmfStart<double>(w.Clone(), h.Clone());
        for (var i = 0; i < 12; i++)
            start.Dictionary[i, i % 3] = 0;
        var sequences = SmoothNmf.Fit(
            data, new SmoothNmfOptions { Rank = 3, Smoothness = 0, Iterations = new() { MaximumIterations = 300 } },
            start: start);
        Assert.DoesNotContain(0, sequences.Dictionary.ToRowMajor());
        var decomposed = NmfFactorizer.Fit(data, Options(3, 0) with { Initialization = NmfInitialization.Nndsvd });
        Assert.DoesNotContain(0, decomposed.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(NmfSolver.Hals, 2.0)]
    [InlineData(NmfSolver.SharedNewton, 1.0)]
    [InlineData(NmfSolver.MultiplicativeUpdate, 1.0)]
    public void A_component_that_a_model_does_not_use_comes_back(NmfSolver solver, double beta)
    {
        var random = new Random(5);
        var (w, h) = (Factor(5, 5, random), Factor(48, 5, random));
        var data = Product(h, w);
        for (var f = 0; f < 5; f++)
            w[f, 2] = 0;
        var options = Options(5, beta) with
        {
            Solver = solver, Iterations = new() { MaximumIterations = 3000, Tolerance = 0, CheckInterval = 500 },
        };
        var model = NmfFactorizer.Fit(data, options, new NmfStart<double>(w));
        Assert.True(model.Contributions.Min() > 1e-3, string.Join(' ', model.Contributions));
        Assert.True(model.ExplainedPart > 0.9999, $"{model.ExplainedPart}");
    }

    [Fact]
    public void Known_components_keep_their_zeros_and_no_iterations_the_whole_start()
    {
        var random = new Random(6);
        var (w, h) = (Factor(12, 3, random), Factor(30, 3, random));
        var data = Product(h, w);
        w[4, 0] = w[5, 0] = w[6, 2] = 0;
        var known = Options(3, 1) with
        {
            Problem = new BetaNmf(1) { Known = KnownComponents.FromDictionary(Components.Select(w, [0])) },
            Scale = ComponentScale.None,
        };
        var model = NmfFactorizer.Fit(data, known, new NmfStart<double>(w));
        Assert.Equal((0, 0), (model.Dictionary[4, 0], model.Dictionary[5, 0]));
        Assert.NotEqual(0, model.Dictionary[6, 2]);
        var none = Options(3, 1.5) with { Iterations = new() { MaximumIterations = 0 }, Scale = ComponentScale.None };
        Assert.Equal(w.ToRowMajor(), NmfFactorizer.Fit(data, none, new NmfStart<double>(w)).Dictionary.ToRowMajor());
    }

    [Fact]
    public void A_start_of_nothing_but_zeros_is_refused()
    {
        var data = Product(Factor(30, 3, new Random(7)), Factor(12, 3, new Random(8)));
        var (w, h) = (new Matrix<double>(12, 3), new Matrix<double>(30, 3));
        Assert.Contains("start dictionary", Refused(() => NmfFactorizer.Fit(data, Options(3, 1), new(w))));
        Assert.Contains("start dictionary", Refused(() => new OnlineNmf<double>(new() { Rank = 3 }, w).Dispose()));
        Assert.Contains("start dictionary", Refused(() => SmoothNmf.Fit(data, new() { Rank = 3 }, start: new(w))));
        w[0, 0] = 1;
        Assert.Contains("start activations", Refused(() => NmfFactorizer.Fit(data, Options(3, 2), new(w, h))));

        static string Refused(Action fit) => Assert.ThrowsAny<ArgumentException>(fit).Message;
    }

    private static NmfOptions Options(int rank, double beta) => new()
    {
        Rank = rank, Problem = beta, Seed = 1, Iterations = new() { MaximumIterations = 400, Tolerance = 1e-6 },
    };

    private static void AssertAsGood(NmfData<float> data, NmfData<float> first, NmfOptions options)
    {
        var fresh = NmfFactorizer.Fit(data, options);
        var before = NmfFactorizer.Fit(first, options);
        var after = NmfFactorizer.Fit(data, options, new NmfStart<float>(before.Dictionary));
        Assert.True(after.Objective <= Allowed * fresh.Objective, $"{after.Objective} against {fresh.Objective}");
    }

    private static Matrix<double> Factor(int rows, int columns, Random random)
    {
        var factor = new Matrix<double>(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            for (var k = 0; k < columns; k++)
                factor[i, k] = 0.05 + random.NextDouble();
        }

        return factor;
    }

    private static NmfData<double> Product(Matrix<double> h, Matrix<double> w)
    {
        var values = new double[h.Rows * w.Rows];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < w.Columns; k++)
                values[i] += h[i / w.Rows, k] * w[i % w.Rows, k];
        }

        return NmfData<double>.FromDense(values, h.Rows, w.Rows);
    }

    // Sharp components that share some features, Poisson counts or exponential powers; the last component is rare in
    // the first fifth of the samples, and a fifth of the features is not there.
    private static NmfData<float> Make(string kind, int samples, int seed, out NmfData<float> first)
    {
        const int Features = 80;
        const int Rank = 5;
        var random = new Random(seed);
        var w = new double[Features, Rank];
        for (var f = 0; f < Features; f++)
        {
            for (var k = 0; k < Rank; k++)
                w[f, k] = (f % Rank == k || random.NextDouble() < 0.1 ? 1 : 0.01) * -Math.Log(1 - random.NextDouble());
        }

        var values = new double[samples * Features];
        for (var n = 0; n < samples; n++)
        {
            var (early, size) = (n < samples / 5, kind == "sparse counts" ? 1.0 : 10);
            var unseen = kind == "spectra" ? 0.01 : 0;
            var h = new double[Rank];
            for (var k = 0; k < Rank; k++)
                h[k] = (early && k == Rank - 1 ? 0.05 : 1) * Math.Pow(-Math.Log(1 - random.NextDouble()), 2);
            for (var f = 0; f < Features; f++)
            {
                double mean = 0;
                for (var k = 0; k < Rank; k++)
                    mean += size * (early && f >= 4 * Features / 5 ? unseen : 1) * h[k] * w[f, k];
                values[(n * Features) + f] = kind == "spectra"
                    ? 1e-3 + (mean * -Math.Log(1 - random.NextDouble()))
                    : Poisson(mean, random);
            }
        }

        var part = values[..(samples / 5 * Features)];
        first = kind == "sparse counts"
            ? TestData.Sparse<float>(part, samples / 5, Features) : TestData.Dense<float>(part, samples / 5, Features);
        return kind == "sparse counts"
            ? TestData.Sparse<float>(values, samples, Features) : TestData.Dense<float>(values, samples, Features);
    }

    private static int Poisson(double mean, Random random)
    {
        var count = -1;
        for (double time = 0; time <= mean; count++)
            time -= Math.Log(1 - random.NextDouble());
        return count;
    }

    // Every fifth of the handwritten digits is what the model has seen before.
    private static (NmfData<float> All, NmfData<float> First) Digits()
    {
        using var lines = new StreamReader(new GZipStream(
            File.OpenRead(SharedData.Find("images", "digits.csv.gz")), CompressionMode.Decompress));
        double[][] images = [.. lines.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(
            line => line.Split(',')[..64].Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        return (Stored(images), Stored([.. images.Where((_, n) => n % 5 == 0)]));

        static NmfData<float> Stored(double[][] rows)
            => TestData.Sparse<float>([.. rows.SelectMany(row => row)], rows.Length, 64);
    }
}
