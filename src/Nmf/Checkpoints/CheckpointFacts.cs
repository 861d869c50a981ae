using System.Globalization;
using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What a state belongs to, as names and values: the options that decide the path of a fit, and
/// marks of the data.</summary>
internal sealed class CheckpointFacts
{
    private const int MostFacts = 256;

    private readonly List<(string Name, string Value)> _facts = [];

    public CheckpointFacts Add(string name, IFormattable value)
    {
        // Round-trip digits: two values that differ must read differently.
        _facts.Add((name, value.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture)));
        return this;
    }

    public CheckpointFacts Add(string name, string value)
    {
        _facts.Add((name, value));
        return this;
    }

    public CheckpointFacts Add(string name, double? value)
        => value is { } number ? Add(name, (IFormattable)number) : Add(name, "automatic");

    /// <summary>What every fit with a checkpoint states first.</summary>
    public static CheckpointFacts Of<T>(string content, NmfCheckpoint checkpoint)
        => new CheckpointFacts().Add("content", content).Add("precision", typeof(T).Name).Add(
            "label", checkpoint.Label);

    /// <summary>Adds marks and sums of all data.</summary>
    public CheckpointFacts AddData<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Add("data", MarkOf(data))
            .Add("sum of the data", data.Sum)
            .Add("sum of their squares", data.SumOfSquares)
            .Add("number of observed entries", data.ObservedEntries)
            .Add("sum of their weights", data.TotalWeight)
            .Add("absent entries", data.AbsentEntries.ToString());

    /// <summary>Adds a mark of a factor that may not be there.</summary>
    public CheckpointFacts AddFactor<T>(string name, Matrix<T>? factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Add(name, factor is null ? "none" : MarkOf(factor));

    /// <summary>The value of a fact, or null.</summary>
    public string? this[string name] => _facts.Find(fact => fact.Name == name).Value;

    /// <summary>A short mark of the values of a factor.</summary>
    public static string MarkOf<T>(Matrix<T> matrix)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = default(DataMark);
        for (var i = 0; i < matrix.Rows; i++)
            mark.Add<T>(matrix.Row(i), []);
        return $"{matrix.Rows} x {matrix.Columns}, {mark}";
    }

    /// <summary>A short mark of data; the same for dense and sparse storage.</summary>
    public static string MarkOf<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = default(DataMark);
        for (var n = 0; n < data.Samples; n++)
        {
            if (data.Dense is { } dense)
                mark.Add<T>(dense.Row(n), []);
            else
                mark.Add<T>(data.Sparse!.RowValues(n), data.Sparse.RowIndices(n));
        }

        return $"{data.Samples} x {data.Features}, {mark}";
    }

    /// <exception cref="NmfCheckpointException">A fact differs.</exception>
    public void RequireEqual(CheckpointFacts expected, string path)
    {
        var differences = new List<string>();
        foreach (var (name, value) in expected._facts)
        {
            if (this[name] != value)
                differences.Add($"{name} is {this[name] ?? "not stated"} there but {value} here");
        }

        differences.AddRange(_facts.Where(fact => expected[fact.Name] is null).Select(
            fact => $"{fact.Name} is {fact.Value} there but not stated here"));
        if (differences.Count > 0)
        {
            throw new NmfCheckpointException(
                path,
                $"The checkpoint '{path}' belongs to another fit: {string.Join("; ", differences)}. "
                + "Restore what differs to go on from it, or delete the file to begin anew.");
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_facts.Count);
        foreach (var (name, value) in _facts)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    public static CheckpointFacts Load(BinaryReader reader)
    {
        var facts = new CheckpointFacts();
        var count = reader.ReadInt32();
        if (count is < 0 or > MostFacts)
            throw new FormatException("The number of facts is out of range.");
        for (var i = 0; i < count; i++)
            facts.Add(reader.ReadString(), reader.ReadString());
        return facts;
    }

    /// <summary>A hash over the places and the bits of everything that is not zero (SplitMix64 steps).</summary>
    internal struct DataMark
    {
        private ulong _state;
        private long _row;

        public void Add<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> indices)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Mix((ulong)++_row);
            for (var j = 0; j < values.Length; j++)
            {
                if (values[j] == T.Zero)
                    continue;
                Mix((ulong)(indices.IsEmpty ? j : indices[j]));
                Mix(BitConverter.DoubleToUInt64Bits(double.CreateTruncating(values[j])));
            }
        }

        public override readonly string ToString() => $"{_state:x16}";

        private void Mix(ulong value)
        {
            var z = _state + value + 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            _state = z ^ (z >> 31);
        }
    }
}
