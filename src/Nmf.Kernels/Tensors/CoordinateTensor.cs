using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// A sparse tensor as the entries that it stores, once for every mode: grouped by the index of that mode, each entry
/// with its other indices, so that a pass over a factor walks its rows one after the other.
/// </summary>
/// <remarks>N · (4 (N-1) + size of an element) bytes per entry of a tensor of order N, and as much again of the element
/// for weights. Within a group entries keep their order.</remarks>
internal sealed unsafe class CoordinateTensor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Kernels load whole vectors.
    private const int Readable = 64;

    private readonly Mode[] _modes;

    /// <summary>Groups entries.</summary>
    /// <param name="shape">Lengths of the modes.</param>
    /// <param name="indices">Indices of one entry after the other.</param>
    /// <param name="values">One for each entry.</param>
    /// <param name="weights">One for each entry, or empty for 1.</param>
    public CoordinateTensor(
        int[] shape, ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<T> weights)
    {
        (Shape, Count, HasWeights) = (shape, values.Length, !weights.IsEmpty);
        _modes = new Mode[shape.Length];
        for (var n = 0; n < shape.Length; n++)
            _modes[n] = new Mode(n, shape, indices, values, weights);
    }

    /// <summary>Lengths of the modes.</summary>
    public int[] Shape { get; }

    /// <summary>Number of stored entries.</summary>
    public int Count { get; }

    /// <summary>Whether entries have weights.</summary>
    public bool HasWeights { get; }

    /// <summary>The entries grouped by the index of a mode.</summary>
    public Mode Of(int mode) => _modes[mode];

    /// <summary>Entries grouped by the index of one mode.</summary>
    internal sealed class Mode
    {
        private readonly PinnedMemory<T> _values;
        private readonly PinnedMemory<T> _weights;
        private readonly PinnedMemory<int> _others;

        public Mode(int mode, int[] shape, ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<T> weights)
        {
            var order = shape.Length;
            Starts = new int[shape[mode] + 1];
            _values = new PinnedMemory<T>(values.Length + Readable);
            _weights = new PinnedMemory<T>(weights.IsEmpty ? 0 : values.Length + Readable);
            _others = new PinnedMemory<int>((long)values.Length * (order - 1));
            for (var e = 0; e < values.Length; e++)
                Starts[indices[(e * order) + mode] + 1]++;
            for (var i = 0; i < shape[mode]; i++)
                Starts[i + 1] += Starts[i];
            var next = Starts.AsSpan(0, shape[mode]).ToArray();
            for (var e = 0; e < values.Length; e++)
            {
                var at = next[indices[(e * order) + mode]]++;
                _values.Pointer[at] = values[e];
                if (!weights.IsEmpty)
                    _weights.Pointer[at] = weights[e];
                var other = _others.Pointer + ((nint)at * (order - 1));
                for (var n = 0; n < order; n++)
                {
                    if (n != mode)
                        *other++ = indices[(e * order) + n];
                }
            }
        }

        /// <summary>Where the entries of an index begin, and the number of entries at the end.</summary>
        public int[] Starts { get; }

        /// <summary>Values.</summary>
        public T* Values => _values.Pointer;

        /// <summary>Weights, or null.</summary>
        public T* Weights => _weights.Count == 0 ? null : _weights.Pointer;

        /// <summary>Order - 1 indices of every entry, in the order of the modes.</summary>
        public int* Others => _others.Pointer;
    }
}
