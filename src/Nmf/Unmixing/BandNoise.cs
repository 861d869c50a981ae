using MathNet.Numerics.LinearAlgebra.Double;
using Nmf.Kernels;
using BandMatrix = MathNet.Numerics.LinearAlgebra.Matrix<double>;
using BandVector = MathNet.Numerics.LinearAlgebra.Vector<double>;

namespace Nmf;

/// <summary>Signal and noise of the bands of a scene, as <see cref="HySime"/> tells them apart.</summary>
/// <param name="Samples">Number of pixels.</param>
/// <param name="Correlation">Correlation matrix of the data.</param>
/// <param name="Signal">Correlation matrix of what the regression on other bands explains.</param>
/// <param name="Residuals">Mean squares of what it leaves of each band.</param>
/// <param name="Floor">The least noise of a band that can be told from none.</param>
internal sealed record BandNoise(
    int Samples, BandMatrix Correlation, BandMatrix Signal, BandVector Residuals, double Floor)
{
    /// <summary>Variance of the noise in each band, without what the regression has explained of it.</summary>
    public double[] Variances { get; } =
    [
        .. Residuals.Select(residual => Math.Max(Floor, residual * Samples / Math.Max(1, Samples - Residuals.Count))),
    ];

    /// <summary>Sines of the angles between spectra and the subspace that the data span above the noise, both divided
    /// by the noise of the bands; and its dimension.</summary>
    /// <param name="spectra">bands x spectra.</param>
    /// <param name="aboveNoise">By how much the variance in a direction must be above what noise alone reaches.</param>
    public (double[] Distances, int Dimension) DistancesFromSignal(Matrix<double> spectra, double aboveNoise)
    {
        var bands = Variances.Length;
        var scale = Array.ConvertAll(Variances, variance => 1 / Math.Sqrt(variance));
        var evd = DenseMatrix.Create(bands, bands, (f, g) => Correlation[f, g] * scale[f] * scale[g])
            .Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric);
        var limit = aboveNoise * Math.Pow(1 + Math.Sqrt((double)bands / Samples), 2);
        var dimension = Math.Max(1, evd.EigenValues.Count(value => value.Real > limit));
        var distances = new double[spectra.Columns];
        for (var m = 0; m < distances.Length; m++)
        {
            var spectrum = DenseVector.Create(bands, f => spectra[f, m] * scale[f]);
            var rest = spectrum.Clone();
            for (var k = bands - dimension; k < bands; k++)
            {
                var direction = evd.EigenVectors.Column(k);
                rest -= direction * direction.DotProduct(spectrum);
            }

            distances[m] = spectrum.L2Norm() > 0 ? rest.L2Norm() / spectrum.L2Norm() : 1;
        }

        return (distances, dimension);
    }
}
