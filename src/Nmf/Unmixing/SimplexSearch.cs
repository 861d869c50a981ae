using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Points that span a simplex around the others, by several searches over the same points: successive projection with
/// the affine constraint, random directions (VCA; Nascimento and Bioucas-Dias 2005), and from each of them the exchange
/// of vertices that makes the volume largest (N-FINDR; Winter, "N-FINDR: an algorithm for fast autonomous spectral
/// end-member determination in hyperspectral data", 1999).
/// </summary>
internal sealed class SimplexSearch
{
    private const int MostExchanges = 10;

    private readonly IReadOnlyList<int> _rows;
    private readonly int _vertices;

    // Principal coordinates of unit variance at most, and a constant.
    private readonly Matrix<double> _points;

    public SimplexSearch(Matrix<double> points, IReadOnlyList<int> rows, int vertices)
    {
        (_rows, _vertices) = (rows, vertices);
        var (directions, variances, mean) = SmallMatrices.PrincipalDirections(points, rows);
        var scale = Math.Sqrt(variances[0]);
        _points = new Matrix<double>(rows.Count, vertices);
        for (var i = 0; i < rows.Count; i++)
        {
            for (var k = 0; k < vertices - 1; k++)
            {
                for (var d = 0; d < mean.Length; d++)
                    _points[i, k] += (points[rows[i], d] - mean[d]) * directions[d, k];
                _points[i, k] /= scale > 0 ? scale : 1;
            }

            _points[i, vertices - 1] = 1;
        }
    }

    /// <summary>What the searches find, each once.</summary>
    /// <param name="random">Directions.</param>
    /// <param name="draws">Number of searches along random directions.</param>
    public IEnumerable<int[]> Run(CounterRandom random, int draws)
    {
        var index = 0L;
        var found = new List<int[]> { Successive() };
        for (var draw = 0; draw < draws; draw++)
            found.Add(AlongDirections(() => random.Uniform(index++)));
        foreach (var picked in found.ToArray())
            found.Add(Exchange(picked));
        return found.Where(picked => picked.Distinct().Count() == _vertices)
            .DistinctBy(picked => string.Join(',', picked.Order()))
            .Select(picked => Array.ConvertAll(picked, i => _rows[i]));
    }

    // The point farthest from the span of those before, all raised by a constant as long as the farthest point.
    private int[] Successive()
    {
        double longest = 0;
        for (var i = 0; i < _points.Rows; i++)
            longest = Math.Max(longest, SquareWithout(i));
        return Picks((picked, basis) =>
        {
            var raised = new double[_vertices];
            return Farthest(i =>
            {
                _points.Row(i).CopyTo(raised);
                raised[^1] = Math.Sqrt(longest);
                Project(raised, basis);
                return raised.Sum(x => x * x);
            });
        }, Math.Sqrt(longest));
    }

    private int[] AlongDirections(Func<double> uniform)
        => Picks((picked, basis) =>
        {
            var direction = new double[_vertices];
            for (var k = 0; k < _vertices; k++)
                direction[k] = uniform() - 0.5;
            if (picked == 0)
                direction[^1] = 0;
            Project(direction, basis);
            return Farthest(i => Math.Abs(Dot(_points.Row(i), direction)));
        }, 1);

    private int[] Picks(Func<int, List<double[]>, int> next, double raise)
    {
        var (picked, basis) = (new int[_vertices], new List<double[]>());
        for (var k = 0; k < _vertices; k++)
        {
            picked[k] = next(k, basis);
            var direction = _points.Row(picked[k]).ToArray();
            direction[^1] = raise;
            Project(direction, basis);
            Project(direction, basis);
            var norm = Math.Sqrt(direction.Sum(x => x * x));
            if (norm > 0)
                basis.Add(Array.ConvertAll(direction, x => x / norm));
        }

        return picked;
    }

    /// <summary>N-FINDR: each vertex in turn becomes the point that makes the volume largest.</summary>
    private int[] Exchange(int[] start)
    {
        var picked = (int[])start.Clone();
        for (var round = 0; round < MostExchanges; round++)
        {
            var changed = false;
            for (var k = 0; k < _vertices; k++)
            {
                if (Normal(picked, k) is not { } normal)
                    return picked;
                var best = Farthest(i => Math.Abs(Dot(_points.Row(i), normal)));
                if (Math.Abs(Dot(_points.Row(best), normal)) > 1 + 1e-9)
                    (picked[k], changed) = (best, true);
            }

            if (!changed)
                break;
        }

        return picked;
    }

    // The linear function that is one at a vertex and zero at the others; null where they are dependent.
    private double[]? Normal(int[] picked, int vertex)
    {
        var basis = new List<double[]>();
        foreach (var k in Enumerable.Range(0, _vertices).Where(k => k != vertex))
        {
            var direction = _points.Row(picked[k]).ToArray();
            Project(direction, basis);
            Project(direction, basis);
            var norm = Math.Sqrt(direction.Sum(x => x * x));
            if (norm > 1e-9)
                basis.Add(Array.ConvertAll(direction, x => x / norm));
        }

        var normal = _points.Row(picked[vertex]).ToArray();
        Project(normal, basis);
        Project(normal, basis);
        var square = normal.Sum(x => x * x);
        return basis.Count < _vertices - 1 || square < 1e-18 ? null : Array.ConvertAll(normal, x => x / square);
    }

    private int Farthest(Func<int, double> measure)
    {
        var (best, largest) = (0, double.NegativeInfinity);
        for (var i = 0; i < _points.Rows; i++)
        {
            var value = measure(i);
            if (value > largest)
                (best, largest) = (i, value);
        }

        return best;
    }

    private double SquareWithout(int i)
    {
        double sum = 0;
        for (var k = 0; k < _vertices - 1; k++)
            sum += _points[i, k] * _points[i, k];
        return sum;
    }

    private static void Project(double[] direction, List<double[]> basis)
    {
        foreach (var axis in basis)
        {
            var product = Dot(direction, axis);
            for (var k = 0; k < direction.Length; k++)
                direction[k] -= product * axis[k];
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (var k = 0; k < b.Length; k++)
            sum += a[k] * b[k];
        return sum;
    }
}
