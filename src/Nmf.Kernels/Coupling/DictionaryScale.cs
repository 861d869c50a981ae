using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// The dictionary step of soft co-factorisation: W goes to the minimiser of its separable majoriser (Févotte and Idier
/// 2011) among the columns of a given sum. With u = w / level, one column of all views of a group has the members u_i,
/// and the moves x_i solve <c>α level (pos x^p - neg x^-q) = ν</c> with the one multiplier ν for which Σ u x is the
/// number of views: a root in one dimension, since every x grows with ν. For other multipliers under equalities see
/// Leplat, Gillis and Idier, "Multiplicative updates for NMF with β-divergences under disjoint equality constraints",
/// 2021.
/// </summary>
/// <remarks>No entry moves by more than a factor of four in a step, which is a minimum over a smaller set and so
/// descends as well: for β ≥ 2 the exact minimiser has zeros, which multiplicative steps could not leave again. For
/// 1 &lt; β &lt; 2 the derivative is bounded by <c>pos x - neg / x</c>.</remarks>
internal sealed class DictionaryScale<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Most = 4;
    private const double Least = 1 / Most;
    private const int MostSteps = 100;

    // The sum is made exact by a division once it is this close.
    private const double Closeness = 1e-13;

    private readonly CoupledView<T>[] _views;
    private readonly double[] _levels;
    private readonly int[][] _groups;
    private readonly double[][] _scratch;

    /// <param name="views">Of each view the dictionary in the place of the activations, and its gradient.</param>
    /// <param name="levels">What the columns of each view sum to.</param>
    /// <param name="groups">Views whose columns sum to their level each on average.</param>
    /// <param name="threads">Most members of a team.</param>
    public DictionaryScale(CoupledView<T>[] views, double[] levels, int[][] groups, int threads)
    {
        (_views, _levels, _groups) = (views, levels, groups);
        var entries = groups.Max(group => group.Sum(v => views[v].Factor.Rows));
        _scratch = new double[threads][];
        for (var i = 0; i < threads; i++)
            _scratch[i] = new double[4 * entries];
    }

    private int Rank => _views[0].Factor.Columns;

    /// <summary>Updates the dictionaries of all views.</summary>
    public void Run(WorkTeam team) => team.Run(this, _groups.Length * Rank);

    /// <summary>Scales columns so that they have their sums, and tells by what; a column of zeros stays.</summary>
    /// <param name="scale">Receives, for each view, what each column was multiplied by.</param>
    public void Normalise(double[][] scale)
    {
        var sums = new double[Rank];
        foreach (var group in _groups)
        {
            var totals = new double[Rank];
            foreach (var v in group)
            {
                FactorKernels.ColumnSums(_views[v].Factor, sums);
                for (var k = 0; k < Rank; k++)
                    totals[k] += sums[k] / _levels[v];
            }

            foreach (var v in group)
            {
                for (var k = 0; k < Rank; k++)
                    scale[v][k] = totals[k] > 0 ? group.Length / totals[k] : 1;
                FactorKernels.ScaleColumns(_views[v].Factor, scale[v]);
            }
        }
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (group, k) = (_groups[block / Rank], block % Rank);
        var scratch = _scratch[worker].AsSpan();
        var room = scratch.Length / 4;
        Span<double> u = scratch[..room], negative = scratch.Slice(room, room),
            positive = scratch.Slice(2 * room, room), moves = scratch[(3 * room)..];
        var (count, any) = (0, 0.0);
        foreach (var v in group)
        {
            var (view, inverse) = (_views[v], 1 / _levels[v]);
            var factor = view.Weight * _levels[v];
            for (var f = 0; f < view.Factor.Rows; f++, count++)
            {
                u[count] = double.CreateTruncating(view.Factor.Row(f)[k]) * inverse;
                negative[count] = double.CreateTruncating(view.Negative.Row(f)[k]) * factor;
                positive[count] = double.CreateTruncating(view.Positive.Row(f)[k]) * factor;
                any += u[count] * negative[count];
            }
        }

        // A component that no sample has keeps its column; NaN goes on to the guard of the fit.
        if (any == 0)
            return;
        var sum = Solve(group, u, negative, positive, moves);
        count = 0;
        foreach (var v in group)
        {
            var factor = _levels[v] * group.Length / sum;
            for (var f = 0; f < _views[v].Factor.Rows; f++, count++)
            {
                var updated = T.CreateTruncating(u[count] * moves[count] * factor);
                _views[v].Factor.Row(f)[k] = updated < FactorUpdate<T>.Smallest ? T.Zero : updated;
            }
        }
    }

    private double Solve(
        int[] group, ReadOnlySpan<double> u, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive,
        Span<double> moves)
    {
        double target = group.Length;
        var (low, high) = Bracket(group, u, negative, positive);
        var multiplier = low < 0 && high > 0 ? 0 : low;
        double sum = target;
        for (var step = 0; step < MostSteps; step++)
        {
            (sum, var slope) = Sum(group, u, negative, positive, multiplier, moves);
            if (!(Math.Abs(sum - target) > Closeness * target))
                break;
            (low, high) = sum < target ? (multiplier, high) : (low, multiplier);

            // Newton's method on 1/sum, which is a line where all derivatives are neg/x.
            var next = slope > 0 ? multiplier + (sum * (target - sum) / (target * slope)) : double.NaN;
            if (!(next > low && next < high))
                next = low + ((high - low) / 2);
            if (next == multiplier)
                break;
            multiplier = next;
        }

        return sum;
    }

    // Where no move is above the least, and where none is below the most.
    private (double Low, double High) Bracket(
        int[] group, ReadOnlySpan<double> u, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive)
    {
        var (low, high, i) = (double.PositiveInfinity, double.NegativeInfinity, 0);
        foreach (var v in group)
        {
            var root = new MoveOf(_views[v]);
            for (var f = 0; f < _views[v].Factor.Rows; f++, i++)
            {
                if (u[i] == 0)
                    continue;
                low = Math.Min(low, root.Derivative(Least, negative[i], positive[i]));
                high = Math.Max(high, root.Derivative(Most, negative[i], positive[i]));
            }
        }

        return (low, high);
    }

    private (double Sum, double Slope) Sum(
        int[] group, ReadOnlySpan<double> u, ReadOnlySpan<double> negative, ReadOnlySpan<double> positive,
        double multiplier, Span<double> moves)
    {
        double sum = 0, slope = 0;
        var i = 0;
        foreach (var v in group)
        {
            var root = new MoveOf(_views[v]);
            for (var f = 0; f < _views[v].Factor.Rows; f++, i++)
            {
                if (u[i] == 0)
                {
                    moves[i] = 1;
                    continue;
                }

                var x = root.At(multiplier, negative[i], positive[i]);
                if (x > Least && x < Most)
                    slope += u[i] / root.Curvature(x, negative[i], positive[i]);
                moves[i] = x <= Least ? Least : x >= Most ? Most : x;
                sum += u[i] * moves[i];
            }
        }

        return (sum, slope);
    }

    /// <summary>The derivative of a majoriser and its inverse.</summary>
    private readonly struct MoveOf(CoupledView<T> view)
    {
        private readonly bool _isMixed = view.Growth > 0 && view.Decay > 0;
        private readonly double _p = view.Growth > 0 && view.Decay > 0 ? 1 : view.Growth;
        private readonly double _q = view.Growth > 0 && view.Decay > 0 ? 1 : view.Decay;

        public double Derivative(double x, double negative, double positive)
            => (positive * Power(x, _p)) - (negative * Power(x, -_q));

        public double Curvature(double x, double negative, double positive)
            => (_p == 0 ? 0 : _p * positive * Power(x, _p - 1)) + (_q == 0 ? 0 : _q * negative * Power(x, -_q - 1));

        public double At(double multiplier, double negative, double positive)
        {
            if (_isMixed)
            {
                var root = Math.Sqrt((multiplier * multiplier) + (4 * positive * negative));
                return multiplier > 0 ? (multiplier + root) / (2 * positive) : 2 * negative / (root - multiplier);
            }

            return _p == 0
                ? positive > multiplier ? Power(negative / (positive - multiplier), 1 / _q) : Most
                : negative + multiplier > 0 ? Power((negative + multiplier) / positive, 1 / _p) : Least;
        }

        private static double Power(double x, double exponent) => exponent switch
        {
            1 => x,
            0 => 1,
            -1 => 1 / x,
            -2 => 1 / (x * x),
            0.5 => Math.Sqrt(x),
            _ => Math.Pow(x, exponent),
        };
    }
}
