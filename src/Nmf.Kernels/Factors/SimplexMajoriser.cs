namespace Nmf.Kernels;

/// <summary>
/// The separable majoriser of a row's divergence on the simplex. In x_k = h_k / h̃_k, the move of each activation,
/// its derivative is <c>φ_k(x) = pos_k x^p - neg_k x^q</c> with p = max(β - 1, 0) and q = min(β - 2, 0) (Févotte and
/// Idier 2011), which never decreases. The minimiser under Σ h = 1 has <c>φ_k(x_k) = ν</c> for every k, one unknown
/// ν, and Σ h grows with ν: a root in one dimension, whatever β. For β ≤ 1 it is
/// <c>h_k = h̃_k (neg_k / (pos_k - ν))^(1/(2-β))</c>, for β = 1 the EM algorithm of mixture proportions where
/// columns have equal sums.
/// </summary>
internal readonly struct SimplexMajoriser(double beta)
{
    private const int MostSteps = 100;

    // The sum is made one by a division once it is this close to it.
    private const double Closeness = 1e-13;

    private const double Rounding = 1e-15;
    private const double LongestShrink = 16;

    private readonly double _p = Math.Max(beta - 1, 0);
    private readonly double _q = Math.Min(beta - 2, 0);

    /// <summary>Minimises the majoriser.</summary>
    /// <param name="h">h̃, nonnegative and not all zero; receives the new row. A zero stays zero, but where it is
    /// filled because nothing else may grow.</param>
    /// <param name="negative">neg, at least 0; overwritten.</param>
    /// <param name="positive">pos, at least 0; overwritten.</param>
    /// <param name="moves">Room for as many numbers.</param>
    /// <param name="atMost">Whether the sum may also be less than one.</param>
    public void Minimise(Span<double> h, Span<double> negative, Span<double> positive, Span<double> moves, bool atMost)
    {
        var members = 0;
        foreach (var value in h)
            members += value == 0 ? 0 : 1;
        if (members == 0)
            return;
        var zero = Shift(h, negative, positive);
        var limit = atMost ? zero : double.PositiveInfinity;
        for (var k = 0; k < h.Length; k++)
            limit = h[k] == 0 ? limit : Math.Min(limit, Limit(negative[k], positive[k]));
        var (low, high) = Bracket(h, negative, positive, members);

        // At the limit an activation may take any value: it fills what the others leave.
        moves.Fill(1);
        if (limit <= high)
        {
            var sum = Sum(h, negative, positive, limit, moves).Sum;
            if (sum <= 1)
            {
                Move(h, moves);
                if (!atMost)
                    Fill(h, negative, positive, limit, 1 - sum);
                return;
            }

            high = limit;
        }

        Solve(h, negative, positive, moves, low, high, zero);
    }

    // The multiplier is nearly the smallest pos or the negated largest neg where the other part is small, and its
    // difference to it decides: from here on it is that difference. Returns what stands for a multiplier of zero.
    private double Shift(ReadOnlySpan<double> h, Span<double> negative, Span<double> positive)
    {
        if (_p > 0 && _q < 0)
            return 0;
        var shift = _p == 0 ? double.PositiveInfinity : 0;
        for (var k = 0; k < h.Length; k++)
        {
            if (h[k] != 0)
                shift = _p == 0 ? Math.Min(shift, positive[k]) : Math.Max(shift, negative[k]);
        }

        var shifted = _p == 0 ? positive : negative;
        for (var k = 0; k < h.Length; k++)
            shifted[k] -= shift;
        return _p == 0 ? -shift : shift;
    }

    // Above this multiplier φ has no root: it is constant from there on, or everywhere.
    private double Limit(double negative, double positive)
        => _p == 0 ? (negative == 0 ? positive : double.PositiveInfinity)
            : positive > 0 ? double.PositiveInfinity
            : _q == 0 ? -negative : 0;

    // At the lower end no activation exceeds 1/members, at the upper one is 1 and none larger.
    private (double Low, double High) Bracket(
        ReadOnlySpan<double> h, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive, int members)
    {
        double low = double.PositiveInfinity, high = double.PositiveInfinity;
        for (var k = 0; k < h.Length; k++)
        {
            if (h[k] == 0)
                continue;
            low = Math.Min(low, Slope(1 / (members * h[k]), negative[k], positive[k]));
            high = Math.Min(high, Slope(1 / h[k], negative[k], positive[k]));
        }

        return (low, high);
    }

    private void Solve(
        Span<double> h, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive, Span<double> moves, double low,
        double high, double zero)
    {
        var multiplier = low < zero && high > zero ? zero : low;
        double sum = 0;
        for (var step = 0; step < MostSteps; step++)
        {
            (sum, var slope) = Sum(h, negative, positive, multiplier, moves);
            if (!(Math.Abs(sum - 1) > Closeness))
                break;
            (low, high) = sum < 1 ? (multiplier, high) : (low, multiplier);

            // Newton's method on 1/sum, which is a line for one activation and β = 1.
            var next = multiplier + (sum * (1 - sum) / slope);
            if (!(next > low && next < high))
                next = low + ((high - low) / 2);
            if (next == multiplier)
                break;
            multiplier = next;
        }

        Move(h, moves);
        for (var k = 0; k < h.Length; k++)
            h[k] /= sum;
    }

    private (double Sum, double Slope) Sum(
        ReadOnlySpan<double> h, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive, double multiplier,
        Span<double> moves)
    {
        double sum = 0, slope = 0;
        for (var k = 0; k < h.Length; k++)
        {
            if (h[k] == 0)
                continue;
            var x = moves[k] = Root(negative[k], positive[k], multiplier, moves[k], 1 / h[k]);
            sum += h[k] * x;
            if (x > 0)
                slope += h[k] / Curvature(x, negative[k], positive[k]);
        }

        return (sum, slope);
    }

    private static void Move(Span<double> h, ReadOnlySpan<double> moves)
    {
        for (var k = 0; k < h.Length; k++)
            h[k] *= moves[k];
    }

    private void Fill(
        Span<double> h, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive, double limit, double rest)
    {
        var count = 0;
        for (var k = 0; k < h.Length; k++)
            count += Limit(negative[k], positive[k]) == limit ? 1 : 0;
        for (var k = 0; k < h.Length; k++)
            h[k] += Limit(negative[k], positive[k]) == limit ? rest / count : 0;
    }

    private double Slope(double x, double negative, double positive)
        => (_p == 0 ? positive : positive * Math.Pow(x, _p)) - (negative == 0 ? 0 : negative * Math.Pow(x, _q));

    private double Curvature(double x, double negative, double positive)
        => (_p == 0 ? 0 : _p * positive * Math.Pow(x, _p - 1))
            - (_q == 0 || negative == 0 ? 0 : _q * negative * Math.Pow(x, _q - 1));

    /// <summary>The x with φ(x) = multiplier, 0 where φ is larger everywhere.</summary>
    private double Root(double negative, double positive, double multiplier, double guess, double largest)
    {
        if (_p == 0)
            return negative == 0 ? 0 : Power(negative / (positive - multiplier), -1 / _q);
        if (_q == 0)
            return positive == 0 ? 0 : Power(Math.Max(0, negative + multiplier) / positive, 1 / _p);
        if (negative == 0)
            return multiplier > 0 && positive > 0 ? Power(multiplier / positive, 1 / _p) : 0;
        return MixedRoot(negative, positive, multiplier, guess, largest);
    }

    // 1 < β < 2: pos x - ν x^s = neg with s = 2 - β. The left side is convex for ν > 0 and concave for ν < 0: Newton's
    // method is monotone from its second step on, but its first may go below zero where the side is concave.
    private double MixedRoot(double negative, double positive, double multiplier, double guess, double largest)
    {
        var s = -_q;
        if (multiplier == 0)
            return negative / positive;
        if (s == 0.5)
        {
            // A quadratic in √x, in the form without cancellation.
            var root = Math.Sqrt((multiplier * multiplier) + (4 * positive * negative));
            var y = multiplier > 0 ? (multiplier + root) / (2 * positive) : 2 * negative / (root - multiplier);
            return y * y;
        }

        // Left of its root the convex side may bend back; at 1 / h̃ it is past it, since no activation
        // exceeds one within the bracket.
        var x = guess > 0 && guess < largest ? guess : largest;
        if (multiplier > 0 && (positive * x) - (multiplier * Math.Pow(x, s)) < negative)
            x = largest;
        for (var step = 0; step < MostSteps; step++)
        {
            var power = multiplier * Math.Pow(x, s);
            var next = x - (((positive * x) - power - negative) / (positive - (s * power / x)));
            if (!(Math.Abs(next - x) > Rounding * x))
                break;
            x = Math.Max(next, x / LongestShrink);
        }

        return x;
    }

    private static double Power(double x, double exponent)
        => exponent == 1 ? x : exponent == 0.5 ? Math.Sqrt(x) : Math.Pow(x, exponent);
}
