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
        var size = Math.Min(rank + Oversampling, Math.Min(data.Samples, data.Features));
        var pass = data.CreatePass(size, BetaDivergence.Euclidean, team);
        var q = new Matrix<T>(data.Samples, size);
        var z = new Matrix<T>(data.Features, size);
        for (var i = 0; i < z.Rows; i++)
        {
            for (var k = 0; k < size; k++)
                z[i, k] = T.CreateChecked(random.Uniform(((long)i * size) + k) - 0.5);
        }

        var left = new Matrix<double>(data.Samples, size);
        var right = new Matrix<double>(data.Features, size);
        for (var i = 0; i <= PowerIterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pass.ActivationProduct(z, q);
            Orthonormalise(q, left, team);
            cancellationToken.ThrowIfCancellationRequested();
            pass.DictionaryProduct(q, z);
            if (i < PowerIterations)
                Orthonormalise(z, right, team);
        }

        // Now V ≈ Q Zᵀ with orthonormal Q: the singular values of the features x size matrix Z are those of V.
        Convert(z, right);
        var (values, vectors) = Eigen(right, team);
        var singular = new double[rank];
        for (var k = 0; k < rank; k++)
            singular[k] = Math.Sqrt(Math.Max(0, values[k]));
        var leftVectors = Combine(left, vectors, (_, _) => 1);
        var rightVectors = Combine(right, vectors, (k, _) => singular[k] > 0 ? 1 / singular[k] : 0);
        return (leftVectors, singular, rightVectors);

        Matrix<double> Combine(Matrix<double> basis, Matrix<double> mixing, Func<int, double, double> scale)
        {
            var weights = new Matrix<double>(size, rank);
            for (var i = 0; i < size; i++)
            {
                for (var k = 0; k < rank; k++)
                    weights[i, k] = mixing[i, k] * scale(k, singular[k]);
            }

            return Multiply(basis, weights, team);
        }
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

            var product = Multiply(work, vectors, team);
            product.CopyTo(work);
        }

        for (var i = 0; i < tall.Rows; i++)
        {
            for (var k = 0; k < tall.Columns; k++)
                tall[i, k] = T.CreateChecked(work[i, k]);
        }
    }

    /// <summary>Eigenvalues (decreasing) and eigenvectors (columns) of the Gram matrix of a tall matrix.</summary>
    private static (double[] Values, Matrix<double> Vectors) Eigen(Matrix<double> tall, WorkTeam team)
    {
        var size = tall.Columns;
        var gram = new Matrix<double>(size, size);
        FactorKernels.Gram(tall, gram, team);
        var evd = new SmallMatrix(size, size, gram.ToRowMajor())
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

    private static Matrix<double> Multiply(Matrix<double> tall, Matrix<double> square, WorkTeam team)
    {
        var pass = DivergencePass<double>.Create(tall, square.Columns, BetaDivergence.Euclidean, team);
        var product = new Matrix<double>(tall.Rows, square.Columns);
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
