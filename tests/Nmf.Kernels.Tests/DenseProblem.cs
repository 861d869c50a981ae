using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tests;

/// <summary>A small dense problem, its pass in a given vector width, and room for every result.</summary>
internal sealed class DenseProblem<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public DenseProblem(
        int features, int samples, int rank, double beta, WorkTeam team, int bits = 512,
        Action<DenseProblem<T>>? edit = null)
    {
        Beta = beta;
        var random = new Random((features * 7919) + (samples * 104729) + rank);
        V = Random(samples, features, random, beta > 0 ? 0.15 : 0);
        W = Random(features, rank, random, 0.1);
        H = Random(samples, rank, random, 0.1);
        edit?.Invoke(this);
        NegativeH = new(samples, rank);
        PositiveH = new(samples, rank);
        NegativeW = new(features, rank);
        PositiveW = new(features, rank);
        Pass = DensePass.Create(V, rank, beta, team, bits);
    }

    public static double Tolerance => typeof(T) == typeof(float) ? 1e-5 : 1e-12;

    public double Beta { get; }

    public Matrix<T> V { get; }

    public Matrix<T> W { get; }

    public Matrix<T> H { get; }

    public Matrix<T> NegativeH { get; }

    public Matrix<T> PositiveH { get; }

    public Matrix<T> NegativeW { get; }

    public Matrix<T> PositiveW { get; }

    public DivergencePass<T> Pass { get; }

    public Reference Reference()
        => new(
            MatrixAssert.ToArray(V), MatrixAssert.ToArray(W), MatrixAssert.ToArray(H), Beta,
            double.CreateChecked(ModelFloor.Of<T>(Beta)));

    public double ActivationGradient(bool withObjective = false)
        => Pass.ActivationGradient(W, H, NegativeH, PositiveH, withObjective);

    public void DictionaryGradient() => Pass.DictionaryGradient(W, H, NegativeW, PositiveW);

    public double JointGradient(bool withObjective = false)
        => Pass.JointGradient(W, H, NegativeH, PositiveH, NegativeW, PositiveW, withObjective);

    public void ClearResults()
    {
        foreach (var result in Results())
            result.Clear();
    }

    public IEnumerable<Matrix<T>> Results() => [NegativeH, PositiveH, NegativeW, PositiveW];

    private static Matrix<T> Random(int rows, int columns, Random random, double zeros)
    {
        var matrix = new Matrix<T>(rows, columns);
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++)
                matrix[i, j] = random.NextDouble() < zeros ? T.Zero : T.CreateChecked(0.05 + random.NextDouble());
        return matrix;
    }
}
