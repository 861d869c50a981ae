using System.Numerics;
using Nmf.Kernels;
using SmallMatrix = MathNet.Numerics.LinearAlgebra.Double.DenseMatrix;

namespace Nmf;

/// <summary>
/// The leading singular vectors of the data by randomised subspace iteration (Halko, Martinsson and Tropp, "Finding
/// structure with randomness", 2011). Everything of the size of the data is a product V Q or Vᵀ Q of the kernels;
/// the rest is rank x rank.
/// </summary>
/// <remarks>Cost: about 2 (2 · <see cref="PowerIterations"/> + 2) products of the data with
/// rank + 10 columns.</remarks>
internal static class TruncatedSvd
{
    private const int Oversampling = 10;
    private const int PowerIterations = 6;

    /// <summary>Singular triplets in decreasing order.</summary>
    /// <returns>Left vectors (samples x rank), values, right vectors (features x rank), in double.</returns>
    public static (Matrix<double> Left, double[] Values, Matrix<double> Right) Compute<T>(
        NmfData<T> data, int rank, CounterRandom random, WorkTeam team, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (pass, q, z) = Iterate(data, rank, random, team, cancellationToken);
        var left = new Matrix<double>(q.Rows, q.Columns);
        var right = new Matrix<double>(z.Rows, z.Columns);
        Orthonormalise(q, left, team);
        cancellationToken.ThrowIfCancellationRequested();
        pass.DictionaryProduct(q, z);
        Convert(z, right);
        return Triplets(left, right, rank, team);
    }

    /// <summary>The same in the type of the data, for starts of fits: nothing of the height of the data is in double.
    /// In single precision triplets below some 1e-4 of the first are mixtures of each other.</summary>
    /// <inheritdoc cref="Compute" path="/returns"/>
    public static (Matrix<T> Left, double[] Values, Matrix<T> Right) ComputeForStart<T>(
        NmfData<T> data, int rank, CounterRandom random, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (pass, q, z) = Iterate(data, rank, random, team, cancellationToken);
        Orthonormalisation.Run(q, new Matrix<T>(q.Rows, q.Columns), team);
        cancellationToken.ThrowIfCancellationRequested();
        pass.DictionaryProduct(q, z);
        return Triplets(q, z, rank, team);
    }

    // The last of the products V Z, not yet orthonormal. In between a basis that is well-conditioned will do.
    private static (DivergencePass<T> Pass, Matrix<T> Q, Matrix<T> Z) Iterate<T>(
        NmfData<T> data, int rank, CounterRandom random, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = Math.Min(rank + Oversampling, Math.Min(data.Samples, data.Features));
        var pass = data.CreatePass(size, BetaDivergence.Euclidean, team);
        var (q, z) = (new Matrix<T>(data.Samples, size), new Matrix<T>(data.Features, size));
        var (scratchQ, scratchZ) = (new Matrix<T>(data.Samples, size), new Matrix<T>(data.Features, size));
        for (var i = 0; i < z.Rows; i++)
        {
            for (var k = 0; k < size; k++)
                z[i, k] = T.CreateChecked(random.Uniform(((long)i * size) + k) - 0.5);
        }

        for (var i = 0; i < PowerIterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pass.ActivationProduct(z, q);
            Orthonormalisation.Run(q, scratchQ, team, rounds: 1);
            cancellationToken.ThrowIfCancellationRequested();
            pass.DictionaryProduct(q, z);
            Orthonormalisation.Run(z, scratchZ, team, rounds: 1);
        }

        cancellationToken.ThrowIfCancellationRequested();
        pass.ActivationProduct(z, q);
        return (pass, q, z);
    }

    // V ≈ Q Zᵀ with orthonormal Q: the singular values of the features x size matrix Z are those of V. They are the
    // lengths of the right vectors: roots of eigenvalues would be rounding where these are small.
    private static (Matrix<T> Left, double[] Values, Matrix<T> Right) Triplets<T>(
        Matrix<T> q, Matrix<T> z, int rank, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = Eigen(z, team).Vectors;
        var leading = new Matrix<T>(vectors.Rows, rank);
        for (var i = 0; i < vectors.Rows; i++)
        {
            for (var k = 0; k < rank; k++)
                leading[i, k] = T.CreateTruncating(vectors[i, k]);
        }

        var right = Multiply(z, leading, team);
        var values = new double[rank];
        for (var f = 0; f < right.Rows; f++)
        {
            for (var k = 0; k < rank; k++)
                values[k] += double.CreateTruncating(right[f, k] * right[f, k]);
        }

        values = Array.ConvertAll(values, Math.Sqrt);
        for (var f = 0; f < right.Rows; f++)
        {
            for (var k = 0; k < rank; k++)
            {
                if (values[k] > 0)
                    right[f, k] = T.CreateTruncating(double.CreateTruncating(right[f, k]) / values[k]);
            }
        }

        return (Multiply(q, leading, team), values, right);
    }

    /// <summary>Replaces the columns of a tall matrix by an orthonormal basis of their span, through its Gram
    /// matrix, twice.</summary>
    private static void Orthonormalise<T>(Matrix<T> tall, Matrix<double> work, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Convert(tall, work);
        for (var round = 0; round < 2; round++)
        {
            var (values, vectors) = Eigen(work, team);
            for (var k = 0; k < vectors.Columns; k++)
            {
                // Directions that the data do not have become zero columns.
                var scale = values[k] > values[0] * 1e-14 ? 1 / Math.Sqrt(values[k]) : 0;
                for (var i = 0; i < vectors.Rows; i++)
                    vectors[i, k] *= scale;
            }

            Multiply(work, vectors, team).CopyTo(work);
        }

        for (var i = 0; i < tall.Rows; i++)
        {
            for (var k = 0; k < tall.Columns; k++)
                tall[i, k] = T.CreateChecked(work[i, k]);
        }
    }

    /// <summary>Eigenvalues (decreasing) and eigenvectors (columns) of the Gram matrix of a tall matrix.</summary>
    private static (double[] Values, Matrix<double> Vectors) Eigen<T>(Matrix<T> tall, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var size = tall.Columns;
        var gram = new Matrix<T>(size, size);
        FactorKernels.Gram(tall, gram, team);
        var evd = new SmallMatrix(size, size, Array.ConvertAll(gram.ToRowMajor(), double.CreateChecked))
            .Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var values = new double[size];
        var vectors = new Matrix<double>(size, size);
        for (var k = 0; k < size; k++)
        {
            values[k] = evd.EigenValues[size - 1 - k].Real;
            for (var i = 0; i < size; i++)
                vectors[i, k] = evd.EigenVectors[i, size - 1 - k];
        }

        return (values, vectors);
    }

    private static Matrix<T> Multiply<T>(Matrix<T> tall, Matrix<T> square, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pass = DivergencePass<T>.Create(tall, square.Columns, BetaDivergence.Euclidean, team);
        var product = new Matrix<T>(tall.Rows, square.Columns);
        pass.ActivationProduct(square, product);
        return product;
    }

    private static void Convert<T>(Matrix<T> source, Matrix<double> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < source.Rows; i++)
        {
            for (var k = 0; k < source.Columns; k++)
                destination[i, k] = double.CreateChecked(source[i, k]);
        }
    }
}
