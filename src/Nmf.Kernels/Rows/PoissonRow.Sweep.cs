using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

// Coordinate sweeps.
internal unsafe ref partial struct PoissonRow<TVector, TSimd, T>
{
    // -log(1 - ρ) - ρ = ρ² for this ρ.
    private const double SafeDecrement = 0.6838;

    /// <summary>One damped scalar Newton step after the other, over all components or over those with a
    /// positive activation.</summary>
    public readonly void Sweep(bool all)
    {
        for (var k = 0; k < _dictionary.Rank; k++)
        {
            if (H[k] == 0 && !all)
                continue;
            var column = Column(k);
            Derivatives(column, out var first, out var second);
            var gradient = Pull(k) + (Bend(k) * H[k]) - first;

            // Without curvature the column does not meet the non-zeros: the activation only adds mass.
            var seen = second > 0;
            second += Bend(k);
            var step = seen ? Math.Max(-H[k], -gradient / second) : -H[k];
            if (step < 0 && seen)
            {
                // Steps with a smaller Newton decrement decrease a self-concordant function undamped. Without damping a
                // step can increase the objective without bound.
                var decrement = _concordance * Math.Sqrt(second) * -step;
                if (decrement > SafeDecrement)
                    step /= 1 + decrement;
            }

            if (step == 0)
                continue;
            H[k] += step;
            Move(column, T.CreateTruncating(step));
        }
    }

    /// <summary>Σ w v / y and Σ w² v / y² of a component.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Derivatives(T* column, out double first, out double second)
    {
        TVector f0 = TSimd.Zero, f1 = TSimd.Zero, s0 = TSimd.Zero, s1 = TSimd.Zero;
        var n = TSimd.Count;
        var j = 0;
        for (; j + (2 * n) <= Length; j += 2 * n)
        {
            var (w0, w1) = (TSimd.Load(column + j), TSimd.Load(column + j + n));
            var u0 = TSimd.Multiply(w0, TSimd.Load(_ratio + j));
            var u1 = TSimd.Multiply(w1, TSimd.Load(_ratio + j + n));
            f0 = TSimd.Add(f0, u0);
            f1 = TSimd.Add(f1, u1);
            s0 = TSimd.MultiplyAdd(TSimd.Multiply(w0, TSimd.Load(_inverse + j)), u0, s0);
            s1 = TSimd.MultiplyAdd(TSimd.Multiply(w1, TSimd.Load(_inverse + j + n)), u1, s1);
        }

        if (j < Length)
        {
            var w = TSimd.Load(column + j);
            var u = TSimd.Multiply(w, TSimd.Load(_ratio + j));
            f0 = TSimd.Add(f0, u);
            s0 = TSimd.MultiplyAdd(TSimd.Multiply(w, TSimd.Load(_inverse + j)), u, s0);
        }

        first = double.CreateTruncating(TSimd.Sum(TSimd.Add(f0, f1)));
        second = double.CreateTruncating(TSimd.Sum(TSimd.Add(s0, s1)));
    }

    // y ← y + step · column, floored, with 1 / y and v / y.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Move(T* column, T step)
    {
        var (s, floor) = (TSimd.Broadcast(step), TSimd.Broadcast(Floor));
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var y = TSimd.Max(floor, TSimd.MultiplyAdd(s, TSimd.Load(column + j), TSimd.Load(_model + j)));
            var inverse = TSimd.Reciprocal(y);
            TSimd.Store(_model + j, y);
            TSimd.Store(_inverse + j, inverse);
            TSimd.Store(_ratio + j, TSimd.Multiply(TSimd.Load(Values + j), inverse));
        }
    }
}
