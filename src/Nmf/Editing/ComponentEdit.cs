using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What is done to the components of a fitted model: which of the old ones every new one is made of. A component that
/// is made of one is that one, to the bit; one that is made of several is their mean, each as a distribution over the
/// features and weighted by its contribution, so that its share of the model is the sum of theirs.
/// </summary>
internal sealed class ComponentEdit
{
    private readonly int[][] _sources;

    private ComponentEdit(int[][] sources, string description)
        => (_sources, Description) = (sources, description);

    /// <summary>The edit in words.</summary>
    public string Description { get; }

    /// <summary>For every new component the old ones that it is made of.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Sources => _sources;

    /// <summary>Number of components afterwards.</summary>
    public int Rank => _sources.Length;

    /// <summary>Whether components are put together.</summary>
    public bool Merges => Array.Exists(_sources, sources => sources.Length > 1);

    /// <summary>Whether a component is left out or changed.</summary>
    public bool ChangesModel { get; private init; }

    /// <summary>Whether every new component is an old one.</summary>
    public bool KeepsComponents => !Merges && _sources.Select(sources => sources[0]).Distinct().Count() == Rank;

    /// <summary>For every new component the old one, the first of several.</summary>
    public int[] Order => [.. _sources.Select(sources => sources[0])];

    /// <summary>Leaves components out.</summary>
    public static ComponentEdit Drop(int rank, IReadOnlyList<int> components)
    {
        RequireComponents(rank, components, 1);
        if (components.Count == rank)
            throw new ArgumentException("At least one component must be left.", nameof(components));
        return new(
            [.. Enumerable.Range(0, rank).Where(k => !components.Contains(k)).Select(k => new[] { k })],
            $"drop {List(components)}") { ChangesModel = true };
    }

    /// <summary>Puts the components into another order.</summary>
    public static ComponentEdit Reorder(int rank, IReadOnlyList<int> order)
    {
        RequireComponents(rank, order, rank, nameof(order));
        return new([.. order.Select(k => new[] { k })], $"reorder {List(order)}");
    }

    /// <summary>Makes one component of several, in the place of the first of them.</summary>
    public static ComponentEdit Merge(int rank, IReadOnlyList<int> components)
    {
        RequireComponents(rank, components, 2);
        var first = components.Min();
        return new(
            [
                .. Enumerable.Range(0, rank).Where(k => k == first || !components.Contains(k))
                    .Select(k => k == first ? components.Order().ToArray() : [k]),
            ],
            $"merge {List(components)}") { ChangesModel = true };
    }

    /// <summary>Makes two components of one, in its place; what they are is not decided here.</summary>
    public static ComponentEdit Split(int rank, int component)
    {
        RequireComponents(rank, [component], 1, nameof(component));
        return new(
            [.. Enumerable.Range(0, rank).SelectMany(k => k == component ? new int[][] { [k], [k] } : [[k]])],
            $"split {List([component])}") { ChangesModel = true };
    }

    /// <summary>Contributions afterwards; they add up to one again.</summary>
    public double[] Contributions(IReadOnlyList<double> before)
    {
        var shares = Array.ConvertAll(_sources, sources => sources.Sum(k => before[k]));
        // Where no part of the model goes they add up as before: to the bit, in whatever order.
        if (!ChangesModel)
            return shares;
        var total = shares.Sum();
        return total > 0 ? Array.ConvertAll(shares, share => share / total) : shares;
    }

    /// <summary>Names afterwards: a merged component has its members' names, unless it gets one, and the two parts of
    /// one its name with a number. What is made here is short enough and no name of another.</summary>
    /// <param name="before">Names, or null for none.</param>
    /// <param name="ofMerged">Name of the merged component, or null.</param>
    /// <param name="nameOf">The name of a component that has none.</param>
    public string[]? Names(IReadOnlyList<string>? before, string? ofMerged, Func<int, string> nameOf)
    {
        if (before is null && ofMerged is null)
            return null;
        var names = new string?[Rank];
        for (var k = 0; k < Rank; k++)
            names[k] = _sources[k].Length > 1 ? ofMerged : IsPart(k) ? null : Old(_sources[k][0]);
        var taken = new HashSet<string>(names.OfType<string>(), StringComparer.Ordinal);
        for (var k = 0; k < Rank; k++)
            names[k] ??= ComponentNameList.Free(string.Join(" + ", _sources[k].Select(Old)), IsPart(k), taken);
        return names!;

        string Old(int component) => before?[component] ?? nameOf(component);
    }

    /// <summary>The dictionary afterwards.</summary>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="contributions">Shares of the components.</param>
    /// <param name="scale">How merged columns are scaled; without a convention their sum is the weighted mean of the
    /// sums of their members.</param>
    public Matrix<T> Dictionary<T>(Matrix<T> dictionary, IReadOnlyList<double> contributions, ComponentScale scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var edited = Components.Select(dictionary, Order);
        var column = new double[dictionary.Rows];
        for (var k = 0; k < Rank; k++)
        {
            if (_sources[k].Length == 1)
                continue;
            Mean(dictionary, _sources[k], contributions, scale, column);
            for (var f = 0; f < column.Length; f++)
                edited[f, k] = T.CreateChecked(column[f]);
        }

        return edited;
    }

    /// <summary>The activations afterwards: those of merged components are sums, measured by what they add to the
    /// model, so that every sample keeps its sum of W h.</summary>
    /// <param name="activations">H, samples x rank.</param>
    /// <param name="before">W before.</param>
    /// <param name="after">W afterwards.</param>
    public Matrix<T> Activations<T>(Matrix<T> activations, Matrix<T> before, Matrix<T> after)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var edited = Components.Select(activations, Order);
        if (!Merges)
            return edited;
        var (old, now) = (new double[before.Columns], new double[after.Columns]);
        FactorKernels.ColumnSums(before, old);
        FactorKernels.ColumnSums(after, now);
        for (var n = 0; n < edited.Rows; n++)
        {
            for (var k = 0; k < Rank; k++)
            {
                if (_sources[k].Length == 1)
                    continue;
                double mass = 0;
                foreach (var source in _sources[k])
                    mass += old[source] * double.CreateTruncating(activations[n, source]);
                edited[n, k] = T.CreateSaturating(now[k] > 0 ? mass / now[k] : 0);
            }
        }

        return edited;
    }

    /// <summary>Requires every new component to be an old one.</summary>
    /// <param name="reason">Why.</param>
    /// <exception cref="InvalidOperationException">One is not.</exception>
    public void RequireOldComponents(string reason)
    {
        if (!KeepsComponents)
            throw new InvalidOperationException(
                $"Components of this model cannot be merged or split: {reason}. Drop and reorder are possible.");
    }

    /// <summary>Checks a list of components.</summary>
    internal static void RequireComponents(
        int rank, IReadOnlyList<int> components, int least, string name = "components")
    {
        ArgumentNullException.ThrowIfNull(components, name);
        foreach (var k in components)
        {
            if ((uint)k >= (uint)rank)
                throw new ArgumentException(
                    $"There is no component {k}: the model has the components 0 to {rank - 1}.", name);
        }

        if (components.Distinct().Count() < components.Count)
            throw new ArgumentException($"A component is named twice: {List(components)}.", name);
        if (components.Count < least)
            throw new ArgumentException(
                $"There are {components.Count} components in the list. There must be at least {least}.", name);
    }

    // The two parts of a component stand beside each other.
    private bool IsPart(int k) => (k + 1 < Rank && _sources[k][0] == _sources[k + 1][0])
        || (k > 0 && _sources[k][0] == _sources[k - 1][0]);

    private static string List(IReadOnlyList<int> components)
        => string.Join(", ", components.Select(k => k.ToString(CultureInfo.InvariantCulture)));

    private static void Mean<T>(
        Matrix<T> dictionary, int[] sources, IReadOnlyList<double> contributions, ComponentScale scale, double[] mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Array.Clear(mean);
        double weights = 0, sums = 0;
        var isWeighted = sources.Sum(k => contributions[k]) > 0;
        foreach (var k in sources)
        {
            double sum = 0;
            for (var f = 0; f < mean.Length; f++)
                sum += double.CreateTruncating(dictionary[f, k]);
            var weight = isWeighted ? contributions[k] : 1;
            if (sum == 0 || weight == 0)
                continue;
            for (var f = 0; f < mean.Length; f++)
                mean[f] += weight * (double.CreateTruncating(dictionary[f, k]) / sum);
            (weights, sums) = (weights + weight, sums + (weight * sum));
        }

        if (weights == 0)
            return;
        var size = scale switch
        {
            ComponentScale.UnitNorm => 1 / TensorPrimitives.Norm<double>(mean),
            ComponentScale.UnitSum => 1 / weights,
            _ => sums / weights / weights,
        };
        TensorPrimitives.Multiply(mean, size, mean);
    }
}
