using Nmf.Kernels;

namespace Nmf.Tests.Units;

/// <summary>The same for streams.</summary>
public sealed class StreamUnitTests
{
    private const int Samples = 60;
    private const int Features = 17;
    private const int Rank = 3;

    private static readonly double[] Values = TestData.Positive(Samples, Features, Rank, 11);
    private static readonly double[] Counts = TestData.Counts(Samples, Features, Rank, 12);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Streams_are_learnt_alike_in_every_unit(double beta)
    {
        foreach (var sparse in beta >= 1 ? new[] { false, true } : [false])
        {
            var one = Stream(beta, 0, sparse);
            foreach (var k in new[] { -100, 31, 100 })
            {
                var other = Stream(beta, k, sparse);
                UnitBits.Same(one.Dictionary, other.Dictionary, 0);
                var unit = Math.Pow(2, k * beta);
                Assert.Equal(1, one.Objective * unit / other.Objective, 1e-9);
                Assert.Equal(
                    one.Report.History.Select(point => point.Objective * unit),
                    other.Report.History.Select(point => point.Objective),
                    (a, b) => Math.Abs(a - b) <= 1e-9 * Math.Abs(a));
                Assert.Equal(one.ExplainedPart, other.ExplainedPart, 1e-9);
            }
        }
    }

    [Fact]
    public void A_stream_takes_its_unit_from_the_first_batch_that_is_not_zero()
    {
        var (one, other) = (Cost(0), Cost(-100));
        Assert.Equal(Math.ScaleB(one, -100), other);

        double Cost(int k)
        {
            using var learner = new OnlineNmf<float>(StreamOptions(1));
            learner.PartialFit(NmfData<float>.FromMatrix(new Matrix<float>(20, Features), isBatch: true));
            learner.PartialFit(UnitBits.Scaled<float>(Values, Samples, Features, k));
            return learner.PartialFit(UnitBits.Scaled<float>(Values, Samples, Features, k));
        }
    }

    [Fact]
    public void What_looks_like_zero_is_an_error_in_a_stream_of_ratios()
    {
        var values = (double[])Values.Clone();
        values[20] = 1e-20;
        using var learner = new OnlineNmf<float>(StreamOptions(0));
        var error = Assert.Throws<NmfDataException>(
            () => learner.PartialFit(TestData.Dense<float>(values, Samples, Features)));
        Assert.Equal((1, 3), (error.Sample, error.Feature));
        using var counts = new OnlineNmf<float>(StreamOptions(1));
        counts.PartialFit(TestData.Dense<float>(values, Samples, Features));
    }

    [Fact]
    public void A_learner_that_was_saved_goes_on_in_its_unit()
    {
        var options = StreamOptions(1);
        var batch = UnitBits.Scaled<float>(Values, Samples, Features, 77);
        var path = Path.GetTempFileName();
        try
        {
            using var learner = new OnlineNmf<float>(options);
            learner.PartialFit(batch);
            learner.Save(path);
            using var loaded = OnlineNmf<float>.Load(path, options);
            Assert.Equal(77 + Math.ILogB(Values.Average()), learner.Unit.Exponent);
            Assert.Equal(learner.Unit.Exponent, loaded.Unit.Exponent);
            Assert.Equal(learner.PartialFit(batch), loaded.PartialFit(batch));
            UnitBits.Same(learner.ToModel().Dictionary, loaded.ToModel().Dictionary, 0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_learner_that_was_saved_names_the_mean_of_its_first_batch()
    {
        var values = (double[])Values.Clone();
        values[20] = 1e-20;
        var bad = TestData.Dense<float>(values, Samples, Features);
        using var learner = new OnlineNmf<float>(StreamOptions(0));
        learner.PartialFit(TestData.Dense<float>(Values, Samples, Features));
        var path = Path.GetTempFileName();
        try
        {
            learner.Save(path);
            using var loaded = OnlineNmf<float>.Load(path, StreamOptions(0));
            var error = Assert.Throws<NmfDataException>(() => loaded.PartialFit(bad));
            Assert.Equal(Assert.Throws<NmfDataException>(() => learner.PartialFit(bad)).Message, error.Message);
            var mean = TestData.Dense<float>(Values, Samples, Features).Mean;
            Assert.Contains(
                FormattableString.Invariant($"the mean {mean:R} of the first batch"), error.Message,
                StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static OnlineNmfOptions StreamOptions(double beta)
        => new() { Rank = Rank, Beta = beta, BatchSize = 20, Passes = 3, Seed = 2, Tolerance = 0 };

    private static NmfModel<float> Stream(double beta, int k, bool sparse) => OnlineFactorizer.Fit(
        NmfBatchSource.FromData(UnitBits.Scaled<float>(sparse ? Counts : Values, Samples, Features, k, sparse)),
        StreamOptions(beta));
}
