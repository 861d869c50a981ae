using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The causal filter of smooth IS-NMF: every frame minimises
/// <c>D_IS(v | W h) + λ Σ_k d_IS(h_k,before | h_k)</c>, or the other way round (Févotte 2011), starting from the
/// activations before it.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class SmoothFilter<T> : CausalFilter<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _weights;
    private readonly SmoothnessDirection _direction;

    /// <summary>Creates a filter with one smoothness.</summary>
    /// <param name="dictionary">W, features x rank; copied.</param>
    /// <param name="smoothness">λ, at least 0.</param>
    /// <param name="direction">Which way round neighbours are compared.</param>
    /// <param name="updates">Updates per frame, at least 1.</param>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public SmoothFilter(
        Matrix<T> dictionary, double smoothness,
        SmoothnessDirection direction = SmoothnessDirection.PreviousAgainstCurrent, int updates = 20)
        : this(dictionary, [.. Enumerable.Repeat(smoothness, dictionary?.Columns ?? 0)], direction, updates)
    {
    }

    /// <summary>Creates a filter whose components have a smoothness of their own.</summary>
    /// <param name="dictionary">W, features x rank; copied.</param>
    /// <param name="smoothness">λ_k, one per component, each at least 0.</param>
    /// <param name="direction">Which way round neighbours are compared.</param>
    /// <param name="updates">Updates per frame, at least 1.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or the dictionary has another number
    /// of components.</exception>
    public SmoothFilter(
        Matrix<T> dictionary, IReadOnlyList<double> smoothness,
        SmoothnessDirection direction = SmoothnessDirection.PreviousAgainstCurrent, int updates = 20)
        : base(dictionary, updates)
    {
        ArgumentNullException.ThrowIfNull(smoothness);
        if (!Enum.IsDefined(direction))
            throw new ArgumentException($"There is no smoothness direction {direction}.", nameof(direction));
        _weights = ComponentWeights(smoothness, "smoothness", nameof(smoothness));
        _direction = direction;
    }

    private protected override void Predict(T level)
    {
        var start = T.Max(level, ActivationFloor<T>.Value);
        for (var k = 0; k < Rank; k++)
        {
            if (IsFirst || _weights[0, k] == T.Zero)
                Current[0, k] = start;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Update()
    {
        T* h = Current.Data, before = Before.Data, p = Negative.Data, q = Positive.Data;
        var floor = new Vector<T>(ActivationFloor<T>.Value);
        for (nint k = 0; k < Current.Stride; k += Vector<T>.Count)
        {
            var x = Vector.Load(h + k);
            var a = Vector.Load(q + k);
            var g = x * x * Vector.Load(p + k);
            var b = IsFirst ? Vector<T>.Zero : Vector.Load(_weights.Data + k);
            if (_direction == SmoothnessDirection.PreviousAgainstCurrent)
            {
                g += b * Vector.Load(before + k);
            }
            else if (!IsFirst)
            {
                a += b / Vector.Load(before + k);
                b = -b;
            }

            var root = PositiveRoot.Of(a, b, g, x);
            Vector.ConditionalSelect(Vector.LessThan(root, floor), floor, root).Store(h + k);
        }
    }
}
