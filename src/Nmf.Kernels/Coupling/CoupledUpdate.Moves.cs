using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// The moves. In x, with P = neg, Q = pos, p = Growth, q = Decay, the majoriser of a view plus a term of slope τ has
/// the derivative <c>Q x^p - P x^-q + τ</c>. For p = 0 the root is <c>(P / (Q + τ))^(1/q)</c>. Otherwise τ x is bounded
/// by powers that the majoriser has already: <c>(P / (Q + τ))^γ</c> for a positive slope, <c>((P - τ) / Q)^γ</c> for a
/// negative one. Such a root lies between the activation and the exact one, so a way to it, or to a kink before it,
/// only descends.
/// </summary>
internal sealed unsafe partial class CoupledUpdate<T>
{
    // A common move is no longer than this: what is to vanish does so over several.
    private static readonly Vector<T> LongestMove = new(T.CreateChecked(256));
    private static readonly Vector<T> ShortestMove = new(T.CreateChecked(1.0 / 256));
    private static readonly Vector<T> Infinity = new(T.PositiveInfinity);

    // h ← x h for all views with Σ h (Q x^p - P x^-q) + (the derivative of the coupling, which grows like x or x²) = 0,
    // or a bound of it with one power.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MoveTogether(Vector<T>* h, Vector<T>* negative, Vector<T>* positive)
    {
        Vector<T> p = Vector<T>.Zero, q = p;
        for (var v = 0; v < _views.Length; v++)
        {
            p += h[v] * negative[v];
            q += h[v] * positive[v];
        }

        var coupling = _lambda * Distance(h);
        var total = q + coupling;
        var x = _commonBeta == 1 ? CoupledLanes<T>.QuadraticRoot(coupling, q, p)
            : _commonBeta == 0 ? CoupledLanes<T>.CubicRoot(coupling, q, p)
            : CoupledLanes<T>.Power(p / total, _commonExponent);

        // Nothing observed, and nothing that differs: the activations stay.
        x = Vector.ConditionalSelect(Vector.GreaterThan(total, Vector<T>.Zero), x, Vector<T>.One);
        x = Vector.ConditionalSelect(Vector.LessThan(x, ShortestMove), ShortestMove, x);
        x = Vector.ConditionalSelect(Vector.GreaterThan(x, LongestMove), LongestMove, x);
        for (var v = 0; v < _views.Length; v++)
        {
            h[v] *= x;
            negative[v] *= CoupledLanes<T>.Power(x, -_views[v].Decay);
            positive[v] *= CoupledLanes<T>.Power(x, _views[v].Growth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Free(CoupledView<T> view, Vector<T> negative, Vector<T> positive)
        => Vector.ConditionalSelect(
            Vector.Equals(positive, Vector<T>.Zero), Vector<T>.One,
            CoupledLanes<T>.Power(negative / positive, view.Exponent));

    // Half the squares: the others draw to their mean, κ x² / 2 - L x with κ = λ (V - 1) h and L = λ Σ others.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<T> Squared(int v, Vector<T>* h, Vector<T> negative, Vector<T> positive)
    {
        var (view, others) = (_views[v], Vector<T>.Zero);
        for (var u = 0; u < _views.Length; u++)
            others += u == v ? Vector<T>.Zero : h[u];
        var count = new Vector<T>(T.CreateTruncating(_views.Length - 1));
        var (draw, curvature) = (_lambda * others, _lambda * count * h[v]);
        var x = view.Beta == 1 ? CoupledLanes<T>.QuadraticRoot(curvature, positive - draw, negative)
            : view.Beta == 0 ? CoupledLanes<T>.CubicRoot(curvature, positive - draw, negative)
            : CoupledLanes<T>.Power((negative + draw) / (positive + curvature), view.QuadraticExponent);

        // Of what no entry tells the others do.
        return Vector.ConditionalSelect(
            Vector.Equals(negative + positive, Vector<T>.Zero), others / count, h[v] * x);
    }

    // Absolute values: the slope rises by 2λ at each of the others, from -λ(V - 1) to λ(V - 1). The minimum of a convex
    // function with kinks c_1 ≤ c_2 ≤ … and roots u_0 ≥ u_1 ≥ … of its pieces is the median of both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<T> Absolute(int v, Vector<T>* h, Vector<T> negative, Vector<T> positive, Vector<T>* kinks)
    {
        var (view, others) = (_views[v], 0);
        for (var u = 0; u < _views.Length; u++)
        {
            if (u == v)
                continue;
            var kink = h[u];
            for (var j = 0; j < others; j++)
                (kinks[j], kink) = (Vector.Min(kinks[j], kink), Vector.Max(kinks[j], kink));
            kinks[others++] = kink;
        }

        var result = h[v] * Sloped(view, negative, positive, others);
        for (var j = others - 1; j >= 0; j--)
            result = Vector.Max(
                result, Vector.Min(kinks[j], h[v] * Sloped(view, negative, positive, (2 * j) - others)));
        return result;
    }

    // The root of the piece with slope λ times a whole number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<T> Sloped(CoupledView<T> view, Vector<T> negative, Vector<T> positive, int slope)
    {
        if (slope == 0)
            return Free(view, negative, positive);
        var size = _lambda * new Vector<T>(T.CreateTruncating(Math.Abs(slope)));
        var isDown = slope < 0 && view.Growth > 0;
        var top = isDown ? negative + size : negative;
        var bottom = slope > 0 ? positive + size : isDown ? positive : positive - size;
        var x = CoupledLanes<T>.Power(top / bottom, view.Exponent);
        return Vector.ConditionalSelect(
            Vector.LessThanOrEqual(bottom, Vector<T>.Zero), Infinity, x);
    }
}
