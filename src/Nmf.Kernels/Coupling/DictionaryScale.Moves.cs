using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

// Passes over several columns of the dictionaries of a group.
internal sealed unsafe partial class DictionaryScale<T>
{
    // Sums of so many rows are added up in double.
    private const int RowsOfSum = 64;

    private static readonly Vector<T> Most = new(T.CreateChecked(4));
    private static readonly Vector<T> Least = new(T.CreateChecked(0.25));
    private static readonly Vector<T> Infinity = new(T.PositiveInfinity);
    private static readonly Vector<T> Smallest = new(FactorUpdate<T>.Smallest);

    // The multipliers where no move is above the least, and where none is below the most; and Σ w neg.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Bracket(int[] group, nint at, Span<double> low, Span<double> high, Span<double> weight)
    {
        low.Fill(double.PositiveInfinity);
        high.Fill(double.NegativeInfinity);
        weight.Clear();
        foreach (var v in group)
        {
            var (view, root) = (_views[v], new MoveOf(_views[v]));
            var (least, most, sum) = (Infinity, -Infinity, Vector<T>.Zero);
            var stride = view.Factor.Stride;
            T* w = view.Factor.Data + at, neg = view.Negative.Data + at, pos = view.Positive.Data + at;
            for (var f = 0; f < view.Factor.Rows; f++)
            {
                Vector<T> entry = Vector.Load(w), p = Vector.Load(neg), q = Vector.Load(pos);
                var isThere = Vector.GreaterThan(entry, Vector<T>.Zero);
                least = Vector.Min(least, Vector.ConditionalSelect(isThere, root.Derivative(Least, p, q), Infinity));
                most = Vector.Max(most, Vector.ConditionalSelect(isThere, root.Derivative(Most, p, q), -Infinity));
                sum += entry * p;
                w += stride;
                neg += stride;
                pos += stride;
            }

            var factor = view.Weight * _levels[v];
            for (var i = 0; i < low.Length; i++)
            {
                low[i] = Math.Min(low[i], factor * double.CreateTruncating(least[i]));
                high[i] = Math.Max(high[i], factor * double.CreateTruncating(most[i]));
                weight[i] += double.CreateTruncating(sum[i]);
            }
        }
    }

    // Σ w x / level for some multipliers, and its derivative.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(int[] group, nint at, Span<double> multiplier, Span<double> sum, Span<double> slope)
    {
        sum.Clear();
        slope.Clear();
        foreach (var v in group)
        {
            var (view, root) = (_views[v], new MoveOf(_views[v]));
            var factor = view.Weight * _levels[v];
            var nu = Scaled(multiplier, 1 / factor);
            var stride = view.Factor.Stride;
            T* w = view.Factor.Data + at, neg = view.Negative.Data + at, pos = view.Positive.Data + at;
            for (var from = 0; from < view.Factor.Rows; from += RowsOfSum)
            {
                Vector<T> part = Vector<T>.Zero, partSlope = part;
                var to = int.Min(view.Factor.Rows, from + RowsOfSum);
                for (var f = from; f < to; f++)
                {
                    Vector<T> entry = Vector.Load(w), p = Vector.Load(neg), q = Vector.Load(pos);
                    var x = root.At(nu, p, q, out var relative);
                    var isInside = Vector.BitwiseAnd(Vector.GreaterThan(x, Least), Vector.LessThan(x, Most));
                    var isThere = Vector.GreaterThan(entry, Vector<T>.Zero);
                    part += Vector.ConditionalSelect(isThere, entry * Clipped(x), Vector<T>.Zero);
                    partSlope += Vector.ConditionalSelect(
                        Vector.BitwiseAnd(isThere, isInside), entry * x / relative, Vector<T>.Zero);
                    w += stride;
                    neg += stride;
                    pos += stride;
                }

                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += double.CreateTruncating(part[i]) / _levels[v];
                    slope[i] += double.CreateTruncating(partSlope[i]) / (_levels[v] * factor);
                }
            }
        }
    }

    // w ← w x scale; where the scale is zero, w stays.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(int[] group, nint at, Span<double> multiplier, Span<double> scale)
    {
        var factors = Scaled(scale, 1);
        var stays = Vector.Equals(factors, Vector<T>.Zero);
        foreach (var v in group)
        {
            var (view, root) = (_views[v], new MoveOf(_views[v]));
            var nu = Scaled(multiplier, 1 / (view.Weight * _levels[v]));
            var stride = view.Factor.Stride;
            T* w = view.Factor.Data + at, neg = view.Negative.Data + at, pos = view.Positive.Data + at;
            for (var f = 0; f < view.Factor.Rows; f++)
            {
                var entry = Vector.Load(w);
                var moved = entry * Clipped(root.At(nu, Vector.Load(neg), Vector.Load(pos), out _)) * factors;

                // "Less than" is false for NaN, which must reach the guard of the fit.
                moved = Vector.ConditionalSelect(Vector.LessThan(moved, Smallest), Vector<T>.Zero, moved);
                var isZero = Vector.Equals(entry, Vector<T>.Zero);
                Vector.ConditionalSelect(Vector.BitwiseOr(stays, isZero), entry, moved).Store(w);
                w += stride;
                neg += stride;
                pos += stride;
            }
        }
    }

    private static Vector<T> Clipped(Vector<T> x)
    {
        x = Vector.ConditionalSelect(Vector.LessThan(x, Least), Least, x);
        return Vector.ConditionalSelect(Vector.GreaterThan(x, Most), Most, x);
    }

    private static Vector<T> Scaled(Span<double> values, double factor)
    {
        var scaled = Vector<T>.Zero;
        for (var i = 0; i < values.Length; i++)
            scaled = Vector.WithElement(scaled, i, T.CreateTruncating(values[i] * factor));
        return scaled;
    }

    /// <summary>The derivative of a majoriser and its inverse.</summary>
    private readonly struct MoveOf(CoupledView<T> view)
    {
        private readonly bool _isMixed = view.Growth > 0 && view.Decay > 0;
        private readonly double _p = view.Growth > 0 && view.Decay > 0 ? 1 : view.Growth;
        private readonly double _q = view.Growth > 0 && view.Decay > 0 ? 1 : view.Decay;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<T> Derivative(Vector<T> x, Vector<T> negative, Vector<T> positive)
            => (positive * CoupledLanes<T>.Power(x, _p)) - (negative * CoupledLanes<T>.Power(x, -_q));

        /// <summary>The move with the derivative ν, and what x is divided by in dx/dν.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<T> At(Vector<T> nu, Vector<T> negative, Vector<T> positive, out Vector<T> relative)
        {
            if (_isMixed)
            {
                var two = Vector<T>.One + Vector<T>.One;
                relative = Vector.SquareRoot((nu * nu) + (two * two * positive * negative));
                return Vector.ConditionalSelect(
                    Vector.GreaterThan(nu, Vector<T>.Zero), (nu + relative) / (two * positive),
                    two * negative / (relative - nu));
            }

            if (_p == 0)
            {
                var rest = positive - nu;
                relative = rest * T.CreateTruncating(_q);
                return Vector.ConditionalSelect(
                    Vector.GreaterThan(rest, Vector<T>.Zero), CoupledLanes<T>.Power(negative / rest, 1 / _q), Most);
            }

            var top = negative + nu;
            relative = top * T.CreateTruncating(_p);
            return Vector.ConditionalSelect(
                Vector.GreaterThan(top, Vector<T>.Zero), CoupledLanes<T>.Power(top / positive, 1 / _p), Least);
        }
    }
}
