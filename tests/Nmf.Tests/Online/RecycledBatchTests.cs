using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Batches whose memory comes back with other data.</summary>
public sealed class RecycledBatchTests
{
    private const int Samples = 20;
    private const int Features = 13;

    private readonly NmfBatchMemory<float> _memory = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(1.5, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(1.5, true)]
    [InlineData(2, true)]
    public void Memory_that_comes_back_with_other_data_changes_no_bit(double beta, bool sparse)
    {
        var options = new OnlineNmfOptions
        {
            Rank = 3, Beta = beta, Seed = 1, Threads = 1, Initialization = NmfInitialization.Random
        };
        using var fresh = new OnlineNmf<float>(options);
        using var recycling = new OnlineNmf<float>(options);
        var builder = new NmfBatchBuilder<float>(Features, Samples, _memory);
        for (var i = 0; i < 9; i++)
        {
            // Every fourth batch is smaller, and sparse batches differ in their numbers of entries.
            var rows = Rows(i, i % 4 == 3 ? Samples - 7 : Samples, sparse ? 0.1 + (0.01 * i) : 1);
            var newMemory = new NmfBatchMemory<float>();
            var alone = new NmfBatchBuilder<float>(Features, Samples, newMemory);
            var data = Batch(alone, rows);
            var again = Batch(builder, rows);
            Assert.Equal(sparse, again.IsSparse);
            Assert.Equal(fresh.PartialFit(data), recycling.PartialFit(again));
            again.GiveBack();
        }

        var expected = fresh.ToModel();
        var found = recycling.ToModel();
        Assert.Equal(expected.Dictionary.ToRowMajor(), found.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 0.15)]
    [InlineData(2, 0.15)]
    public void Learning_from_recycled_memory_allocates_nothing(double beta, double density)
    {
        var builder = new NmfBatchBuilder<float>(Features, Samples, _memory);
        var data = Batch(builder, Rows(1, Samples, density));
        using var learner = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 3, Beta = beta, Seed = 1, Threads = 1,
            Initialization = NmfInitialization.Random });
        Kernels.Tests.Allocation.AssertNone(() => learner.PartialFit(data));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.15)]
    public void A_batch_in_recycled_memory_takes_as_little_as_its_handle_whatever_its_size(double density)
    {
        long Bytes(int samples)
        {
            var builder = new NmfBatchBuilder<float>(Features, samples, _memory);
            var rows = Rows(1, samples, density);
            var least = long.MaxValue;
            for (var i = 0; i < 6; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Batch(builder, rows).GiveBack();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return least;
        }

        Assert.InRange(Bytes(2000), 1, 1000);
        Assert.Equal(Bytes(2000), Bytes(200));
    }

    [Fact]
    public void Two_batches_at_a_time_have_memory_of_their_own_and_pass_it_on()
    {
        var builder = new NmfBatchBuilder<float>(Features, Samples, _memory);
        var first = Batch(builder, Rows(1, Samples, 1));
        var second = Batch(builder, Rows(2, Samples, 1));
        Assert.NotSame(first.Dense, second.Dense);
        var memory = first.Dense;
        var weighted = first.WithSampleWeights(Enumerable.Range(1, Samples).Select(n => (float)n).ToArray());
        first.GiveBack();
        first.GiveBack();
        Assert.Throws<InvalidOperationException>(() => first.Samples);
        Assert.Throws<InvalidOperationException>(() => NmfFactorizer.Fit(weighted, new NmfOptions { Rank = 2 }));
        var third = Batch(builder, Rows(3, Samples, 1));
        var fourth = Batch(builder, Rows(4, Samples, 1));
        Assert.Same(memory, third.Dense);
        Assert.NotSame(third.Dense, fourth.Dense);
    }

    private static NmfData<float> Batch(NmfBatchBuilder<float> builder, float[][] rows)
    {
        foreach (var row in rows)
            Assert.True(builder.TryAdd(row, out _));
        return builder.Take();
    }

    private static float[][] Rows(int seed, int samples, double density)
    {
        var random = new Random(seed);
        return [.. TestData.Positive(samples, Features, 3, seed).Chunk(Features).Select(
            row => Array.ConvertAll(row, v => random.NextDouble() < density ? (float)v : 0f))];
    }
}
