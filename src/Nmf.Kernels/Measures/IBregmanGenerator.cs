using System.Numerics;

namespace Nmf;

/// <summary>
/// A convex function φ that generates a Bregman divergence: implement it to fit with a measure of your own. Two methods
/// over spans are enough, best written with <c>System.Numerics.Tensors.TensorPrimitives</c>; they run once per row of a
/// tile, so their calls cost nothing.
/// </summary>
/// <remarks>Implementations are called from several threads at once: keep them free of state, and
/// of allocations. The interface stands in the namespace of the models, which have the measure that takes it
/// (<c>BregmanDivergence</c>), and in the assembly of the kernels, which call it.</remarks>
public interface IBregmanGenerator
{
    /// <summary>Whether d_φ(0|y) is finite.</summary>
    bool AllowsZeros => true;

    /// <summary>Largest value that a datum may have.</summary>
    double LargestDatum => double.PositiveInfinity;

    /// <summary>The model stays below this value: 1 for φ defined on (0, 1). A model at or above it has an infinite
    /// divergence, which the solver never accepts.</summary>
    double ModelLimit => double.PositiveInfinity;

    /// <summary>The divergence of c v and c y is that of v and y times c to this power; null where it is not.</summary>
    internal double? UnitPower => null;

    /// <summary>φ'' at every entry of the model, at least 0.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="model">y, greater than 0 and below <see cref="ModelLimit"/>.</param>
    /// <param name="curvature">Receives φ''(y), as many values. May not overlap the model.</param>
    void Curvature<T>(ReadOnlySpan<T> model, Span<T> curvature)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>d_φ(v|y) = φ(v) - φ(y) - φ'(y) (v - y) entry by entry, at least 0 and exactly 0 for v = y.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="data">v, allowed by <see cref="AllowsZeros"/> and <see cref="LargestDatum"/>.</param>
    /// <param name="model">y, greater than 0 and below <see cref="ModelLimit"/>.</param>
    /// <param name="divergence">Receives the divergences, as many values. May not overlap the others.</param>
    void Divergence<T>(ReadOnlySpan<T> data, ReadOnlySpan<T> model, Span<T> divergence)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
