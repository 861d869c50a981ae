using System.Numerics;

namespace Nmf.Kernels.Dense;

/// <summary>
/// Which entries of dense data count, and how much: an entry that is NaN or has weight 0 is missing. The weight of an
/// entry is that of the entry times that of its sample.
/// </summary>
internal sealed unsafe class ObservedEntries<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T>? _weights;
    private readonly PinnedMemory<T> _sampleWeights;

    /// <param name="samples">Number of samples.</param>
    /// <param name="features">Number of features.</param>
    /// <param name="weights">Weights of the entries, 0 wherever the data are NaN; or null for 1.
    /// Kept, not copied.</param>
    /// <param name="sampleWeights">Weights of the samples, or empty for 1; copied.</param>
    /// <param name="fill">What a missing entry counts as in products with the data.</param>
    public ObservedEntries(int samples, int features, Matrix<T>? weights, ReadOnlySpan<T> sampleWeights, T fill)
    {
        if (weights is not null && (weights.Rows != samples || weights.Columns != features))
            throw new ArgumentException(
                $"The weights are {weights.Rows} x {weights.Columns}, not {samples} x {features}.", nameof(weights));
        if (!sampleWeights.IsEmpty && sampleWeights.Length != samples)
            throw new ArgumentException(
                $"There are {sampleWeights.Length} sample weights for {samples} samples.", nameof(sampleWeights));
        _weights = weights;
        Fill = fill;
        _sampleWeights = new PinnedMemory<T>(samples);
        var all = new Span<T>(_sampleWeights.Pointer, samples);
        if (sampleWeights.IsEmpty)
            all.Fill(T.One);
        else
            sampleWeights.CopyTo(all);
    }

    public T Fill { get; }

    /// <summary>The entries of a tile.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="firstSample">First row of the tile.</param>
    /// <param name="firstFeature">First column of the tile.</param>
    public DataTile<T> Tile(Matrix<T> data, nint firstSample, nint firstFeature)
    {
        var offset = (firstSample * data.Stride) + firstFeature;
        return new(
            data.Data + offset, data.Stride, _weights is null ? null : _weights.Data + offset,
            _sampleWeights.Pointer + firstSample);
    }
}

/// <summary>A tile of V; where entries may be missing the weights of its samples, and those of its entries, which have
/// the stride of the data, or null.</summary>
internal readonly unsafe struct DataTile<T>(T* data, nint stride, T* weights = null, T* sampleWeights = null)
    where T : unmanaged
{
    public T* Data { get; } = data;

    public nint Stride { get; } = stride;

    public T* Weights { get; } = weights;

    public T* SampleWeights { get; } = sampleWeights;
}
