using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Shards that are stored each in its own way, which one process that has all samples in one place is not.
/// </summary>
public sealed class MixedShardTests
{
    private const int Features = 11;

    private static readonly int[] Sizes = [7, 1, 12, 5, 4, 9];

    private static readonly string[] FitKinds =
        ["KL", "extrapolated", "HALS", "penalties", "relevance", "least squares", "IS"];

    [Theory]
    [InlineData(null, 1)]
    [InlineData(null, 2)]
    [InlineData(1L, 2)]
    public async Task Dense_shards_among_sparse_ones_have_the_bits_of_sparse_samples(long? most, int silos)
    {
        // The fourth is all zeros.
        var source = new Shards(isZero: 3)
        {
            HasZeros = true, IsSparse = s => s is 1 or 2 or 5,
            SampleWeight = n => most is null && silos == 1 ? 1 + (n % 3) : 1,
        };
        await using var cluster = await Cluster.Start(silos, source, sharding => sharding.MostDataBytes = most);
        foreach (var kind in FitKinds.Where(kind => kind != "IS" && (kind != "HALS" || source.SampleWeight(1) == 1)))
            await AssertSame(cluster, kind, source, source.Whole(isSparse: true));

        // Also where a silo has loaded them already, and anew.
        var options = Options("extrapolated") with { Iterations = new() { MaximumIterations = 200, Tolerance = 0 } };
        cluster.Brake.Hold(20);
        var running = cluster.Nmf.FitAsync("again", "data", "all", options, interval: DistributedFitTests.Soon);
        await cluster.Brake.Reached();
        await cluster.Deactivate(cluster.Grains.GetGrain<Grains.IShardLeaf>("again/6/4/5"));
        cluster.Brake.Release();
        Assert.Equal(
            NmfFactorizer.Fit(source.Whole(true), options with { Shards = NmfShards.OfSizes(Sizes) })
                .Dictionary.ToRowMajor(), (await running).Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData("missing in some")]
    [InlineData("entries weighted in some")]
    [InlineData("entries weighted in some, missing in others")]
    [InlineData("samples weighted in some")]
    [InlineData("stored entries weighted in some")]
    [InlineData("stored entries missing in some")]
    [InlineData("zeros with weights")]
    public async Task Weights_and_missing_entries_of_some_shards_have_the_bits_of_one_process(string kind)
    {
        var source = new Shards(isZero: kind == "zeros with weights" ? 3 : -1)
        {
            IsSparse = _ => kind.StartsWith("stored", StringComparison.Ordinal), Absent = AbsentEntries.Missing,
            HasMissing = kind.Contains("missing", StringComparison.Ordinal),
            EntryWeight = (n, f) => kind.Contains("entries weighted", StringComparison.Ordinal)
                && Shards.ShardOf(n) is 0 or 4 ? 1 + ((n + f) % 3) : 1,
            SampleWeight = n => (kind.StartsWith("samples", StringComparison.Ordinal) && Shards.ShardOf(n) is 2 or 3)
                || kind == "zeros with weights" ? 0.5f + (n % 3) : 1,
        };
        await using var cluster = await Cluster.Start(2, source);
        foreach (var fit in FitKinds.Where(fit => fit is not "HALS" && (fit != "IS" || kind != "zeros with weights")))
            await AssertSame(cluster, fit, source, source.Whole(source.IsSparse(0)));
    }

    [Fact]
    public async Task What_has_no_common_form_is_refused_with_the_shards()
    {
        async Task<string> Message(Shards source)
        {
            await using var cluster = await Cluster.Start(2, source);
            var error = await Assert.ThrowsAsync<ShardFaultException>(() => cluster.Nmf.FitAsync(
                "mixed", "data", "all", Options("KL"), interval: DistributedFitTests.Soon));
            Assert.Equal(0, (await cluster.Nmf.GetStatusAsync("mixed")).Failures);
            return error.Message;
        }

        Assert.Contains(
            "shard 0 of all has dense samples, shard 2 of all sparse samples, whose absent entries are missing, and "
            + "shard 0 of all has missing or weighted entries",
            await Message(new Shards
            {
                IsSparse = s => s == 2, HasMissing = true, Absent = AbsentEntries.Missing,
            }), StringComparison.Ordinal);
        Assert.Contains(
            "shard 0 of all has dense samples, shard 2 of all sparse samples, whose absent entries are zeros, and "
            + "shard 4 of all has missing or weighted entries",
            await Message(new Shards
            {
                IsSparse = s => s == 2, EntryWeight = (n, f) => Shards.ShardOf(n) == 4 ? f : 1,
            }),
            StringComparison.Ordinal);
        Assert.Contains("Shard 1 (shard 1 of all): ", await Message(new Shards { IsEmpty = s => s == 1 }),
            StringComparison.Ordinal);
    }

    private static NmfOptions Options(string kind) => kind switch
    {
        "least squares" => DistributedFitTests.Options("KL") with { Problem = 2 },
        "IS" => DistributedFitTests.Options("KL") with { Problem = 0 },
        _ => DistributedFitTests.Options(kind),
    };

    private static async Task AssertSame(Cluster cluster, string kind, Shards source, NmfData<float> whole)
    {
        var options = Options(kind);
        var expected = NmfFactorizer.Fit(
            whole, options with { Shards = NmfShards.OfSizes(Sizes), Initialization = NmfInitialization.Random });
        var model = await cluster.Nmf.FitAsync(kind, "data", "all", options, interval: DistributedFitTests.Soon);
        Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, model.Objective);
        Assert.Equal(expected.ExplainedPart, model.ExplainedPart);
        Assert.Equal(
            expected.Report.History.Select(point => point.Objective),
            model.Report.History.Select(point => point.Objective));
        var h = new List<float>();
        for (var s = 0; s < Sizes.Length; s++)
            h.AddRange((await cluster.Nmf.GetActivationsAsync(kind, s)).ToRowMajor());
        Assert.Equal(expected.Activations.ToRowMajor(), h);
        Assert.Equal(0, (await cluster.Nmf.GetStatusAsync(kind)).Failures);
    }

    private sealed class Shards(int isZero = -1) : IShardSource
    {
        public Func<int, bool> IsSparse { get; init; } = _ => false;

        public Func<int, bool> IsEmpty { get; init; } = _ => false;

        public bool HasMissing { get; init; }

        public bool HasZeros { get; init; }

        public AbsentEntries Absent { get; init; }

        public Func<int, int, float> EntryWeight { get; init; } = (_, _) => 1;

        public Func<int, float> SampleWeight { get; init; } = _ => 1;

        public static int ShardOf(int sample)
        {
            var shard = 0;
            for (var behind = Sizes[0]; sample >= behind; behind += Sizes[shard])
                shard++;
            return shard;
        }

        public NmfData<float> Whole(bool isSparse) => Make(0, Sizes.Sum(), isSparse, isBatch: false);

        public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(Sizes.Length);

        public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
            => new(Make(Sizes[..shard].Sum(), IsEmpty(shard) ? 0 : Sizes[shard], IsSparse(shard), isBatch: true));

        private NmfData<float> Make(int first, int samples, bool isSparse, bool isBatch)
        {
            var (values, weights) = (new Matrix<float>(samples, Features), new Matrix<float>(samples, Features));
            var (starts, indices, stored, storedWeights) = (
                new List<long> { 0 }, new List<int>(), new List<float>(), new List<float>());
            for (var n = 0; n < samples; n++)
            {
                var random = new Random(first + n);
                var shard = ShardOf(first + n);
                for (var f = 0; f < Features; f++)
                {
                    var isMissing = random.Next(4) == 0 && HasMissing && shard is 0 or 2 or 5;
                    var value = random.Next(3) == 0 && HasZeros ? 0 : 0.1f + random.Next(3) + random.NextSingle();
                    value = shard == isZero ? 0 : value;
                    values[n, f] = isMissing ? float.NaN : value;
                    weights[n, f] = EntryWeight(first + n, f);
                    if (isMissing || (value == 0 && Absent == AbsentEntries.Zero))
                        continue;
                    indices.Add(f);
                    stored.Add(value);
                    storedWeights.Add(weights[n, f]);
                }

                starts.Add(stored.Count);
            }

            var sampleWeights = Enumerable.Range(first, samples).Select(SampleWeight).ToArray();
            var isWeighted = weights.ToRowMajor().Any(weight => weight != 1);
            NmfData<float> data;
            if (isSparse)
            {
                data = NmfData<float>.FromMatrix(Csr(stored), Absent, isBatch);
                data = isWeighted ? data.WithWeights(Csr(storedWeights)) : data;
            }
            else
            {
                data = NmfData<float>.FromMatrix(values, MissingValues.NaN, isBatch);
                data = isWeighted ? data.WithWeights(weights) : data;
            }

            return Array.TrueForAll(sampleWeights, weight => weight == 1) ? data
                : data.WithSampleWeights(sampleWeights);

            SparseMatrix<float> Csr(List<float> entries) => SparseMatrix<float>.FromCsr(
                samples, Features, [.. starts], [.. indices], [.. entries]);
        }
    }
}
