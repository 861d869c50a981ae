using System.Numerics;
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
    private const int Draws = 5;
    private const int Skewers = 1000;

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

    /// <summary>The samples of the largest simplex that was found, or the purest; fewer than asked for where the data
    /// have no more.</summary>
    public static int[] Pick<T>(
        NmfData<T> data, int rank, bool isLargest, int seed, WorkTeam team, IProgress<int>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = Math.Min(rank, Math.Min(data.Samples, data.Features));
        var points = SceneSubspace.Of(data, size, seed, team, cancellationToken).Points;
        var search = new SimplexSearch(points, [.. Enumerable.Range(0, points.Rows)], size);
        var random = new CounterRandom(seed, 1);
        int[] picked = isLargest
            ? search.Run(random, Draws).MaxBy(found => search.Volume(found)) ?? search.Successive()
            : search.Purest(random, cancellationToken);
        // An exchange has no order.
        picked = isLargest ? [.. picked.Distinct().Order()] : [.. picked.Distinct()];
        for (var k = 0; k < picked.Length; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(k + 1);
        }

        return picked;
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

    // Of the points that are extreme along a random direction those that successive projection picks.
    private int[] Purest(CounterRandom random, CancellationToken cancellationToken)
    {
        var extremes = new HashSet<int>();
        var (direction, index) = (new double[_vertices], 0L);
        for (var skewer = 0; skewer < Skewers; skewer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var k = 0; k < _vertices - 1; k++)
                direction[k] = random.Uniform(index++) - 0.5;
            extremes.Add(Farthest(i => Dot(_points.Row(i), direction)));
            extremes.Add(Farthest(i => -Dot(_points.Row(i), direction)));
        }

        return Successive(extremes);
    }

    // The point farthest from the span of those before, all raised by a constant as long as the farthest point.
    private int[] Successive(HashSet<int>? among = null)
    {
        double longest = 0;
        for (var i = 0; i < _points.Rows; i++)
            longest = Math.Max(longest, SquareWithout(i));
        return Picks((picked, basis) =>
        {
            var raised = new double[_vertices];
            return Farthest(i =>
            {
                if (among?.Contains(i) == false)
                    return -1;
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

    private double Volume(int[] picked)
    {
        var (basis, logarithm) = (new List<double[]>(), 0.0);
        foreach (var i in picked)
        {
            var direction = _points.Row(i).ToArray();
            Project(direction, basis);
            Project(direction, basis);
            var norm = Math.Sqrt(direction.Sum(x => x * x));
            logarithm += Math.Log(norm);
            basis.Add(Array.ConvertAll(direction, x => norm > 0 ? x / norm : 0));
        }

        return logarithm;
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
