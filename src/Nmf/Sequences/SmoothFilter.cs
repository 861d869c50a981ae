using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The causal filter of smooth IS-NMF: every frame minimises <c>D_IS(v | W h) + λ Σ_k d_IS(h_k,before | h_k)</c>, or the other way round (Févotte 2011), starting from the activations before it.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class SmoothFilter<T> : CausalFilter<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _weight;
    private readonly SmoothnessDirection _direction;

    /// <summary>Creates a filter.</summary>
    /// <param name="dictionary">W, features x rank; copied.</param>
    /// <param name="smoothness">λ, at least 0.</param>
    /// <param name="direction">Which way round neighbours are compared.</param>
    /// <param name="updates">Updates per frame, at least 1.</param>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public SmoothFilter(Matrix<T> dictionary, double smoothness, SmoothnessDirection direction = SmoothnessDirection.PreviousAgainstCurrent, int updates = 20)
        : base(dictionary, updates)
    {
        if (!(smoothness >= 0 && double.IsFinite(smoothness)))
            throw new ArgumentException($"The smoothness is {smoothness}. It must be finite and at least 0.", nameof(smoothness));
        _weight = T.CreateChecked(smoothness);
        _direction = direction;
    }

    private protected override void Predict(T level)
    {
        if (IsFirst || _weight == T.Zero)
            Current.Row(0).Fill(T.Max(level, ActivationFloor<T>.Value));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Update()
    {
        T* h = Current.Data, before = Before.Data, p = Negative.Data, q = Positive.Data;
        var weight = new Vector<T>(IsFirst ? T.Zero : _weight);
        var (two, four) = (new Vector<T>(T.CreateChecked(2)), new Vector<T>(T.CreateChecked(4)));
        var floor = new Vector<T>(ActivationFloor<T>.Value);
        for (nint k = 0; k < Current.Stride; k += Vector<T>.Count)
        {
            var x = Vector.Load(h + k);
            var a = Vector.Load(q + k);
            var g = x * x * Vector.Load(p + k);
            Vector<T> root;
            if (IsFirst || _weight == T.Zero)
            {
                root = Vector.SquareRoot(g / a);
            }
            else if (_direction == SmoothnessDirection.PreviousAgainstCurrent)
            {
                g += weight * Vector.Load(before + k);
                root = two * g / (weight + Vector.SquareRoot((weight * weight) + (four * a * g)));
            }
            else
            {
                a += weight / Vector.Load(before + k);
                root = (weight + Vector.SquareRoot((weight * weight) + (four * a * g))) / (two * a);
            }

            root = Vector.ConditionalSelect(Vector.Equals(a, Vector<T>.Zero), x, root);
            Vector.ConditionalSelect(Vector.LessThan(root, floor), floor, root).Store(h + k);
        }
    }
}
