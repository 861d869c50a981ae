namespace Nmf.Kernels.Tests;

/// <summary>The sums of a tensor pass, written down entry by entry in double.</summary>
internal sealed class TensorReference
{
    public TensorReference(int[] shape, int rank, int seed, double missing = 0, double zeros = 0)
    {
        var random = new Random(seed);
        (Shape, Rank) = (shape, rank);
        Factors = [.. shape.Select(length => Enumerable.Range(0, length * rank)
            .Select(_ => 0.2 + random.NextDouble()).ToArray())];
        Values = new double[shape.Aggregate(1, (a, b) => a * b)];
        Weights = new double[Values.Length];
        for (var e = 0; e < Values.Length; e++)
        {
            Values[e] = random.NextDouble() < zeros ? 0 : 0.1 + (2 * random.NextDouble());
            Weights[e] = random.NextDouble() < missing ? 0 : 0.5 + random.NextDouble();
        }
    }

    public int[] Shape { get; }

    public int Rank { get; }

    public double[][] Factors { get; }

    public double[] Values { get; }

    public double[] Weights { get; }

    public int[] Indices(int entry)
    {
        var indices = new int[Shape.Length];
        for (var n = Shape.Length - 1; n >= 0; n--)
            (entry, indices[n]) = Math.DivRem(entry, Shape[n]);
        return indices;
    }

    public double Model(int[] indices) => Enumerable.Range(0, Rank).Sum(k => Product(indices, k, -1));

    public double Product(int[] indices, int k, int except)
    {
        double product = 1;
        for (var n = 0; n < Shape.Length; n++)
            product *= n == except ? 1 : Factors[n][(indices[n] * Rank) + k];
        return product;
    }

    /// <summary>Both parts of the gradient of <c>Σ m d_β(v|y)</c>.</summary>
    public (double[] Negative, double[] Positive) Gradient(int target, double beta, bool weighted)
    {
        var (negative, positive) = (new double[Factors[target].Length], new double[Factors[target].Length]);
        for (var e = 0; e < Values.Length; e++)
        {
            var indices = Indices(e);
            var (m, y) = (weighted ? Weights[e] : 1, Model(indices));
            for (var k = 0; k < Rank && m > 0; k++)
            {
                var (at, product) = ((indices[target] * Rank) + k, Product(indices, k, target));
                negative[at] += m * Values[e] * Math.Pow(y, beta - 2) * product;
                positive[at] += m * Math.Pow(y, beta - 1) * product;
            }
        }

        return (negative, positive);
    }

    public double[] ProductWithData(int target)
    {
        var result = new double[Factors[target].Length];
        for (var e = 0; e < Values.Length; e++)
        {
            var indices = Indices(e);
            for (var k = 0; k < Rank; k++)
                result[(indices[target] * Rank) + k] += Values[e] * Product(indices, k, target);
        }

        return result;
    }

    public double Objective(double beta, bool weighted)
    {
        double sum = 0;
        for (var e = 0; e < Values.Length; e++)
        {
            var (v, y, m) = (Values[e], Model(Indices(e)), weighted ? Weights[e] : 1);
            if (m > 0)
                sum += m * Divergence(v, y, beta);
        }

        return sum;
    }

    private static double Divergence(double v, double y, double beta) => beta switch
    {
        0 => (v / y) - Math.Log(v / y) - 1,
        1 => (v > 0 ? v * Math.Log(v / y) : 0) - v + y,
        _ => (Math.Pow(v, beta) + ((beta - 1) * Math.Pow(y, beta)) - (beta * v * Math.Pow(y, beta - 1)))
            / (beta * (beta - 1)),
    };
}
