namespace Nmf.Kernels.Tests;

/// <summary>Least squares on the simplex by trying every face: the bordered equations by
/// Gaussian elimination.</summary>
internal static class AbundanceReference
{
    public static double[] BestFace(double[] v, Matrix<double> w, bool atMost)
    {
        var rank = w.Columns;
        var best = new double[rank];
        var lowest = atMost ? Objective(v, w, best) : double.PositiveInfinity;
        for (var support = 1; support < 1 << rank; support++)
        {
            var members = Enumerable.Range(0, rank).Where(k => (support >> k & 1) == 1).ToArray();
            foreach (var equality in atMost ? new[] { false, true } : [true])
            {
                if (Solve(v, w, members, equality) is not { } x || x.Any(value => value < 0) || x.Sum() > 1 + 1e-12)
                    continue;
                var h = new double[rank];
                for (var i = 0; i < members.Length; i++)
                    h[members[i]] = x[i];
                var objective = Objective(v, w, h);
                if (objective < lowest)
                    (best, lowest) = (h, objective);
            }
        }

        return best;
    }

    /// <summary>Wᵀ(W h - v).</summary>
    public static double[] Gradient(double[] v, Matrix<double> w, double[] h)
    {
        var gradient = new double[h.Length];
        for (var f = 0; f < v.Length; f++)
        {
            var rest = -v[f];
            for (var k = 0; k < h.Length; k++)
                rest += w[f, k] * h[k];
            for (var k = 0; k < h.Length; k++)
                gradient[k] += w[f, k] * rest;
        }

        return gradient;
    }

    private static double Objective(double[] v, Matrix<double> w, double[] h)
    {
        double sum = 0;
        for (var f = 0; f < v.Length; f++)
        {
            var rest = v[f];
            for (var k = 0; k < h.Length; k++)
                rest -= w[f, k] * h[k];
            sum += 0.5 * rest * rest;
        }

        return sum;
    }

    private static double[]? Solve(double[] v, Matrix<double> w, int[] members, bool equality)
    {
        var n = members.Length + (equality ? 1 : 0);
        var a = new double[n, n + 1];
        for (var i = 0; i < members.Length; i++)
        {
            for (var f = 0; f < v.Length; f++)
            {
                for (var j = 0; j < members.Length; j++)
                    a[i, j] += w[f, members[i]] * w[f, members[j]];
                a[i, n] += w[f, members[i]] * v[f];
            }

            if (equality)
                a[i, n - 1] = a[n - 1, i] = 1;
        }

        if (equality)
            a[n - 1, n] = 1;
        for (var c = 0; c < n; c++)
        {
            var pivot = Enumerable.Range(c, n - c).MaxBy(r => Math.Abs(a[r, c]));
            if (Math.Abs(a[pivot, c]) < 1e-13)
                return null;
            for (var j = 0; j <= n; j++)
                (a[c, j], a[pivot, j]) = (a[pivot, j], a[c, j]);
            for (var r = 0; r < n; r++)
            {
                var factor = r == c ? 0 : a[r, c] / a[c, c];
                for (var j = c; j <= n && factor != 0; j++)
                    a[r, j] -= factor * a[c, j];
            }
        }

        return [.. Enumerable.Range(0, members.Length).Select(i => a[i, n] / a[i, i])];
    }
}
