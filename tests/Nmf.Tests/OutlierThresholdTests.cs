using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>λ of the outlier term taken from the data.</summary>
public sealed class OutlierThresholdTests
{
    private const int Samples = 200;
    private const int Features = 24;

    [Theory]
    [InlineData(2.0, OutlierKind.Samples)]
    [InlineData(1.0, OutlierKind.Samples)]
    [InlineData(2.0, OutlierKind.Entries)]
    [InlineData(1.0, OutlierKind.Entries)]
    public void Of_few_outliers_all_are_found_and_hardly_a_good_sample(double beta, OutlierKind kind)
    {
        var data = NmfData<double>.FromMatrix(Spiked(0.05, beta));
        var model = NmfFactorizer.Fit(data, Options(beta, null, kind));
        var lambda = ((RobustNmf)model.Options.Problem).Lambda!.Value;
        var norms = model.OutlierNorms;
        var outliers = Enumerable.Range(0, Samples).Where(IsOutlier).ToArray();
        Assert.NotEmpty(outliers);
        var threshold = 0.2 * outliers.Min(n => norms[n]);
        Assert.True(threshold > 0.5 * lambda, $"lambda {lambda}, norms from {threshold}");
        var alarms = Enumerable.Range(0, Samples).Count(n => !IsOutlier(n) && norms[n] > threshold);
        Assert.True(alarms <= 0.03 * Samples, $"{alarms} good samples");
    }

    [Fact]
    public void Without_outliers_hardly_a_sample_has_an_outlier_part()
    {
        var model = NmfFactorizer.Fit(
            NmfData<double>.FromMatrix(Spiked(0, 2)), Options(2, null, OutlierKind.Samples));
        Assert.True(model.OutlierNorms.Count(norm => norm > 1e-3) <= 0.02 * Samples);
    }

    [Fact]
    public void The_number_found_is_that_of_the_fit_whatever_the_threads_and_a_start_of_ones_own_is_kept()
    {
        var data = NmfData<float>.FromMatrix(Single(Spiked(0.05, 1)));
        var options = Options(1, null, OutlierKind.Samples);
        var (one, three) = (NmfFactorizer.Fit(data, options with { Threads = 1 }),
            NmfFactorizer.Fit(data, options with { Threads = 3 }));
        Assert.Equal(one.Options.Problem, three.Options.Problem);
        Assert.Equal(one.Dictionary.ToRowMajor(), three.Dictionary.ToRowMajor());
        Assert.Equal(one.OutlierNorms, three.OutlierNorms);

        var lambda = ((RobustNmf)one.Options.Problem).Lambda;
        var start = new NmfStart<float>(one.Dictionary, one.Activations);
        var given = NmfFactorizer.Fit(data, Options(1, lambda, OutlierKind.Samples), start);
        Assert.Equal(given.Dictionary.ToRowMajor(), NmfFactorizer.Fit(data, options, start).Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void It_has_the_unit_of_the_data(double beta)
    {
        var values = Single(Spiked(0.05, beta));
        var one = NmfFactorizer.Fit(NmfData<float>.FromMatrix(values), Options(beta, null, OutlierKind.Samples));
        for (var n = 0; n < Samples; n++)
        {
            foreach (ref var value in values.Row(n))
                value = MathF.ScaleB(value, -71);
        }

        var small = NmfFactorizer.Fit(NmfData<float>.FromMatrix(values), Options(beta, null, OutlierKind.Samples));
        Assert.Equal(((RobustNmf)one.Options.Problem).Lambda!.Value * Math.Pow(2, -71 * (beta - 1)),
            ((RobustNmf)small.Options.Problem).Lambda!.Value,
            1e-15 * ((RobustNmf)small.Options.Problem).Lambda!.Value);
        Assert.Equal(one.Dictionary.ToRowMajor(), small.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Less_noise_gives_a_smaller_number_whatever_the_seed(double beta)
    {
        foreach (var seed in new[] { 0, 5 })
        {
            double Lambda(double noise)
            {
                var options = Options(beta, null, OutlierKind.Samples) with { Seed = seed };
                var model = NmfFactorizer.Fit(NmfData<double>.FromMatrix(Noisy(noise)), options);
                return ((RobustNmf)model.Options.Problem).Lambda!.Value;
            }

            var (much, little) = (Lambda(0.05), Lambda(1e-3));
            Assert.True(little < much / 4, $"{little} for a fiftieth of the noise of {much}");
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Samples_of_nothing_tell_nothing(double beta)
    {
        var values = Spiked(0.05, 1);
        double Lambda() => ((RobustNmf)NmfFactorizer.Fit(
            NmfData<double>.FromMatrix(values), Options(beta, null, OutlierKind.Samples))
            .Options.Problem).Lambda!.Value;
        var few = Lambda();
        for (var n = 0; n < Samples; n++)
        {
            if (n % 5 > 1)
                values.Row(n).Clear();
        }

        Assert.InRange(Lambda(), few / 3, few * 3);
    }

    [Fact]
    public void It_does_not_depend_on_how_long_the_fit_runs_so_that_checkpoints_go_on_with_other_iterations()
    {
        var data = NmfData<double>.FromMatrix(Spiked(0.05, 1));
        var options = Options(1, null, OutlierKind.Samples);
        var problem = NmfFactorizer.Fit(data, options).Options.Problem;
        foreach (var iterations in new IterationOptions[]
        {
            new() { MaximumIterations = 0 }, new() { MaximumIterations = 7, Tolerance = 1e-2 },
            new() { TimeLimit = TimeSpan.FromHours(1) },
        })
            Assert.Equal(problem, NmfFactorizer.Fit(data, options with { Iterations = iterations }).Options.Problem);
    }

    [Fact]
    public void Sparse_data_have_nearly_that_of_dense_ones()
    {
        var values = Spiked(0.05, 1);
        for (var n = 0; n < Samples; n++)
        {
            for (var f = n % 3; f < Features; f += 3)
                values[n, f] = 0;
        }

        double Lambda(NmfData<double> data)
        {
            var model = NmfFactorizer.Fit(data, Options(1, null, OutlierKind.Entries));
            return ((RobustNmf)model.Options.Problem).Lambda!.Value;
        }

        var (dense, sparse) = (NmfData<double>.FromMatrix(values),
            TestData.Sparse<double>(values.ToRowMajor(), Samples, Features));
        Assert.Equal(Lambda(dense), Lambda(sparse), 0.02 * Lambda(dense));
    }

    [Fact]
    public void Data_of_an_exact_model_have_no_outliers()
    {
        var values = new Matrix<double>(40, 12);
        for (var n = 0; n < 40; n++)
        {
            for (var f = 0; f < 12; f++)
                values[n, f] = (1 + (n % 7)) * (1 + (f % 5));
        }

        var model = NmfFactorizer.Fit(
            NmfData<double>.FromMatrix(values), Options(2, null, OutlierKind.Samples) with { Rank = 1 });
        Assert.True(((RobustNmf)model.Options.Problem).Lambda > 0);
        Assert.All(model.OutlierNorms, norm => Assert.True(norm < 1e-3));
    }

    private static bool IsOutlier(int sample) => sample % 20 == 3;

    private static NmfOptions Options(double beta, double? lambda, OutlierKind kind) => new()
    {
        Rank = 3, Problem = new RobustNmf(beta, lambda, kind), Seed = 2, Threads = 2,
        Iterations = new() { MaximumIterations = 200 },
    };

    private static Matrix<float> Single(Matrix<double> values)
    {
        var result = new Matrix<float>(values.Rows, values.Columns);
        for (var n = 0; n < values.Rows; n++)
        {
            for (var f = 0; f < values.Columns; f++)
                result[n, f] = (float)values[n, f];
        }

        return result;
    }

    // Three humps with noise in proportion, and nothing else.
    private static Matrix<double> Noisy(double part)
    {
        var random = new Random(17);
        var values = new Matrix<double>(Samples, Features);
        for (var n = 0; n < Samples; n++)
        {
            double[] h = [0.2 + random.NextDouble(), 0.2 + random.NextDouble(), 0.2 + random.NextDouble()];
            for (var f = 0; f < Features; f++)
            {
                double y = 0;
                for (var k = 0; k < 3; k++)
                    y += h[k] * (0.01 + Math.Exp(-Math.Pow((f - 4 - (8 * k)) / 4.0, 2)));
                values[n, f] = y * (1 + (part * ((2 * random.NextDouble()) - 1)));
            }
        }

        return values;
    }

    // Three humps, noise of the kind that goes with beta, and spikes in every twentieth sample.
    private static Matrix<double> Spiked(double share, double beta)
    {
        var random = new Random(11);
        var values = new Matrix<double>(Samples, Features);
        for (var n = 0; n < Samples; n++)
        {
            double[] h = [0.2 + random.NextDouble(), 0.2 + random.NextDouble(), 0.2 + random.NextDouble()];
            for (var f = 0; f < Features; f++)
            {
                double y = 0.05;
                for (var k = 0; k < 3; k++)
                    y += h[k] * Math.Exp(-Math.Pow((f - 4 - (8 * k)) / 4.0, 2));
                var noise = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
                values[n, f] = Math.Max(0.01, beta == 2 ? y + (0.02 * noise) : y * (1 + (0.05 * noise)));
            }

            for (var spike = 0; share > 0 && IsOutlier(n) && spike < 3; spike++)
                values[n, random.Next(Features)] += 4 + random.NextDouble();
        }

        return values;
    }
}
