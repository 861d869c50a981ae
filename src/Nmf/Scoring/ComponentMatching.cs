using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Which component of a fit is which reference: the one-to-one assignment with the least total distance. The
/// order of components is arbitrary, so nothing can be scored against a truth, or one run compared with another,
/// before they are matched.
/// </summary>
public sealed class ComponentMatching
{
    private readonly int[] _componentOf;
    private readonly double[] _distances;

    private ComponentMatching(int[] componentOf, double[] distances)
        => (_componentOf, _distances) = (componentOf, distances);

    /// <summary>For every reference the component matched to it, or -1 where there are fewer components
    /// than references.</summary>
    public IReadOnlyList<int> ComponentOf => _componentOf;

    /// <summary>For every reference the distance to its component; NaN where it has none.</summary>
    public IReadOnlyList<double> Distances => _distances;

    /// <summary>Mean distance of the references that have a component.</summary>
    public double MeanDistance => _distances.Where(d => !double.IsNaN(d)).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Matches the columns of a dictionary to those of a reference.</summary>
    /// <param name="references">features x L.</param>
    /// <param name="components">features x K, with the same features; K and L may differ.</param>
    /// <param name="distance">What is to be small.</param>
    /// <remarks>Takes O(F K L) time for the distances and O(min(K, L)² max(K, L)) for the
    /// assignment. Thread-safe.</remarks>
    /// <exception cref="ArgumentException">The numbers of features differ.</exception>
    public static ComponentMatching Match<T>(
        Matrix<T> references, Matrix<T> components, ComponentDistance distance = ComponentDistance.Cosine)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Match(ComponentDistances.Between(references, components, distance));

    /// <summary>Matches by any distances of the caller's.</summary>
    /// <param name="distances">references x components, finite.</param>
    /// <exception cref="ArgumentException">A distance is NaN or infinite; the message names its
    /// row and column.</exception>
    public static ComponentMatching Match(double[,] distances)
    {
        var componentOf = OptimalAssignment.Minimize(distances);
        return new ComponentMatching(
            componentOf, [.. componentOf.Select((k, l) => k < 0 ? double.NaN : distances[l, k])]);
    }

    /// <summary>The columns of a factor in the order of the references: column l of the result belongs
    /// to reference l.</summary>
    /// <param name="factor">Dictionary (features x K) or activations (samples x K) of the components
    /// that were matched.</param>
    /// <returns>As many columns as there are references, zero where a reference has no component.</returns>
    /// <exception cref="ArgumentException">The factor has too few columns.</exception>
    public Matrix<T> Reorder<T>(Matrix<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(factor);
        var last = _componentOf.DefaultIfEmpty(-1).Max();
        if (factor.Columns <= last)
            throw new ArgumentException(
                $"The factor has {factor.Columns} columns, but component {last} was matched.", nameof(factor));
        var ordered = new Matrix<T>(factor.Rows, _componentOf.Length);
        for (var i = 0; i < factor.Rows; i++)
        {
            var from = factor.Row(i);
            var to = ordered.Row(i);
            for (var l = 0; l < to.Length; l++)
                to[l] = _componentOf[l] < 0 ? T.Zero : from[_componentOf[l]];
        }

        return ordered;
    }
}
