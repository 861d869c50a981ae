using MathNet.Numerics.LinearAlgebra;

namespace Nmf.Topics;

/// <summary>Topics in a plane.</summary>
/// <param name="Places">For every topic its coordinates; (0, 0) for one without words.</param>
/// <param name="Neighbours">Number of nearest topics of a topic that the next number is about: five, or, of few topics,
/// half of the others.</param>
/// <param name="Kept">Of these nearest topics the part that is among as many nearest in the plane, 0 to 1; 1 where
/// there is nothing to lose.</param>
public sealed record TopicMap(IReadOnlyList<(double X, double Y)> Places, int Neighbours, double Kept)
{
    private const int MostNeighbours = 5;
    private const int MostIterations = 1000;
    private const double Tolerance = 1e-9;

    /// <summary>
    /// The plane in which the distances are nearest to the true ones by the sum of squared differences, from classical
    /// scaling (Torgerson 1952) by stress majorisation (SMACOF, de Leeuw 1977: each step moves the points to
    /// <c>B(X) X / n</c> with <c>b_ij = -d_ij / |x_i - x_j|</c>, rows of B adding up to zero, and never raises the
    /// sum).
    /// </summary>
    internal static TopicMap Of(TopicDistances distances)
    {
        var places = new (double X, double Y)[distances.Topics];
        int[] there = [.. Enumerable.Range(0, distances.Topics).Where(t => distances.HasWords[t])];
        var n = there.Length;
        if (n < 2)
            return new TopicMap(places, 0, 1);
        var (x, y) = ClassicalScaling(n, (i, j) => distances[there[i], there[j]]);
        var stress = double.PositiveInfinity;
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var before = stress;
            stress = Majorize(x, y, (i, j) => distances[there[i], there[j]]);
            if (before - stress <= Tolerance * stress)
                break;
        }

        for (var i = 0; i < n; i++)
            places[there[i]] = (x[i], y[i]);
        var neighbours = Math.Min(MostNeighbours, Math.Max(1, (n - 1) / 2));
        return new TopicMap(places, neighbours, Keeps(distances, there, x, y, neighbours));
    }

    private static (double[] X, double[] Y) ClassicalScaling(int n, Func<int, int, double> distance)
    {
        var squares = Matrix<double>.Build.Dense(n, n, (i, j) => distance(i, j) * distance(i, j));
        var means = squares.RowSums() / n;
        var mean = means.Sum() / n;
        squares.MapIndexedInplace((i, j, square) => (means[i] + means[j] - square - mean) / 2);
        var evd = squares.Evd(Symmetricity.Symmetric);
        // In increasing order.
        return (Axis(n - 1), Axis(n - 2));

        double[] Axis(int number)
        {
            // The sign of a direction is free: the topic that is farthest out is on the positive side.
            var direction = evd.EigenVectors.Column(number);
            var scale = Math.Sqrt(Math.Max(0, evd.EigenValues[number].Real))
                * (direction[direction.AbsoluteMaximumIndex()] < 0 ? -1 : 1);
            return [.. direction.Select(component => component * scale)];
        }
    }

    // Returns the sum of squared differences before the step.
    private static double Majorize(double[] x, double[] y, Func<int, int, double> distance)
    {
        var n = x.Length;
        var (nextX, nextY) = (new double[n], new double[n]);
        double stress = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                var inPlane = Math.Sqrt((dx * dx) + (dy * dy));
                var wanted = distance(i, j);
                stress += (inPlane - wanted) * (inPlane - wanted);
                // Points that coincide have no direction to be pushed in.
                var ratio = inPlane > 0 ? wanted / inPlane / n : 0;
                nextX[i] += ratio * dx;
                nextX[j] -= ratio * dx;
                nextY[i] += ratio * dy;
                nextY[j] -= ratio * dy;
            }
        }

        nextX.CopyTo(x, 0);
        nextY.CopyTo(y, 0);
        return stress;
    }

    private static double Keeps(TopicDistances distances, int[] there, double[] x, double[] y, int neighbours)
    {
        var n = there.Length;
        if (n <= 2)
            return 1;
        var kept = 0;
        for (var i = 0; i < n; i++)
        {
            var near = Nearest(i, j => distances[there[i], there[j]]);
            near.IntersectWith(
                Nearest(i, j => ((x[i] - x[j]) * (x[i] - x[j])) + ((y[i] - y[j]) * (y[i] - y[j]))));
            kept += near.Count;
        }

        return kept / (double)(n * neighbours);

        HashSet<int> Nearest(int of, Func<int, double> distance)
            => [.. Enumerable.Range(0, n).Where(j => j != of).OrderBy(distance).Take(neighbours)];
    }
}
