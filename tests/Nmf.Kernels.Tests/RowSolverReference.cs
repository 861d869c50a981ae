namespace Nmf.Kernels.Tests;

/// <summary>Exact and very long solutions of single rows in double.</summary>
internal static class RowSolverReference
{
    /// <summary>Nonnegative least squares by trying every support; for small ranks.</summary>
    public static double[] LeastSquares(double[] v, double[,] w)
    {
        var rank = w.GetLength(1);
        var (best, bestObjective) = (new double[rank], Objective(v, w, new double[rank], 2));
        for (var support = 1; support < 1 << rank; support++)
        {
            var members = Enumerable.Range(0, rank).Where(k => (support >> k & 1) == 1).ToArray();
            if (SolveNormalEquations(v, w, members) is not { } x || x.Any(value => value < 0))
                continue;
            var h = new double[rank];
            for (var i = 0; i < members.Length; i++)
                h[members[i]] = x[i];
            var objective = Objective(v, w, h, 2);
            if (objective < bestObjective)
                (best, bestObjective) = (h, objective);
        }

        return best;
    }

    /// <summary>Multiplicative updates in double for very long.</summary>
    public static double[] Multiplicative(double[] v, double[,] w, double beta, int updates)
    {
        var (features, rank) = (w.GetLength(0), w.GetLength(1));
        var exponent = beta < 0 ? 1 / (2 - beta) : beta > 2 ? 1 / (beta - 1) : 1;
        double total = 0;
        foreach (var value in w)
            total += value;
        var h = Enumerable.Repeat(v.Sum() / total, rank).ToArray();
        var (negative, positive) = (new double[rank], new double[rank]);
        for (var update = 0; update < updates; update++)
        {
            Array.Clear(negative);
            Array.Clear(positive);
            for (var f = 0; f < features; f++)
            {
                var y = Math.Max(1e-200, Model(w, h, f));
                var power = beta == 1 ? 1 / y : beta == 0 ? 1 / (y * y) : Math.Pow(y, beta - 2);
                for (var k = 0; k < rank; k++)
                {
                    negative[k] += v[f] * power * w[f, k];
                    positive[k] += y * power * w[f, k];
                }
            }

            for (var k = 0; k < rank; k++)
                h[k] = positive[k] > 0 ? h[k] * Math.Pow(negative[k] / positive[k], exponent) : 0;
        }

        return h;
    }

    public static double Objective(double[] v, double[,] w, double[] h, double beta)
    {
        double sum = 0;
        for (var f = 0; f < v.Length; f++)
            sum += beta == 2
                ? 0.5 * Math.Pow(v[f] - Model(w, h, f), 2)
                : SparseReference.Divergence(v[f], Math.Max(1e-200, Model(w, h, f)), beta);
        return sum;
    }

    /// <summary>Largest relative violation of the conditions of Karush, Kuhn and Tucker: gradient parts compared
    /// with each other.</summary>
    public static double Violation(double[] v, double[,] w, double[] h, double beta)
    {
        double worst = 0, largest = h.Max();
        for (var k = 0; k < h.Length; k++)
        {
            double negative = 0, positive = 0;
            for (var f = 0; f < v.Length; f++)
            {
                var y = Math.Max(1e-200, Model(w, h, f));
                negative += v[f] == 0 ? 0 : v[f] * Math.Pow(y, beta - 2) * w[f, k];
                positive += Math.Pow(y, beta - 1) * w[f, k];
            }

            if (positive == 0)
                continue;
            var relative = (positive - negative) / positive;
            worst = Math.Max(worst, relative < 0 ? -relative : Math.Min(relative, h[k] / largest));
        }

        return worst;
    }

    private static double Model(double[,] w, double[] h, int f)
    {
        double y = 0;
        for (var k = 0; k < h.Length; k++)
            y += w[f, k] * h[k];
        return y;
    }

    // Gaussian elimination with pivoting on WᵀW; null when singular.
    private static double[]? SolveNormalEquations(double[] v, double[,] w, int[] members)
    {
        var n = members.Length;
        var a = new double[n, n + 1];
        for (var i = 0; i < n; i++)
        {
            for (var f = 0; f < v.Length; f++)
            {
                for (var j = 0; j < n; j++)
                    a[i, j] += w[f, members[i]] * w[f, members[j]];
                a[i, n] += w[f, members[i]] * v[f];
            }
        }

        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(a[r, c]));
            if (Math.Abs(a[pivot, c]) < 1e-13)
                return null;
            for (var j = 0; j <= n; j++)
                (a[c, j], a[pivot, j]) = (a[pivot, j], a[c, j]);
            for (var r = 0; r < n; r++)
            {
                if (r == c)
                    continue;
                var factor = a[r, c] / a[c, c];
                for (var j = c; j <= n; j++)
                    a[r, j] -= factor * a[c, j];
            }
        }

        return [.. Enumerable.Range(0, n).Select(i => a[i, n] / a[i, i])];
    }
}
