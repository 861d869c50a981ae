using System.Numerics;
using System.Numerics.Tensors;
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

    private const int PointsOfBlock = 2048;

    private readonly IReadOnlyList<int> _rows;
    private readonly int _vertices;

    // Principal coordinates of unit variance at most, and a constant: one array for each.
    private readonly double[][] _coordinates;
    private readonly double[] _scores = new double[PointsOfBlock];

    public SimplexSearch(Matrix<double> points, IReadOnlyList<int> rows, int vertices)
    {
        (_rows, _vertices) = (rows, vertices);
        var (directions, variances, mean) = SmallMatrices.PrincipalDirections(points, rows);
        var scale = Math.Sqrt(variances[0]);
        _coordinates = new double[vertices][];
        for (var k = 0; k < vertices; k++)
        {
            var values = _coordinates[k] = new double[rows.Count];
            Array.Fill(values, k == vertices - 1 ? 1 : 0);
            for (var i = 0; i < values.Length && k < vertices - 1; i++)
            {
                for (var d = 0; d < mean.Length; d++)
                    values[i] += (points[rows[i], d] - mean[d]) * directions[d, k];
                values[i] /= scale > 0 ? scale : 1;
            }
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
        if (!isLargest)
            return [.. search.Purest(random, progress, cancellationToken).Distinct()];

        // An exchange has no order, and none of its vertices is settled before the last.
        var largest = search.Run(random, Draws, cancellationToken).MaxBy(found => search.Volume(found));
        int[] picked = [.. (largest ?? search.Successive(null, null, cancellationToken)).Distinct().Order()];
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
    /// <param name="cancellationToken">Looked at before every scan of the points.</param>
    public IEnumerable<int[]> Run(CounterRandom random, int draws, CancellationToken cancellationToken)
    {
        var index = 0L;
        var found = new List<int[]> { Successive(null, null, cancellationToken) };
        for (var draw = 0; draw < draws; draw++)
            found.Add(AlongDirections(() => random.Uniform(index++), cancellationToken));
        foreach (var picked in found.ToArray())
            found.Add(Exchange(picked, cancellationToken));
        return found.Where(picked => picked.Distinct().Count() == _vertices)
            .DistinctBy(picked => string.Join(',', picked.Order()))
            .Select(picked => Array.ConvertAll(picked, i => _rows[i]));
    }

    // Of the points that are extreme along a random direction those that successive projection picks.
    private int[] Purest(CounterRandom random, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var (directions, index) = (new double[Skewers][], 0L);
        for (var skewer = 0; skewer < Skewers; skewer++)
        {
            directions[skewer] = new double[_vertices];
            for (var k = 0; k < _vertices - 1; k++)
                directions[skewer][k] = random.Uniform(index++) - 0.5;
        }

        // Block by block, so that the points stay in the cache.
        var (high, low) = (new (int Point, double Score)[Skewers], new (int Point, double Score)[Skewers]);
        Array.Fill(high, (0, double.NegativeInfinity));
        Array.Fill(low, (0, double.PositiveInfinity));
        for (var from = 0; from < _rows.Count; from += PointsOfBlock)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var skewer = 0; skewer < Skewers; skewer++)
            {
                var scores = Scores(from, directions[skewer]);
                var (most, least) = (TensorPrimitives.IndexOfMax<double>(scores),
                    TensorPrimitives.IndexOfMin<double>(scores));
                if (scores[most] > high[skewer].Score)
                    high[skewer] = (from + most, scores[most]);
                if (scores[least] < low[skewer].Score)
                    low[skewer] = (from + least, scores[least]);
            }
        }

        int[] extremes = [.. high.Concat(low).Select(extreme => extreme.Point).Distinct().Order()];
        return Successive(extremes, progress, cancellationToken);
    }

    // The point farthest from the span of those before, all raised by a constant as long as the farthest point.
    private int[] Successive(int[]? among, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        double longest = 0;
        var point = new double[_vertices];
        for (var i = 0; i < _rows.Count; i++)
        {
            Point(i, 0, point);
            longest = Math.Max(longest, Dot(point, point));
        }

        return Picks(basis =>
        {
            var (best, largest) = (0, double.NegativeInfinity);
            for (var j = 0; j < (among?.Length ?? _rows.Count); j++)
            {
                var i = among is null ? j : among[j];
                Point(i, Math.Sqrt(longest), point);
                Project(point, basis);
                var square = Dot(point, point);
                if (square > largest)
                    (best, largest) = (i, square);
            }

            return best;
        }, Math.Sqrt(longest), progress, cancellationToken);
    }

    private int[] AlongDirections(Func<double> uniform, CancellationToken cancellationToken)
        => Picks(basis =>
        {
            var direction = new double[_vertices];
            for (var k = 0; k < _vertices; k++)
                direction[k] = uniform() - 0.5;
            if (basis.Count == 0)
                direction[^1] = 0;
            Project(direction, basis);
            return Farthest(direction).Point;
        }, 1, null, cancellationToken);

    private int[] Picks(
        Func<List<double[]>, int> next, double raise, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var (picked, basis) = (new int[_vertices], new List<double[]>());
        for (var (k, different) = (0, 0); k < _vertices; k++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            picked[k] = next(basis);
            if (!picked.AsSpan(0, k).Contains(picked[k]))
                progress?.Report(++different);
            var direction = new double[_vertices];
            Point(picked[k], raise, direction);
            Project(direction, basis);
            Project(direction, basis);
            var norm = Math.Sqrt(Dot(direction, direction));
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
            var direction = new double[_vertices];
            Point(i, 1, direction);
            Project(direction, basis);
            Project(direction, basis);
            var norm = Math.Sqrt(Dot(direction, direction));
            logarithm += Math.Log(norm);
            basis.Add(Array.ConvertAll(direction, x => norm > 0 ? x / norm : 0));
        }

        return logarithm;
    }

    /// <summary>N-FINDR: each vertex in turn becomes the point that makes the volume largest.</summary>
    private int[] Exchange(int[] start, CancellationToken cancellationToken)
    {
        var picked = (int[])start.Clone();
        for (var round = 0; round < MostExchanges; round++)
        {
            var changed = false;
            for (var k = 0; k < _vertices; k++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Normal(picked, k) is not { } normal)
                    return picked;
                var (best, times) = Farthest(normal);
                if (times > 1 + 1e-9)
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
            var direction = new double[_vertices];
            Point(picked[k], 1, direction);
            Project(direction, basis);
            Project(direction, basis);
            var norm = Math.Sqrt(Dot(direction, direction));
            if (norm > 1e-9)
                basis.Add(Array.ConvertAll(direction, x => x / norm));
        }

        var normal = new double[_vertices];
        Point(picked[vertex], 1, normal);
        Project(normal, basis);
        Project(normal, basis);
        var square = Dot(normal, normal);
        return basis.Count < _vertices - 1 || square < 1e-18 ? null : Array.ConvertAll(normal, x => x / square);
    }

    // The point whose product with a direction is largest in magnitude, and that magnitude.
    private (int Point, double Score) Farthest(double[] direction)
    {
        var (best, largest) = (0, double.NegativeInfinity);
        for (var from = 0; from < _rows.Count; from += PointsOfBlock)
        {
            var scores = Scores(from, direction);
            TensorPrimitives.Abs<double>(scores, scores);
            var most = TensorPrimitives.IndexOfMax<double>(scores);
            if (scores[most] > largest)
                (best, largest) = (from + most, scores[most]);
        }

        return (best, largest);
    }

    // Products of a block of points with a direction.
    private Span<double> Scores(int from, double[] direction)
    {
        var scores = _scores.AsSpan(0, Math.Min(PointsOfBlock, _rows.Count - from));
        TensorPrimitives.Multiply(_coordinates[0].AsSpan(from, scores.Length), direction[0], scores);
        for (var k = 1; k < _vertices; k++)
            TensorPrimitives.MultiplyAdd(_coordinates[k].AsSpan(from, scores.Length), direction[k], scores, scores);
        return scores;
    }

    private void Point(int i, double raise, double[] point)
    {
        for (var k = 0; k < _vertices - 1; k++)
            point[k] = _coordinates[k][i];
        point[^1] = raise;
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
