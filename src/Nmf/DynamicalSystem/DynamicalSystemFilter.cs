using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The causal filter of a nonnegative dynamical system: predicts g = A h of the frame before, then minimises
/// <c>D_IS(v | W h) + Σ α_k d_IS(h_k | g_k)</c> from there (Févotte, Le Roux and Hershey 2013).
/// </summary>
/// <remarks>A frame costs 6 F K operations for every update and 2 K² for the prediction. A patent application exists on
/// transforming signals with this model (WO 2014/065342).</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class DynamicalSystemFilter<T> : CausalFilter<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _transposed;
    private readonly Matrix<T> _predicted;
    private readonly Matrix<T> _shapes;

    /// <summary>Creates a filter.</summary>
    /// <param name="dictionary">W, features x rank; copied.</param>
    /// <param name="transitions">A, rank x rank; copied.</param>
    /// <param name="shapes">α_k, each at least 0; 0 for components without dynamics.</param>
    /// <param name="updates">Updates per frame, at least 1.</param>
    /// <exception cref="ArgumentException">Shapes do not match, or an argument is out of range.</exception>
    public DynamicalSystemFilter(
        Matrix<T> dictionary, Matrix<T> transitions, IReadOnlyList<double> shapes, int updates = 20)
        : base(dictionary, updates)
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(shapes);
        if (transitions.Rows != Rank || transitions.Columns != Rank)
            throw new ArgumentException(
                $"The dictionary has {Rank} components, "
                + $"but the transitions are {transitions.Rows} x {transitions.Columns}.", nameof(transitions));
        _shapes = ComponentWeights(shapes, "shape", nameof(shapes));
        (_transposed, _predicted) = (new Matrix<T>(Rank, Rank), new Matrix<T>(1, Rank));
        for (var i = 0; i < Rank; i++)
        {
            for (var j = 0; j < Rank; j++)
                _transposed[j, i] = transitions[i, j];
        }
    }

    /// <summary>The activations expected for the next frame, A h; all zero at the beginning of a sequence.</summary>
    /// <param name="activations">Receives K values.</param>
    /// <exception cref="ArgumentException">There are not K of them.</exception>
    public void Expect(Span<T> activations)
    {
        if (activations.Length != Rank)
            throw new ArgumentException(
                $"There is room for {activations.Length} activations, but there are {Rank}.", nameof(activations));
        if (IsFirst)
        {
            activations.Clear();
            return;
        }

        TransitionSweep<T>.Predict(_transposed, Current.Data, _predicted.Data);
        CopyInUnitOfData(_predicted, activations);
    }

    private protected override void Predict(T level)
    {
        level = T.Max(level, ActivationFloor<T>.Value);
        if (IsFirst)
        {
            Current.Row(0).Fill(level);
            return;
        }

        TransitionSweep<T>.Predict(_transposed, Before.Data, _predicted.Data);
        for (var k = 0; k < Rank; k++)
            Current.Row(0)[k] = _shapes[0, k] > T.Zero ? _predicted.Row(0)[k] : level;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected override void Update()
    {
        T* h = Current.Data, g = _predicted.Data, p = Negative.Data, q = Positive.Data, alpha = _shapes.Data;
        var floor = new Vector<T>(ActivationFloor<T>.Value);
        for (nint k = 0; k < Current.Stride; k += Vector<T>.Count)
        {
            var x = Vector.Load(h + k);
            var a = Vector.Load(q + k);
            var shape = IsFirst ? Vector<T>.Zero : Vector.Load(alpha + k);
            if (!IsFirst)
                a += shape / Vector.Load(g + k);
            var root = PositiveRoot.Of(a, -shape, x * x * Vector.Load(p + k), x);
            Vector.ConditionalSelect(Vector.LessThan(root, floor), floor, root).Store(h + k);
        }
    }
}
