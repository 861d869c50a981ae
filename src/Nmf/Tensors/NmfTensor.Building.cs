using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

// How tensors are made of values and coordinates.
public sealed partial class NmfTensor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string Nothing = "there is nothing to factorize.";

    /// <summary>Copies a dense tensor.</summary>
    /// <param name="values">All entries, the last index fastest.</param>
    /// <param name="shape">Length of every mode, two or more.</param>
    /// <param name="missing">What NaN means.</param>
    /// <param name="weights">A weight for every entry, finite and at least 0, 0 for a missing one; or empty for
    /// 1.</param>
    /// <exception cref="ArgumentException">The numbers of values, of weights and the shape do not agree.</exception>
    /// <exception cref="NmfDataException">A value is negative, infinite, or NaN without permission, a weight is
    /// negative or not finite, or every entry is missing.</exception>
    public static NmfTensor<T> FromDense(
        ReadOnlySpan<T> values, ReadOnlySpan<int> shape, MissingValues missing = MissingValues.Error,
        ReadOnlySpan<T> weights = default)
    {
        var lengths = RequireShape(shape);
        if (values.Length != Size(lengths))
            throw new ArgumentException(
                $"A tensor of {Words(lengths)} has {Size(lengths)} entries, but there are {values.Length}.",
                nameof(values));
        RequireWeights(values.Length, weights, e => Place(Unfolded(e, lengths)));
        var scan = new Scan();
        for (var e = 0; e < values.Length; e++)
        {
            if (T.IsNaN(values[e]) && missing == MissingValues.NaN)
                scan.Skip();
            else if (!(values[e] >= T.Zero && T.IsFinite(values[e])))
                throw BadValue(Place(Unfolded(e, lengths)), values[e]);
            else
                scan.Add(double.CreateTruncating(values[e]), weights.IsEmpty ? 1 : double.CreateTruncating(weights[e]));
        }

        var columns = lengths[^1];
        var dense = Matrix<T>.FromRowMajor(values, values.Length / columns, columns);
        Matrix<T>? kept = null;
        if (scan.IsWeighted && !weights.IsEmpty)
        {
            kept = Matrix<T>.FromRowMajor(weights, dense.Rows, columns);
            for (var i = 0; i < kept.Rows; i++)
            {
                for (var j = 0; j < columns; j++)
                    kept.Row(i)[j] = T.IsNaN(dense.Row(i)[j]) ? T.Zero : kept.Row(i)[j];
            }
        }

        return new NmfTensor<T>(lengths, dense, kept, null, AbsentEntries.Zero, scan.Summary(0));
    }

    /// <summary>Copies the entries of a sparse tensor, in any order.</summary>
    /// <param name="indices">The N indices of one entry after the other, from 0.</param>
    /// <param name="values">One value for each entry.</param>
    /// <param name="shape">Length of every mode, two or more.</param>
    /// <param name="absent">What an entry means that is not given.</param>
    /// <param name="weights">A weight for every entry, finite and at least 0, 0 for a missing one, or empty for 1. Only
    /// where absent entries are missing.</param>
    /// <exception cref="ArgumentException">The numbers of indices, values and weights do not agree, or absent zeros
    /// come with weights.</exception>
    /// <exception cref="NmfDataException">An index is out of range or given twice, a value negative or not finite, or
    /// no entry is observed.</exception>
    public static NmfTensor<T> FromCoordinates(
        ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<int> shape,
        AbsentEntries absent = AbsentEntries.Zero, ReadOnlySpan<T> weights = default)
    {
        var lengths = RequireShape(shape);
        var order = lengths.Length;
        if (indices.Length != (long)values.Length * order)
            throw new ArgumentException(
                $"{values.Length} entries with {order} indices need {(long)values.Length * order} indices, but there "
                + $"are {indices.Length}.", nameof(indices));
        if (!weights.IsEmpty && absent == AbsentEntries.Zero)
            throw new ArgumentException(
                "Entries by coordinates have weights where absent entries are missing; where they are zeros these "
                + "would need weights too.", nameof(weights));
        var given = indices.ToArray();
        RequireWeights(values.Length, weights, e => Place(given[(e * order)..((e + 1) * order)]));
        var scan = new Scan();
        for (var e = 0; e < values.Length; e++)
        {
            for (var n = 0; n < order; n++)
            {
                if ((uint)given[(e * order) + n] >= (uint)lengths[n])
                    throw new NmfDataException(
                        $"Entry {e} has the index {given[(e * order) + n]} in mode {n}, whose length is {lengths[n]}.");
            }

            if (!(values[e] >= T.Zero && T.IsFinite(values[e])))
                throw BadValue(Place(given[(e * order)..((e + 1) * order)]), values[e]);
            scan.Add(double.CreateTruncating(values[e]), weights.IsEmpty ? 1 : double.CreateTruncating(weights[e]));
        }

        var stored = Coordinates.Sorted(given, values, weights, lengths);
        var zeros = absent == AbsentEntries.Zero ? (double)Size(lengths) - values.Length : 0;
        if (absent == AbsentEntries.Missing)
            scan.Skip();
        return new NmfTensor<T>(lengths, null, null, stored, absent, scan.Summary(zeros));
    }

    private static int[] RequireShape(ReadOnlySpan<int> shape)
    {
        if (shape.Length < 2)
            throw new ArgumentException($"A tensor has two modes or more, not {shape.Length}.", nameof(shape));
        for (var n = 0; n < shape.Length; n++)
        {
            if (shape[n] < 1)
                throw new ArgumentException($"Mode {n} has length {shape[n]}, not 1 or more.", nameof(shape));
        }

        var lengths = shape.ToArray();
        if (lengths.Aggregate(1.0, (size, length) => size * length) > long.MaxValue / 2)
            throw new ArgumentException(
                $"A tensor of {Words(lengths)} has more than 2^62 entries, which cannot be counted.", nameof(shape));
        return lengths;
    }

    private static int[] Unfolded(long place, int[] shape)
    {
        var indices = new int[shape.Length];
        Unfold(place, shape, indices);
        return indices;
    }

    private static void RequireWeights(int entries, ReadOnlySpan<T> weights, Func<int, string> place)
    {
        if (weights.IsEmpty)
            return;
        if (weights.Length != entries)
            throw new ArgumentException(
                $"There are {weights.Length} weights for {entries} entries.", nameof(weights));
        for (var e = 0; e < entries; e++)
        {
            if (!(weights[e] >= T.Zero && T.IsFinite(weights[e])))
                throw new NmfDataException(
                    $"The weight at {place(e)} is {weights[e]}. Weights must be finite and at least 0.", -1, -1,
                    double.CreateTruncating(weights[e]));
        }
    }

    private static NmfDataException BadValue(string place, T value) => new(
        $"The entry at {place} is {value}. Entries must be finite and at least 0"
        + (T.IsNaN(value) ? $", or missing: {nameof(MissingValues)}.{nameof(MissingValues.NaN)}." : "."), -1, -1,
        double.CreateTruncating(value));

    /// <summary>Sums of what is observed.</summary>
    private sealed class Scan
    {
        private double _sum;
        private double _squares;
        private double _weight;
        private bool _isAny;

        public bool IsWeighted { get; private set; }

        public void Skip() => IsWeighted = true;

        public void Add(double value, double weight)
        {
            _isAny |= weight > 0;
            IsWeighted |= weight != 1;
            _sum += weight * value;
            _squares += weight * value * value;
            _weight += weight;
        }

        public Summary Summary(double zeros)
        {
            if (!_isAny)
                throw new NmfDataException(
                    $"All entries are {(IsWeighted || zeros == 0 ? "missing" : "zero")}: {Nothing}");
            if (double.IsInfinity(_sum))
                throw new NmfDataException(
                    "The entries are so large that their sum overflows. Divide the data by a constant.");
            return new Summary(_sum, _squares, _weight + zeros, IsWeighted);
        }
    }

    /// <summary>Entries in the order of their indices.</summary>
    private sealed class Coordinates(int[] indices, T[] values, T[] weights)
    {
        private CoordinateTensor<T>? _grouped;

        public int[] Indices { get; } = indices;

        public T[] Values { get; } = values;

        public T[] Weights { get; } = weights;

        /// <summary>Sorts entries, in time proportional to their number and the lengths of the modes.</summary>
        public static Coordinates Sorted(
            int[] indices, ReadOnlySpan<T> values, ReadOnlySpan<T> weights, int[] shape)
        {
            var order = shape.Length;
            int[] from = [.. Enumerable.Range(0, values.Length)], to = new int[values.Length];
            for (var n = order - 1; n >= 0; n--)
            {
                var starts = new int[shape[n] + 1];
                foreach (var e in from)
                    starts[indices[(e * order) + n] + 1]++;
                for (var i = 0; i < shape[n]; i++)
                    starts[i + 1] += starts[i];
                foreach (var e in from)
                    to[starts[indices[(e * order) + n]]++] = e;
                (from, to) = (to, from);
            }

            var (sorted, ofEntries) = (new int[indices.Length], new T[values.Length]);
            var ofWeights = new T[weights.Length];
            for (var at = 0; at < from.Length; at++)
            {
                var e = from[at];
                var place = indices.AsSpan(e * order, order);
                if (at > 0 && place.SequenceEqual(sorted.AsSpan((at - 1) * order, order)))
                    throw new NmfDataException(
                        $"The entry at {Place(place.ToArray())} is given twice, as entries {from[at - 1]} and {e}.");
                place.CopyTo(sorted.AsSpan(at * order));
                ofEntries[at] = values[e];
                if (!weights.IsEmpty)
                    ofWeights[at] = weights[e];
            }

            return new Coordinates(sorted, ofEntries, ofWeights);
        }

        public Coordinates Divided(int exponent)
        {
            var values = Values.ToArray();
            PowerOfTwo.Scale<T>(values, -exponent);
            return new Coordinates(Indices, values, Weights);
        }

        /// <summary>Grouped by every mode; all passes share it.</summary>
        public CoordinateTensor<T> Grouped(int[] shape)
        {
            lock (Indices)
                return _grouped ??= new CoordinateTensor<T>(shape, Indices, Values, Weights);
        }
    }
}
