using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// The exact minimum over the outlier part of an entry, given the datum v and the model m = [WH]: of
/// <c>d_β(v | m + r) + λ r</c> for single entries, of <c>d_β(v | m + r) + c r²/2</c> for samples, where the majoriser
/// ‖r_n‖ ≤ (‖r_n‖²/ρ_n + ρ_n)/2 makes c = λ/ρ_n.
/// </summary>
/// <remarks>
/// Either has one stationary point, a maximum or none below it, so r is a function of v, m and one number per sample: R
/// is never stored. β = 2 and β = 1 have a closed form; other β in [0, 2) take Newton steps on a convex increasing
/// function from above, which converge without a safeguard.
/// </remarks>
internal readonly unsafe struct OutlierStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _beta;
    private readonly T _lambda;
    private readonly bool _entries;

    // Single entries, general β: x^power · scaleOfPower + x · scale = v, with x = y or x = y^(2-β), whichever
    // makes the power at least one.
    private readonly bool _inPower;
    private readonly SplitPower<T> _power;
    private readonly SplitPower<T> _start;

    public OutlierStep(double beta, double lambda, bool ofSamples)
    {
        _beta = beta;
        _lambda = T.CreateSaturating(lambda);
        _entries = !ofSamples;
        var p = 2 - beta;
        _inPower = _entries && p < 1;
        var power = !_entries || p >= 1 ? p : p == 0 ? 1 : 1 / p;
        _power = new SplitPower<T>(power);
        _start = new SplitPower<T>(_entries ? 1 / power : 1 / (p + 1));
    }

    private static int NewtonSteps
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(float) ? 6 : 9;
    }

    /// <summary>Adds the outlier part to a row of the model.</summary>
    /// <param name="data">v; whole vectors are read.</param>
    /// <param name="model">m, becomes m + r; whole vectors are written.</param>
    /// <param name="floor">Least value of m.</param>
    /// <param name="columns">Number of entries.</param>
    /// <param name="norm">ρ_n, the norm of r_n so far; for samples only.</param>
    /// <param name="outliers">Receives r, whole vectors, or null.</param>
    /// <returns>Σ r for entries, Σ r² for samples.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Add<TVector, TSimd>(T* data, T* model, T floor, nint columns, double norm, T* outliers)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        // Where ρ_n is zero, or so small that c overflows, r is zero.
        var c = T.CreateSaturating(double.CreateTruncating(_lambda) / norm);
        var none = !_entries && !(norm > 0 && c < T.CreateSaturating(1e30));
        var least = TSimd.Broadcast(floor);
        var sum = TSimd.Zero;
        var tail = stackalloc T[64];
        for (nint j = 0; j < columns; j += TSimd.Count)
        {
            var v = TSimd.Load(data + j);
            var m = TSimd.Max(least, TSimd.Load(model + j));
            var r = none ? TSimd.Zero
                : _entries ? Entry<TVector, TSimd>(v, m)
                : OfSample<TVector, TSimd>(v, m, TSimd.Broadcast(c));
            if (j + TSimd.Count > columns)
            {
                // What lies beyond the row counts for nothing.
                TSimd.Store(tail, r);
                for (var lane = columns - j; lane < TSimd.Count; lane++)
                    tail[lane] = T.Zero;
                r = TSimd.Load(tail);
            }

            TSimd.Store(model + j, TSimd.Add(m, r));
            if (outliers != null)
                TSimd.Store(outliers + j, r);
            sum = _entries ? TSimd.Add(sum, r) : TSimd.MultiplyAdd(r, r, sum);
        }

        return double.CreateTruncating(TSimd.Sum(sum));
    }

    // r = max(0, y - m) where y minimises d_β(v|y) + λ y: y^(β-1) - v y^(β-2) + λ = 0, that is y + λ y^(2-β) = v.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Entry<TVector, TSimd>(TVector v, TVector m)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        var lambda = TSimd.Broadcast(_lambda);
        var one = TSimd.Broadcast(T.One);
        var four = VectorMath<T, TVector, TSimd>.Constant(4);
        var y = _beta switch
        {
            2 => TSimd.Subtract(v, lambda),
            1 => TSimd.Divide(v, TSimd.Add(one, lambda)),

            // Quadratic equations in √y and in y, the roots without cancellation.
            1.5 => Square<TVector, TSimd>(TSimd.Divide(
                TSimd.Add(v, v),
                TSimd.Add(lambda, TSimd.Sqrt(TSimd.MultiplyAdd(four, v, TSimd.Multiply(lambda, lambda)))))),
            0 => TSimd.Divide(
                TSimd.Add(v, v), TSimd.Add(one, TSimd.Sqrt(TSimd.MultiplyAdd(TSimd.Multiply(four, lambda), v, one)))),
            _ => Root<TVector, TSimd>(v),
        };
        return TSimd.Max(TSimd.Subtract(y, m), TSimd.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Square<TVector, TSimd>(TVector x)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
        => TSimd.Multiply(x, x);

    // y for general β: A x^q + B x = v with q ≥ 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Root<TVector, TSimd>(TVector v)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        var (a, b) = _inPower
            ? (TSimd.Broadcast(T.One), TSimd.Broadcast(_lambda))
            : (TSimd.Broadcast(_lambda), TSimd.Broadcast(T.One));
        var q = TSimd.Broadcast(_power.Value);
        var x = TSimd.Min(TSimd.Divide(v, b), VectorMath<T, TVector, TSimd>.Pow(TSimd.Divide(v, a), _start));
        x = Ratio<T, TVector, TSimd>.Clip(x);
        for (var step = 0; step < NewtonSteps; step++)
        {
            var power = TSimd.Multiply(a, VectorMath<T, TVector, TSimd>.Pow(x, _power));
            var value = TSimd.Subtract(TSimd.MultiplyAdd(b, x, power), v);
            var slope = TSimd.Add(b, TSimd.Divide(TSimd.Multiply(q, power), x));
            x = Ratio<T, TVector, TSimd>.Clip(TSimd.Subtract(x, TSimd.Divide(value, slope)));
        }

        return _inPower ? TSimd.Subtract(v, TSimd.Multiply(b, x)) : x;
    }

    // With d = max(0, v - m): r + c r (m + r)^(2-β) = d.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector OfSample<TVector, TSimd>(TVector v, TVector m, TVector c)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        var one = TSimd.Broadcast(T.One);
        var d = TSimd.Max(TSimd.Subtract(v, m), TSimd.Zero);
        switch (_beta)
        {
            case 2:
                return TSimd.Divide(d, TSimd.Add(one, c));
            case 1:
                // c r² + (1 + c m) r = d, the root without cancellation.
                var b = TSimd.MultiplyAdd(c, m, one);
                var root = TSimd.Sqrt(TSimd.MultiplyAdd(
                    TSimd.Multiply(VectorMath<T, TVector, TSimd>.Constant(4), c), d, TSimd.Multiply(b, b)));
                return TSimd.Divide(TSimd.Add(d, d), TSimd.Add(b, root));
            default:
                return Newton<TVector, TSimd>(d, m, c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Newton<TVector, TSimd>(TVector d, TVector m, TVector c)
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>
    {
        var one = TSimd.Broadcast(T.One);
        var p = TSimd.Broadcast(_power.Value);
        var atZero = VectorMath<T, TVector, TSimd>.Pow(m, _power);

        // Two upper bounds: the power is at least m^p, and at least r^p.
        var r = TSimd.Divide(d, TSimd.MultiplyAdd(c, atZero, one));
        r = TSimd.Min(r, VectorMath<T, TVector, TSimd>.Pow(TSimd.Divide(d, c), _start));
        for (var step = 0; step < NewtonSteps; step++)
        {
            var y = TSimd.Add(m, r);
            var weight = TSimd.Multiply(c, VectorMath<T, TVector, TSimd>.Pow(y, _power));
            var value = TSimd.Subtract(TSimd.MultiplyAdd(weight, r, r), d);
            var slope = TSimd.Add(
                TSimd.Add(one, weight), TSimd.Divide(TSimd.Multiply(TSimd.Multiply(p, weight), r), y));
            r = TSimd.Max(TSimd.Subtract(r, TSimd.Divide(value, slope)), TSimd.Zero);
        }

        return r;
    }
}
