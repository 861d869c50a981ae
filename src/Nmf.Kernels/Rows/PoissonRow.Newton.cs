using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

// The Newton step on all movable components at once.
internal unsafe ref partial struct PoissonRow<TVector, TSimd, T>
{
    private const int Trials = 6;

    // What rounding leaves of the smallest eigenvalues of the matrix: added to the diagonal, in parts of it. It draws
    // the step towards the current point and moves no fixed point.
    private static readonly double Ridge = sizeof(T) == sizeof(float) ? 1e-6 : 1e-11;

    /// <summary>Minimises the quadratic model of the objective over h ≥ 0 and moves there, or as far on the way as the
    /// objective is sure to fall.</summary>
    /// <returns>False when there is no step, by rounding or because the matrix is singular.</returns>
    public readonly bool NewtonStep()
    {
        for (var i = 0; i < Movable; i++)
            _list[i] = Column(_movable[i]);
        var quadratic = new NonnegativeQuadratic(Movable, _memory);
        WeightedGram<TVector, TSimd, T>.Compute(
            _curvature, _list, Movable, Length, _weighted, quadratic.Matrix, quadratic.Stride);
        return Step(quadratic);
    }

    /// <summary>
    /// The first step, from flat activations, with the expected curvature in place of the curvature: E[v] = y turns v /
    /// y² into 1 / y, which is the same for all rows up to their mass (Fisher scoring).
    /// </summary>
    /// <param name="information">Σ_f w wᵀ / Σ_k w_k of the whole dictionary.</param>
    /// <inheritdoc cref="NewtonStep" path="/returns"/>
    public readonly bool FirstStep(Matrix<double> information)
    {
        var quadratic = new NonnegativeQuadratic(Movable, _memory);
        var scale = _dictionary.Total / _mass;
        for (var i = 0; i < Movable; i++)
        {
            var source = information.Data + (_movable[i] * information.Stride);
            var target = quadratic.Matrix + ((nint)i * quadratic.Stride);
            for (var j = 0; j < Movable; j++)
                target[j] = scale * source[_movable[j]];
        }

        return Step(quadratic);
    }

    private readonly bool Step(NonnegativeQuadratic quadratic)
    {
        for (var i = 0; i < Movable; i++)
        {
            ref var diagonal = ref quadratic.Matrix[i * (quadratic.Stride + 1L)];
            diagonal = (diagonal * (1 + Ridge)) + Bend(_movable[i]);
            quadratic.Gradient[i] = _gradients[i];
            quadratic.Current[i] = H[_movable[i]];
        }

        quadratic.Minimize();
        double slope = 0, mass = 0, penaltyBend = 0;
        var support = 0;
        for (var i = 0; i < Movable; i++)
        {
            var (k, x) = (_movable[i], quadratic.Solution[i]);
            slope += _gradients[i] * (x - H[k]);
            mass += (Pull(k) + (Bend(k) * H[k])) * (x - H[k]);
            penaltyBend += Bend(k) * (x - H[k]) * (x - H[k]);
            if (x <= 0)
                continue;
            _list[support] = Column(k);
            _weights[support++] = T.CreateTruncating(x);
        }

        if (!(slope < 0))
            return false;
        Combine(support, _trial);
        var length = StepLength(mass, penaltyBend, slope);
        for (var i = 0; i < Movable; i++)
        {
            ref var h = ref H[_movable[i]];
            h = length == 1 ? quadratic.Solution[i] : h + (length * (quadratic.Solution[i] - h));
        }

        Move(T.CreateTruncating(length));
        return true;
    }

    /// <summary>The longest part of the step that is known to lower the objective, of a few.</summary>
    /// <remarks>
    /// Beyond what <see cref="SelfConcordance"/> promises, a derivative along the line that is not positive says, since
    /// the objective is convex, that it has fallen.
    /// </remarks>
    /// <param name="mass">Σ s d, the change of the mass of the model, and of the penalty to first order.</param>
    /// <param name="penaltyBend">Second derivative of the penalty along the step; κ is at least ½, so it may
    /// count as a part of S.</param>
    /// <param name="slope">gᵀd.</param>
    private readonly double StepLength(double mass, double penaltyBend, double slope)
    {
        var (fall, bend) = AlongStep();
        bend += penaltyBend;
        if (SelfConcordance.IsWholeStepSafe(slope, bend, fall))
            return 1;
        var low = SelfConcordance.SafePart(slope, bend, fall);
        var (start, startSlope, high) = (0.0, slope, 1.0);
        var length = 1.0;
        for (var trial = 0; trial < Trials; trial++)
        {
            var here = mass + (length * penaltyBend) - FirstAt(T.CreateTruncating(length));
            if (here <= 0)
            {
                if (length == 1 || here >= 0.5 * slope)
                    return length;
                (low, start, startSlope) = (Math.Max(low, length), length, here);
                length = 0.5 * (low + high);
                continue;
            }

            // Falling at the start, rising here: the root of the chord, kept away from both ends.
            high = length;
            if (high <= low)
                return low;
            var root = start + ((high - start) * startSlope / (startSlope - here));
            length = Math.Clamp(root, low + (0.1 * (high - low)), low + (0.9 * (high - low)));
        }

        return low;
    }

    // Clips the trial model, and gives max (y - trial) / y where there is a value, and Σ v (trial - y)² / y².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly (double Fall, double Bend) AlongStep()
    {
        var (largest, bend, floor) = (TSimd.Zero, TSimd.Zero, TSimd.Broadcast(Floor));
        for (var j = 0; j < Length; j += TSimd.Count)
        {
            var trial = TSimd.Max(floor, TSimd.Load(_trial + j));
            TSimd.Store(_trial + j, trial);
            var step = TSimd.Subtract(TSimd.Load(_model + j), trial);
            var part = TSimd.Multiply(step, TSimd.Load(_inverse + j));
            bend = TSimd.MultiplyAdd(TSimd.Multiply(step, step), TSimd.Load(_curvature + j), bend);
            largest = TSimd.Max(largest, TSimd.SelectLess(TSimd.Zero, TSimd.Load(Values + j), part, TSimd.Zero));
        }

        // There is no maximum over lanes: look at them one by one.
        TSimd.Store(_weighted, largest);
        var fall = T.Zero;
        for (var j = 0; j < TSimd.Count; j++)
            fall = T.Max(fall, _weighted[j]);
        return (double.CreateTruncating(fall), double.CreateTruncating(TSimd.Sum(bend)));
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
