namespace Nmf;

/// <summary>
/// How the samples of a fit are cut into shards: consecutive runs of samples whose sums are taken one by one and added
/// in a fixed order. A fit with shards has the same bits wherever its shards are, all in one process or on many
/// machines, and for any number of threads; with other shards it is another order of additions, so another fit in the
/// last digits.
/// </summary>
/// <remarks>
/// Sums over samples are added in pairs, by a tree that depends on the number of shards alone: the first half (the
/// larger one, where their number is odd) and the second half, each in the same way. Immutable.
/// </remarks>
public sealed class NmfShards
{
    private readonly int[]? _sizes;

    private NmfShards(int count, int[]? sizes) => (Count, _sizes) = (count, sizes);

    /// <summary>Number of shards S.</summary>
    public int Count { get; }

    /// <summary>Shards of nearly equal size: shard s of S begins at sample ⌊s N / S⌋.</summary>
    /// <param name="count">S, at least 1, and at most the number of samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than one.</exception>
    public static NmfShards Of(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new NmfShards(count, null);
    }

    /// <summary>Shards of given sizes, as those of files.</summary>
    /// <param name="sizes">Number of samples of each, at least 1; copied.</param>
    /// <exception cref="ArgumentException">There is none, or one has no sample.</exception>
    public static NmfShards OfSizes(IReadOnlyList<int> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        if (sizes.Count == 0)
            throw new ArgumentException("There is no shard.", nameof(sizes));
        for (var s = 0; s < sizes.Count; s++)
        {
            if (sizes[s] < 1)
                throw new ArgumentException($"Shard {s} has {sizes[s]} samples. It needs at least one.", nameof(sizes));
        }

        return new NmfShards(sizes.Count, [.. sizes]);
    }

    /// <summary>So many shards of nearly equal size.</summary>
    /// <param name="count">Their number, at least 1.</param>
    public static implicit operator NmfShards(int count) => Of(count);

    /// <inheritdoc cref="Of"/>
    public static NmfShards FromInt32(int count) => Of(count);

    /// <summary>The samples at which the shards begin, and the number of samples behind them.</summary>
    /// <param name="samples">Number of samples N.</param>
    /// <returns>S + 1 numbers from 0 to N.</returns>
    /// <exception cref="ArgumentException">There are more shards than samples, or the sizes do not add up
    /// to N.</exception>
    public IReadOnlyList<int> Boundaries(int samples)
    {
        var boundaries = new int[Count + 1];
        long end = 0;
        for (var s = 0; s < Count; s++)
        {
            end = _sizes is null ? (s + 1L) * samples / Count : end + _sizes[s];
            boundaries[s + 1] = (int)Math.Min(end, int.MaxValue);
        }

        Option.Require(
            Count <= samples, nameof(NmfOptions.Shards),
            $"There are {Count} shards for {samples} samples. Each needs at least one.");
        Option.Require(
            end == samples, nameof(NmfOptions.Shards),
            $"The shards have {end} samples, but the data {samples}.");
        return boundaries;
    }

    /// <summary>Number of shards, or their sizes.</summary>
    public override string ToString() => _sizes is null ? $"{Count}" : $"[{string.Join(", ", _sizes)}]";

    /// <summary>Where a run of shards is cut in two: of [from, to) the second half begins here.</summary>
    internal static int Middle(int from, int to) => from + ((to - from + 1) / 2);
}
