using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A low-rank copy of the scaled data, R V C ≈ Q Zᵀ, by a randomised range finder with a power iteration (Halko,
/// Martinsson and Tropp, "Finding structure with randomness", 2011): Q, samples x columns, is orthonormal, Z = (R V C)ᵀ
/// Q. Products with it cost (N + F) · columns in place of N F.
/// </summary>
internal sealed class DataSketch<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _between;
    private readonly DivergencePass<T> _left;
    private readonly DivergencePass<T> _right;

    private DataSketch(Matrix<T> left, Matrix<T> right, int rank, WorkTeam team)
    {
        _between = new Matrix<T>(left.Columns, rank);
        _left = DivergencePass<T>.Create(left, rank, BetaDivergence.Euclidean, team);
        _right = DivergencePass<T>.Create(right, rank, BetaDivergence.Euclidean, team);
    }

    /// <summary>Makes a sketch.</summary>
    /// <param name="data">V.</param>
    /// <param name="scale">R and C.</param>
    /// <param name="columns">Columns of the sketch; as many as V has samples or features make it exact.</param>
    /// <param name="rank">Columns of the factors that it is multiplied by.</param>
    /// <param name="random">Random numbers.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at before every product with the data, of which there are four.</param>
    public static DataSketch<T> Create(
        NmfData<T> data, SketchScale scale, int columns, int rank, CounterRandom random, WorkTeam team,
        CancellationToken cancellationToken)
    {
        columns = Math.Min(columns, Math.Min(data.Samples, data.Features));
        var pass = data.CreatePass(columns, BetaDivergence.Euclidean, team);
        var (q, z) = (new Matrix<T>(data.Samples, columns), new Matrix<T>(data.Features, columns));
        var (scratchQ, scratchZ) = (new Matrix<T>(data.Samples, columns), new Matrix<T>(data.Features, columns));
        for (var f = 0; f < z.Rows; f++)
        {
            for (var k = 0; k < columns; k++)
                z[f, k] = T.CreateChecked(random.Uniform(((long)f * columns) + k) - 0.5);
        }

        // Between two products columns that are independent are enough.
        MultiplyFeatures();
        Orthonormalisation.Run(q, scratchQ, team, rounds: 1);
        MultiplySamples();
        Orthonormalisation.Run(z, scratchZ, team, rounds: 1);
        MultiplyFeatures();
        Orthonormalisation.Run(q, scratchQ, team);
        MultiplySamples();
        return new DataSketch<T>(q, z, rank, team);

        // Q ← R V C Z.
        void MultiplyFeatures()
        {
            cancellationToken.ThrowIfCancellationRequested();
            SketchScale.Apply(z, scale.Features);
            pass.ActivationProduct(z, q);
            SketchScale.Apply(q, scale.Samples);
        }

        // Z ← (R V C)ᵀ Q.
        void MultiplySamples()
        {
            cancellationToken.ThrowIfCancellationRequested();
            q.CopyTo(scratchQ);
            SketchScale.Apply(scratchQ, scale.Samples);
            pass.DictionaryProduct(scratchQ, z);
            SketchScale.Apply(z, scale.Features);
        }
    }

    /// <summary>Q (Zᵀ W), samples x rank.</summary>
    public void ActivationProduct(Matrix<T> w, Matrix<T> result)
    {
        _right.DictionaryProduct(w, _between);
        _left.ActivationProduct(_between, result);
    }

    /// <summary>Z (Qᵀ H), features x rank.</summary>
    public void DictionaryProduct(Matrix<T> h, Matrix<T> result)
    {
        _left.DictionaryProduct(h, _between);
        _right.ActivationProduct(_between, result);
    }
}
