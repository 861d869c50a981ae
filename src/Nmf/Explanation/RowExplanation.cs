using System.Numerics;

namespace Nmf;

/// <summary>What one component has to do with one feature of a row.</summary>
/// <param name="Component">Number of the component.</param>
/// <param name="Feature">Number of the feature.</param>
/// <param name="Value">Its contribution, in the unit of the data.</param>
public readonly record struct RowContribution(int Component, int Feature, double Value);

/// <summary>
/// Which features of a row speak for which components: the contribution <c>v_f h_k w_fk / y_f</c> of a feature to a
/// component, with y = W h the model of the row. This is exact, not an approximation of the model from outside: over
/// the components the contributions of a feature add up to its value, and over the features those of a component to its
/// part of the row.
/// </summary>
/// <remarks>
/// The shares <c>h_k w_fk / y_f</c> are what majorisation-minimisation divides an entry by (Lee and Seung 2001; Févotte
/// and Idier 2011); where the data are counts, β = 1, they are the probabilities that the counts come from the
/// component. There a row without penalties is solved where the sum over the features is h_k times the sum of w_k.
/// </remarks>
public sealed class RowExplanation
{
    private readonly int[] _features;
    private readonly double[] _values;
    private readonly double[] _models;
    private readonly double[] _parts;
    private readonly double[] _activations;

    private RowExplanation(double[] activations, int[] features, double[] values, double[] models, double[] parts)
    {
        (_activations, _features, _values, _models, _parts) = (activations, features, values, models, parts);
        var rank = activations.Length;
        var totals = new double[rank];
        for (var i = 0; i < parts.Length; i++)
            totals[i % rank] += parts[i];
        ComponentTotals = totals;
        Total = values.Sum();
        var unexplained = new double[features.Length];
        for (var i = 0; i < features.Length; i++)
            unexplained[i] = Math.Max(0, values[i] - parts.AsSpan(i * rank, rank).ToArray().Sum());
        Unexplained = unexplained;
    }

    /// <summary>h, one for each component.</summary>
    public IReadOnlyList<double> Activations => _activations;

    /// <summary>The features of the row that are observed and not zero, in their order.</summary>
    public IReadOnlyList<int> Features => _features;

    /// <summary>The values of <see cref="Features"/>.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>y = W h at <see cref="Features"/>; with the outlier part, where the model has one.</summary>
    public IReadOnlyList<double> Models => _models;

    /// <summary>What no component speaks for, at <see cref="Features"/>: the whole value where the model is zero, the
    /// share of the outlier part where there is one, else 0 up to rounding.</summary>
    public IReadOnlyList<double> Unexplained { get; }

    /// <summary>Sum of the contributions to each component: its part of <see cref="Total"/>.</summary>
    public IReadOnlyList<double> ComponentTotals { get; }

    /// <summary>Sum of the values of the row.</summary>
    public double Total { get; }

    /// <summary>The contribution of a feature to a component; 0 for a feature that is zero in the row.</summary>
    /// <param name="component">Number of the component.</param>
    /// <param name="feature">Number of the feature.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such component.</exception>
    public double Contribution(int component, int feature)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
            (uint)component, (uint)_activations.Length, nameof(component));
        var at = Array.BinarySearch(_features, feature);
        return at < 0 ? 0 : _parts[(at * _activations.Length) + component];
    }

    /// <summary>The largest contributions, largest first; equal ones by component and feature. None is zero.</summary>
    /// <param name="count">Most to return.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public IReadOnlyList<RowContribution> Top(int count = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var all = new List<RowContribution>();
        for (var i = 0; i < _parts.Length; i++)
        {
            if (_parts[i] > 0)
                all.Add(new(i % _activations.Length, _features[i / _activations.Length], _parts[i]));
        }

        return [.. all.OrderByDescending(c => c.Value).ThenBy(c => c.Component).ThenBy(c => c.Feature).Take(count)];
    }

    /// <summary>Divides a row among the components.</summary>
    /// <param name="indices">Features that are stored, increasing, or empty for all.</param>
    /// <param name="values">Their values; NaN is missing.</param>
    /// <param name="activations">h.</param>
    /// <param name="outliers">Outlier part of the row, or empty.</param>
    /// <param name="weight">w of a feature and a component.</param>
    /// <exception cref="NmfNumericalException">An activation is not finite.</exception>
    internal static RowExplanation Of<T>(
        ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<T> activations, ReadOnlySpan<T> outliers,
        Func<int, int, double> weight)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var h = new double[activations.Length];
        for (var k = 0; k < h.Length; k++)
        {
            h[k] = double.CreateTruncating(activations[k]);
            if (!double.IsFinite(h[k]))
                throw new NmfNumericalException(
                    $"The activation of component {k} is {h[k]}: the row is too large for {typeof(T).Name}. Divide the "
                    + "data by their largest value, or use double precision.");
        }

        var (features, observed, models, parts) = (new List<int>(), new List<double>(), new List<double>(),
            new List<double>());
        for (var j = 0; j < values.Length; j++)
        {
            if (T.IsNaN(values[j]) || values[j] == T.Zero)
                continue;
            var (feature, value) = (indices.IsEmpty ? j : indices[j], double.CreateTruncating(values[j]));
            var model = outliers.IsEmpty ? 0 : double.CreateTruncating(outliers[feature]);
            for (var k = 0; k < h.Length; k++)
                model += h[k] * weight(feature, k);
            for (var k = 0; k < h.Length; k++)
                parts.Add(model > 0 ? value * (h[k] * weight(feature, k) / model) : 0);
            features.Add(feature);
            observed.Add(value);
            models.Add(model);
        }

        return new RowExplanation(h, [.. features], [.. observed], [.. models], [.. parts]);
    }
}
