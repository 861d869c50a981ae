using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

// The Newton step on all movable components at once.
internal unsafe ref partial struct PoissonRow<TVector, TSimd, T>
{
    // -log(1 - ρ) - ρ = ρ² for this ρ: a step along which no model value falls by a larger part lowers the objective, see NewtonStep.
    private const double SafeFall = 0.6838;
    private const int Trials = 6;

    // What rounding leaves of the smallest eigenvalues of the matrix: added to the diagonal, in parts of it. It draws the step towards the
    // current point and moves no fixed point.
    private static readonly double Ridge = sizeof(T) == sizeof(float) ? 1e-6 : 1e-13;

    /// <summary>
    /// Minimises the quadratic model of the objective over h ≥ 0 and moves there, or as far on the way as the objective is sure to fall.
    /// </summary>
    /// <remarks>
    /// Let x be that minimum, d = x - h, S = dᵀ A d and ρ the largest part by which a model value falls. Then gᵀd ≤ -S, and -log(1 - u) ≤ u + κ(ρ) u²
    /// for u ≤ ρ with κ(ρ) = (-log(1 - ρ) - ρ) / ρ², so that the objective changes by at most (κ(ρ) - 1) S. Beyond that length a derivative along the
    /// line that is not positive says, since the objective is convex, that it has fallen.
    /// </remarks>
    /// <returns>False when there is no step, by rounding or because the matrix is singular.</returns>
    public readonly bool NewtonStep()
    {
        var n = Movable;
        for (var i = 0; i < n; i++)
            _list[i] = Column(_movable[i]);
        var quadratic = new NonnegativeQuadratic(n, _memory);
        WeightedGram<TVector, TSimd, T>.Compute(_curvature, _list, n, Length, _weighted, quadratic.Matrix, quadratic.Stride);
        for (var i = 0; i < n; i++)
        {
            quadratic.Matrix[i * (quadratic.Stride + 1L)] *= 1 + Ridge;
            quadratic.Gradient[i] = _gradients[i];
            quadratic.Current[i] = H[_movable[i]];
        }

        quadratic.Minimize();
        double slope = 0, mass = 0;
        var support = 0;
        for (var i = 0; i < n; i++)
        {
            var (k, x) = (_movable[i], quadratic.Solution[i]);
            slope += _gradients[i] * (x - H[k]);
            mass += _dictionary.Sums[k] * (x - H[k]);
            if (x <= 0)
                continue;
            _list[support] = Column(k);
            _weights[support++] = T.CreateTruncating(x);
        }

        if (!(slope < 0))
            return false;
        Combine(support, _trial);
        var length = StepLength(mass, slope);
        for (var i = 0; i < n; i++)
        {
            ref var h = ref H[_movable[i]];
            h = length == 1 ? quadratic.Solution[i] : h + (length * (quadratic.Solution[i] - h));
        }

        Move(T.CreateTruncating(length));
        return true;
    }

    // The longest part of the step that is known to lower the objective, of a few.
    private readonly double StepLength(double mass, double slope)
    {
        var fall = LargestFall();
        if (fall <= SafeFall)
            return 1;
        var (low, lowSlope, high) = (SafeFall / fall, slope, 1.0);
        var start = 0.0;
        var length = 1.0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var here = mass - FirstAt(T.CreateTruncating(length));
            if (here <= 0)
            {
                if (length == 1)
                    return 1;
                (low, start, lowSlope) = (length, length, here);
                if (here >= 0.5 * slope)
                    return length;
            }
            else
            {
                high = length;
            }

            // Falling at start, rising at high: the root of the chord when both ends are known, kept away from them.
            var root = here > 0 ? start + ((high - start) * lowSlope / (lowSlope - here)) : double.NaN;
            var middle = 0.5 * (low + high);
            length = root > low ? Math.Clamp(root, low + (0.1 * (high - low)), low + (0.9 * (high - low))) : middle;
        }

        return low;
    }

    // Clips the trial model, and gives max (y - trial) / y where there is a value.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double LargestFall()
    {
        var (largest, one, floor) = (TSimd.Zero, TSimd.Broadcast(T.One), TSimd.Broadcast(Floor));
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var trial = TSimd.Max(floor, TSimd.Load(_trial + j));
            TSimd.Store(_trial + j, trial);
            var part = TSimd.Multiply(trial, TSimd.Load(_inverse + j));
            largest = TSimd.Max(largest, TSimd.SelectLess(TSimd.Zero, TSimd.Load(Values + j), TSimd.Subtract(one, part), TSimd.Zero));
        }

        // There is no maximum over lanes: look at them one by one.
        TSimd.Store(_weighted, largest);
        var fall = T.Zero;
        for (var j = 0; j < TSimd.Count; j++)
            fall = T.Max(fall, _weighted[j]);
        return double.CreateTruncating(fall);
    }

    // Σ v (trial - y) / (y + length (trial - y)).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double FirstAt(T length)
    {
        var (factor, floor, sum) = (TSimd.Broadcast(length), TSimd.Broadcast(Floor), TSimd.Zero);
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var y = TSimd.Load(_model + j);
            var step = TSimd.Subtract(TSimd.Load(_trial + j), y);
            var here = TSimd.Max(floor, TSimd.MultiplyAdd(factor, step, y));
            sum = TSimd.Add(sum, TSimd.Divide(TSimd.Multiply(TSimd.Load(Values + j), step), here));
        }

        return double.CreateTruncating(TSimd.Sum(sum));
    }

    // y ← y + length (trial - y): the trial model itself where the whole step is taken.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Move(T length)
    {
        if (length == T.One)
        {
            new Span<T>(_trial, Length).CopyTo(new Span<T>(_model, Length));
            return;
        }

        var factor = TSimd.Broadcast(length);
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var y = TSimd.Load(_model + j);
            TSimd.Store(_model + j, TSimd.MultiplyAdd(factor, TSimd.Subtract(TSimd.Load(_trial + j), y), y));
        }
    }
}
