using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Shards that are given as arrays.</summary>
internal sealed class GivenShards(int features, params float[][] shards) : IShardSource
{
    /// <summary>Other values of a shard than those that it began with, or null.</summary>
    public Func<int, float[]>? Override { get; set; }

    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(shards.Length);

    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        var values = Override?.Invoke(shard) ?? shards[shard];
        var columns = address == "uneven" && shard == 1 ? features - 1 : features;
        var rows = values.Length / features;
        return new(NmfData<float>.FromMatrix(
            Matrix<float>.FromRowMajor(values.AsSpan(0, rows * columns), rows, columns), MissingValues.NaN,
            isBatch: true));
    }

    public NmfModel<float> Expected(NmfOptions options) => NmfFactorizer.Fit(
        NmfData<float>.FromDense(
            shards.SelectMany(values => values).ToArray(), shards.Sum(values => values.Length) / features, features,
            MissingValues.NaN),
        options with { Shards = NmfShards.OfSizes([.. shards.Select(values => values.Length / features)]) });
}
