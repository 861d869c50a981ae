using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Counts of a planted model, in shards of uneven sizes, made anew whenever a shard is loaded.</summary>
internal sealed class Data(int shards = 5, int samples = 160, int features = 40, int rank = 4) : IShardSource
{
    private int _loads;

    /// <summary>Called before a shard is loaded.</summary>
    public Action<int>? Loading { get; set; }

    /// <summary>How often a shard was loaded.</summary>
    public int Loads => _loads;

    public int[] Sizes { get; } = [.. Enumerable.Range(0, shards).Select(s => (samples / shards) + (s % 3))];

    public int Shards => shards;

    public int Rank => rank;

    /// <summary>All samples in one place.</summary>
    public NmfData<float> Whole()
        => NmfData<float>.FromDense(Enumerable.Range(0, shards).SelectMany(Values).ToArray(), Sizes.Sum(), features);

    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(shards);

    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _loads);
        Loading?.Invoke(shard);
        return new(NmfData<float>.FromMatrix(
            Matrix<float>.FromRowMajor(Values(shard), Sizes[shard], features), isBatch: true));
    }

    /// <summary>The fit in one process with the same shards.</summary>
    public NmfModel<float> Expected(NmfOptions options)
        => NmfFactorizer.Fit(Whole(), options with { Shards = NmfShards.OfSizes(Sizes) });

    private float[] Values(int shard)
    {
        var planted = new Random(1);
        var w = Enumerable.Range(0, features * rank).Select(_ => Math.Pow(planted.NextDouble(), 3)).ToArray();
        var random = new Random(100 + shard);
        var values = new float[Sizes[shard] * features];
        for (var n = 0; n < Sizes[shard]; n++)
        {
            var h = Enumerable.Range(0, rank).Select(_ => 30 * Math.Pow(random.NextDouble(), 2)).ToArray();
            for (var f = 0; f < features; f++)
            {
                var y = 0.1;
                for (var k = 0; k < rank; k++)
                    y += h[k] * w[(f * rank) + k];
                values[(n * features) + f] = (float)Math.Floor(y * (0.5 + random.NextDouble()));
            }
        }

        return values;
    }
}
