using System.Numerics;

namespace Nmf.Tests;

/// <summary>A tensor made of known factors, with multiplicative noise.</summary>
internal sealed class Planted
{
    public Planted(int[] shape, int rank, int seed, double noise = 0)
    {
        var random = new Random(seed);
        (Shape, Rank) = (shape, rank);
        Factors = [.. shape.Select(length => Enumerable.Range(0, length)
            .Select(_ => Enumerable.Range(0, rank).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray())
            .ToArray())];
        Values = new double[shape.Aggregate(1, (a, b) => a * b)];
        for (var e = 0; e < Values.Length; e++)
        {
            var indices = Indices(e);
            for (var k = 0; k < rank; k++)
                Values[e] += indices.Select((i, n) => Factors[n][i][k]).Aggregate(1.0, (a, b) => a * b);
            Values[e] *= 1 + (noise * (random.NextDouble() - 0.5));
        }
    }

    public int[] Shape { get; }

    public int Rank { get; }

    public double[][][] Factors { get; }

    public double[] Values { get; }

    public int[] Indices(int entry)
    {
        var indices = new int[Shape.Length];
        for (var n = Shape.Length - 1; n >= 0; n--)
            (entry, indices[n]) = Math.DivRem(entry, Shape[n]);
        return indices;
    }

    public NmfTensor<T> Dense<T>(double unit = 1, Func<int, bool>? isMissing = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => NmfTensor<T>.FromDense(
            [.. Values.Select((v, e) => isMissing?.Invoke(e) == true ? T.NaN : T.CreateChecked(unit * v))], Shape,
            MissingValues.NaN);

    /// <summary>The same by coordinates, those that are not missing in some other order.</summary>
    public NmfTensor<T> Stored<T>(AbsentEntries absent, Func<int, bool>? isMissing = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int[] stored = [.. Enumerable.Range(0, Values.Length).Where(e => isMissing?.Invoke(e) != true)
            .OrderBy(e => e * 7919L % Values.Length)];
        return NmfTensor<T>.FromCoordinates(
            [.. stored.SelectMany(Indices)], [.. stored.Select(e => T.CreateChecked(Values[e]))], Shape, absent);
    }

    /// <summary>The least cosine, over components and modes, between the planted columns and those of a model that are
    /// matched with them.</summary>
    public double Similarity<T>(TensorNmfModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var free = Enumerable.Range(0, model.Rank).ToList();
        var least = 1.0;
        for (var k = 0; k < Rank; k++)
        {
            var (best, which) = free.Select(j => (Enumerable.Range(0, Shape.Length).Min(n => Cosine(
                [.. Factors[n].Select(row => row[k])],
                [.. Enumerable.Range(0, Shape[n]).Select(i => double.CreateChecked(model.Factors[n][i, j]))])), j))
                .Max();
            free.Remove(which);
            least = Math.Min(least, best);
        }

        return least;
    }

    private static double Cosine(double[] a, double[] b)
        => a.Zip(b, (x, y) => x * y).Sum() / Math.Sqrt(a.Sum(x => x * x) * b.Sum(x => x * x));
}
