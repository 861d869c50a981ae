using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Trainers;

/// <summary>Rows of keys and values on their way to a tensor.</summary>
internal static class TensorKeys
{
    private const int RowsBetweenChecks = 4096;

    /// <summary>A key column.</summary>
    public static RequiredColumn Role { get; } = RequiredColumn.Key("key");

    /// <summary>Reads all rows that have every key and a value.</summary>
    public static TensorTable Read(
        IHost host, IChannel channel, IDataView input, DataViewSchema.Column label, RatingKeys[] keys,
        FitCancellation cancellation)
    {
        var table = new TensorTable(keys.Length);
        DataViewSchema.Column[] columns = [label, .. keys.Select(key => input.Schema[key.Name])];
        using var cursor = input.GetRowCursor(columns);
        var getLabel = cursor.GetGetter<float>(label);
        var getKeys = Array.ConvertAll(columns[1..], column => cursor.GetGetter<uint>(column));
        var (value, place, skipped, row) = (0f, new int[keys.Length], 0L, 0L);
        for (; cursor.MoveNext(); row++)
        {
            if (row % RowsBetweenChecks == 0)
                cancellation.ThrowIfRequested();
            getLabel(ref value);
            var isWhole = !float.IsNaN(value);
            for (var n = 0; n < place.Length; n++)
            {
                var key = 0u;
                getKeys[n](ref key);
                place[n] = (int)key - 1;
                isWhole &= key != 0;
            }

            if (!isWhole)
            {
                skipped++;
                continue;
            }

            if (!(value >= 0 && float.IsFinite(value)))
            {
                throw host.Process(new NmfDataException(
                    $"Column '{label.Name}' is {value} in row {cursor.Position}. "
                    + "Values must be finite and at least 0.", cursor.Position, -1, value));
            }

            table.Add(place, value);
        }

        if (skipped > 0)
            channel.Warning("Skipped {0} of {1} rows with a missing key or value.", skipped, row);
        if (table.Count == 0)
            throw host.Process(new NmfDataException(
                $"There are no entries: column '{label.Name}' has none with all keys in {row} rows."));
        return table;
    }
}

/// <summary>Places and values, in the order in which they were read.</summary>
internal sealed class TensorTable(int order)
{
    private readonly List<int> _indices = [];
    private readonly List<float> _values = [];

    /// <summary>Number of rows.</summary>
    public int Count => _values.Count;

    public void Add(ReadOnlySpan<int> place, float value)
    {
        _indices.AddRange(place);
        _values.Add(value);
    }

    /// <summary>The tensor, rows of the same place put together.</summary>
    public NmfTensor<float> ToTensor(int[] shape, AbsentEntries absent)
    {
        var indices = CollectionsMarshal.AsSpan(_indices).ToArray();
        var rows = Enumerable.Range(0, Count).ToArray();
        Array.Sort(rows, (a, b) => Compare(indices, a, b) is var places and not 0 ? places
            : _values[a].CompareTo(_values[b]));
        var (places, values, weights) = (new List<int>(indices.Length), new List<float>(), new List<float>());
        for (var at = 0; at < rows.Length;)
        {
            var first = at;
            double sum = 0;
            for (; at < rows.Length && Compare(indices, rows[first], rows[at]) == 0; at++)
                sum += _values[rows[at]];
            places.AddRange(indices.AsSpan(rows[first] * order, order));
            values.Add((float)(absent == AbsentEntries.Missing ? sum / (at - first) : sum));
            weights.Add(at - first);
        }

        return NmfTensor<float>.FromCoordinates(
            CollectionsMarshal.AsSpan(places), CollectionsMarshal.AsSpan(values), shape, absent,
            absent == AbsentEntries.Missing && weights.Exists(weight => weight != 1)
                ? CollectionsMarshal.AsSpan(weights) : default);
    }

    private int Compare(int[] indices, int a, int b)
        => indices.AsSpan(a * order, order).SequenceCompareTo(indices.AsSpan(b * order, order));
}
