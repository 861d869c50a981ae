using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Components that are known before a fit and stay: columns of W, and where there are dynamics the transitions between
/// them. They are the first components of the model, in their order; free ones follow.
/// </summary>
/// <remarks>Immutable, a copy of what it was made from. The scale of a column does not matter to a fit: activations
/// make up for it.</remarks>
public sealed class KnownComponents
{
    // Component after component, in double, which holds every float.
    private readonly double[][] _columns;
    private readonly double[][]? _transitions;

    private KnownComponents(double[][] columns, double[][]? transitions = null)
    {
        for (var k = 0; k < columns.Length; k++)
        {
            if (columns[k].Length != columns[0].Length)
                throw new ArgumentException(
                    $"Known component 0 has {columns[0].Length} values, but component {k} has {columns[k].Length}.");
            RequireValues(columns[k], $"Known component {k}", "feature");
        }

        if (columns.Length == 0 || columns[0].Length == 0)
            throw new ArgumentException("There must be at least one known component, and it must have a value.");
        if (transitions is not null
            && (transitions.Length != columns.Length || transitions[0].Length != columns.Length))
        {
            throw new ArgumentException(
                $"The known transitions are {transitions.Length} x {transitions[0].Length}, "
                + $"but there are {columns.Length} known components.");
        }

        for (var k = 0; k < (transitions?.Length ?? 0); k++)
            RequireValues(transitions![k], $"The known transitions to component {k}", "component");
        (_columns, _transitions) = (columns, transitions);
    }

    /// <summary>Number of known components, at least 1.</summary>
    public int Count => _columns.Length;

    /// <summary>Number of features F.</summary>
    public int Features => _columns[0].Length;

    /// <summary>Names of the components, or null.</summary>
    public IReadOnlyList<string>? Names { get; private init; }

    /// <summary>Whether the transitions between the components are known, too.</summary>
    internal bool HasTransitions => _transitions is not null;

    /// <summary>Components as arrays.</summary>
    /// <param name="components">For each component its F values, finite and at least 0.</param>
    /// <exception cref="ArgumentException">There is no component, or their lengths differ.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite.</exception>
    public static KnownComponents FromColumns(IReadOnlyList<float[]> components)
    {
        ArgumentNullException.ThrowIfNull(components);
        return new KnownComponents(
            [.. components.Select((column, k) => Array.ConvertAll(Required(column, k), value => (double)value))]);
    }

    /// <inheritdoc cref="FromColumns(IReadOnlyList{float[]})"/>
    public static KnownComponents FromColumns(IReadOnlyList<double[]> components)
    {
        ArgumentNullException.ThrowIfNull(components);
        return new KnownComponents([.. components.Select((column, k) => (double[])Required(column, k).Clone())]);
    }

    /// <summary>The columns of a dictionary.</summary>
    /// <param name="dictionary">W of the known components, features x known, finite and at least 0.</param>
    /// <param name="transitions">
    /// A of the known components, known x known (row i, column j: what component j now gives to component i next), for
    /// a <see cref="DynamicalSystem"/>; else null.
    /// </param>
    /// <exception cref="ArgumentException">There is no component, or the transitions have another size.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite.</exception>
    public static KnownComponents FromDictionary<T>(Matrix<T> dictionary, Matrix<T>? transitions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        var columns = new double[dictionary.Columns][];
        for (var k = 0; k < columns.Length; k++)
        {
            columns[k] = new double[dictionary.Rows];
            for (var f = 0; f < dictionary.Rows; f++)
                columns[k][f] = double.CreateChecked(dictionary[f, k]);
        }

        return new KnownComponents(columns, transitions is null ? null :
        [
            .. Enumerable.Range(0, transitions.Rows)
                .Select(i => Array.ConvertAll(transitions.Row(i).ToArray(), value => double.CreateChecked(value))),
        ]);
    }

    /// <summary>The same components with names, which estimators give to the slots of their output.</summary>
    /// <param name="names">A name for each.</param>
    /// <exception cref="ArgumentException">Their number differs, or one is empty.</exception>
    public KnownComponents Named(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count != Count || names.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException(
                $"There are {names.Count} names for {Count} known components, or one of them is empty.",
                nameof(names));
        return new KnownComponents(_columns, _transitions) { Names = [.. names] };
    }

    /// <summary>The values of a component; not a copy.</summary>
    /// <param name="component">0 to <see cref="Count"/> - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component.</exception>
    public ReadOnlySpan<double> Column(int component)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(component);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(component, Count);
        return _columns[component];
    }

    /// <summary>Checks that there is room for them.</summary>
    internal void RequireRank(int rank) => Option.Require(
        Count <= rank, "Known",
        $"There are {Count} known components, but the rank is {rank}. There must be no more of them than the rank.");

    internal void RequireFeatures(int features) => Option.Require(
        Features == features, "Known", $"The known components have {Features} features, but the data have {features}.");

    /// <summary>The columns as a dictionary.</summary>
    internal Matrix<double> ToDictionary()
    {
        var dictionary = new Matrix<double>(Features, Count);
        for (var k = 0; k < Count; k++)
        {
            for (var f = 0; f < Features; f++)
                dictionary[f, k] = _columns[k][f];
        }

        return dictionary;
    }

    /// <summary>The components in another unit.</summary>
    internal KnownComponents InUnit(FitUnit unit) => new(
        [
            .. _columns.Select(column => column.Select(
                (value, f) => value * Math.Pow(2, -unit.DictionaryExponentOf(f))).ToArray()),
        ], _transitions) { Names = Names };

    /// <summary>Writes the columns into the first ones of a dictionary as they are.</summary>
    internal void CopyTo<T>(Matrix<T> dictionary)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var k = 0; k < Count; k++)
        {
            for (var f = 0; f < Features; f++)
                dictionary[f, k] = T.CreateChecked(_columns[k][f]);
        }
    }

    /// <summary>Writes the columns into the first ones of a dictionary, and makes up for their scale with
    /// the activations.</summary>
    internal void PutInto<T>(NmfStart<T> start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var k = 0; k < Count; k++)
        {
            double before = 0, after = 0;
            for (var f = 0; f < Features; f++)
            {
                before += double.CreateTruncating(start.Dictionary[f, k]);
                start.Dictionary[f, k] = T.CreateChecked(_columns[k][f]);
                after += double.CreateTruncating(start.Dictionary[f, k]);
            }

            for (var n = 0; n < (start.Activations?.Rows ?? 0) && after > 0; n++)
                start.Activations![n, k] *= T.CreateSaturating(before / after);
        }
    }

    /// <summary>Writes what the known components now give to one of them next, and nothing from the others.</summary>
    internal void PutTransitions<T>(int component, Span<T> row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        row.Clear();
        for (var j = 0; j < Count; j++)
            row[j] = T.CreateChecked(_transitions![component][j]);
    }

    /// <summary>Number, sizes and a mark of the values.</summary>
    internal string Describe()
    {
        var mark = new CheckpointFacts.DataMark();
        foreach (var values in _columns.Concat(_transitions ?? []))
            mark.Add<double>(values, []);
        return $"{Features} x {Count}, transitions {HasTransitions}, {mark}";
    }

    private static T[] Required<T>(T[]? column, int k)
        => column ?? throw new ArgumentException($"Known component {k} is null.");

    private static void RequireValues(double[] values, string what, string place)
    {
        var at = Array.FindIndex(values, value => !(value >= 0 && double.IsFinite(value)));
        if (at >= 0)
            throw new NmfDataException(
                $"{what} holds {values[at]} at {place} {at}. Its values must be finite and at least 0.", at, -1,
                values[at]);
    }
}
