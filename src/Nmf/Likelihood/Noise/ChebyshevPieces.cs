namespace Nmf;

/// <summary>A smooth function of one variable, remembered as polynomials over pieces of its range that meet it at
/// Chebyshev's points; evaluated by the barycentric formula (Berrut and Trefethen 2004).</summary>
internal sealed class ChebyshevPieces
{
    private const int Points = 17;

    private readonly double _from;
    private readonly double _width;
    private readonly double[][] _values;

    public ChebyshevPieces(Func<double, double> function, double from, double to, int pieces)
    {
        (_from, _width) = (from, (to - from) / pieces);
        _values = [.. Enumerable.Range(0, pieces).Select(
            piece => Nodes.Select(x => function(from + (_width * (piece + ((1 + x) / 2))))).ToArray())];
    }

    private static double[] Nodes { get; } =
        [.. Enumerable.Range(0, Points).Select(i => Math.Cos(Math.PI * i / (Points - 1)))];

    public double Value(double x)
    {
        var place = (x - _from) / _width;
        var piece = Math.Clamp((int)place, 0, _values.Length - 1);
        var t = (2 * (place - piece)) - 1;
        double numerator = 0, denominator = 0;
        for (var i = 0; i < Points; i++)
        {
            var distance = t - Nodes[i];
            if (distance == 0)
                return _values[piece][i];
            var weight = (i % 2 == 0 ? 1 : -1) * (i is 0 or Points - 1 ? 0.5 : 1) / distance;
            numerator += weight * _values[piece][i];
            denominator += weight;
        }

        return numerator / denominator;
    }
}
