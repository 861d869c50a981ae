using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Keeps zeros of H in least squares: a sweep that finds the product V w_k of an entry to be hopeless leaves
/// the entry at its bound, so that the others are minimised as if it were not there.</summary>
internal sealed class ZeroMask<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _samples;
    private readonly int[] _components;

    private ZeroMask(Matrix<T> mask)
    {
        var zeros = Enumerable.Range(0, mask.Rows).SelectMany(n => Enumerable.Range(0, mask.Columns).Where(
            k => mask[n, k] == T.Zero).Select(k => (n, k))).ToArray();
        (_samples, _components) = ([.. zeros.Select(zero => zero.n)], [.. zeros.Select(zero => zero.k)]);
    }

    // Finite, so that its product with the zero is zero.
    private static T Hopeless { get; } = -T.ScaleB(T.One, typeof(T) == typeof(float) ? 100 : 1000);

    /// <summary>The zeros that a start keeps, or null.</summary>
    public static ZeroMask<T>? Of(NmfStart<T> start) => start.Mask is { } mask ? new ZeroMask<T>(mask) : null;

    public void Apply(Matrix<T> product)
    {
        for (var i = 0; i < _samples.Length; i++)
            product.Row(_samples[i])[_components[i]] = Hopeless;
    }
}
