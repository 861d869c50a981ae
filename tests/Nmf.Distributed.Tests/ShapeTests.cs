namespace Nmf.Distributed.Tests;

/// <summary>Shards of unusual shapes and contents, and all measures of fit.</summary>
public sealed class ShapeTests
{
    [Theory]
    [InlineData(-0.5)]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_beta_has_the_bits_of_one_process_with_entries_missing_and_without(double beta)
    {
        foreach (var missing in new[] { 0, 7 })
        {
            var source = new GivenShards(6, Shard(1, 5, 6, missing), Shard(2, 1, 6, 0), Shard(3, 8, 6, missing));
            await AssertSame(2, source, new NmfOptions { Rank = 3, Problem = beta, Iterations = Few });
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Shards_of_one_sample_and_of_zeros_and_more_components_than_features(int shards)
    {
        var source = new GivenShards(
            3, [.. Enumerable.Range(0, shards).Select(s => s % 3 == 1 ? new float[3] : Shard(s, 1, 3, 0))]);
        await AssertSame(4, source, new NmfOptions { Rank = 5, Problem = 1, Iterations = Few });
    }

    [Fact]
    public async Task Features_that_differ_are_told_with_the_names_of_the_shards()
    {
        var source = new GivenShards(4, Shard(1, 3, 4, 0), Shard(2, 3, 4, 0));
        await using var cluster = await Cluster.Start(1, source);
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
            "uneven", "data", "uneven", new NmfOptions { Rank = 2, Problem = 1 },
            interval: DistributedFitTests.Soon));
        Assert.Contains("shard 1 of uneven has 3 features, but shard 0 of uneven has 4", error.Message,
            StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("uneven")).Failures);
    }

    [Fact]
    public async Task Zeros_only_and_no_shard_at_all_are_told()
    {
        await using var zeros = await Cluster.Start(1, new GivenShards(2, new float[4], new float[2]));
        var error = await Assert.ThrowsAsync<ShardFaultException>(() => zeros.Nmf.FitAsync(
            "zeros", "data", "all", new NmfOptions { Rank = 1, Problem = 1 }, interval: DistributedFitTests.Soon));
        Assert.Contains("nothing to factorize", error.Message, StringComparison.Ordinal);
        await using var none = await Cluster.Start(1, new GivenShards(2));
        error = await Assert.ThrowsAsync<ShardFaultException>(() => none.Nmf.FitAsync(
            "none", "data", "all", new NmfOptions { Rank = 1, Problem = 1 }, interval: DistributedFitTests.Soon));
        Assert.Contains("has no shard at all", error.Message, StringComparison.Ordinal);
    }

    private static IterationOptions Few => new() { MaximumIterations = 12, Tolerance = 0 };

    private static async Task AssertSame(int silos, GivenShards source, NmfOptions options)
    {
        await using var cluster = await Cluster.Start(silos, source);
        var expected = source.Expected(options);
        var model = await cluster.Nmf.FitAsync("fit", "data", "all", options, interval: DistributedFitTests.Soon);
        Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, model.Objective);
        var h = new List<float>();
        for (var s = 0; s < (await cluster.Nmf.GetShardSizesAsync("fit")).Count; s++)
            h.AddRange((await cluster.Nmf.GetActivationsAsync("fit", s)).ToRowMajor());
        Assert.Equal(expected.Activations.ToRowMajor(), h);
    }

    // Positive values; every so many of them is missing.
    private static float[] Shard(int seed, int samples, int features, int missing)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, samples * features).Select(i =>
            missing > 0 && i % missing == 3 ? float.NaN : 0.1f + (3 * random.NextSingle()))];
    }
}
