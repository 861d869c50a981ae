using Nmf;
using Nmf.Hyperspectral;
using Nmf.Kernels;

namespace HyperspectralUnmixing;

/// <summary>Found endmembers in the order of the true ones, and how far from them they are.</summary>
/// <param name="ComponentOf">For each true spectrum the component matched to it, or -1.</param>
/// <param name="Degrees">Spectral angle of each true spectrum to its component, in degrees; NaN
/// where it has none.</param>
/// <param name="AbundanceError">Root mean square error of the abundances; NaN where their truth is not known or not all
/// spectra have a component.</param>
internal sealed record Accuracy(IReadOnlyList<int> ComponentOf, double[] Degrees, double AbundanceError)
{
    public double MeanDegrees => Degrees.Where(angle => !double.IsNaN(angle)).Average();

    /// <param name="truth">True spectra.</param>
    /// <param name="endmembers">Found spectra over the same bands.</param>
    /// <param name="trueAbundances">True abundances, pixel after pixel, or null.</param>
    /// <param name="abundances">Found abundances, pixel after pixel; those of pixels that were
    /// left out are NaN.</param>
    public static Accuracy Of(
        SpectralLibrary truth, IReadOnlyList<float[]> endmembers, float[]? trueAbundances, float[] abundances)
    {
        var references = Columns(truth.Spectra);
        var components = Columns(endmembers);
        var matching = ComponentMatching.Match(references, components, ComponentDistance.SpectralAngle);
        var error = double.NaN;
        if (trueAbundances is not null && !matching.ComponentOf.Contains(-1))
        {
            int[] complete = [.. Enumerable.Range(0, abundances.Length / endmembers.Count).Where(
                n => !float.IsNaN(abundances[n * endmembers.Count]))];
            var expected = Rows(trueAbundances, truth.Spectra.Count, complete);
            var found = Rows(abundances, endmembers.Count, complete);
            var reordered = matching.Reorder(found);
            error = ReconstructionQuality.RootMeanSquareError(expected, reordered);
        }

        return new Accuracy(matching.ComponentOf, [.. matching.Distances.Select(double.RadiansToDegrees)], error);
    }

    private static Matrix<float> Columns(IReadOnlyList<float[]> spectra)
    {
        var matrix = new Matrix<float>(spectra[0].Length, spectra.Count);
        for (var k = 0; k < spectra.Count; k++)
        {
            for (var f = 0; f < spectra[k].Length; f++)
                matrix[f, k] = spectra[k][f];
        }

        return matrix;
    }

    private static Matrix<float> Rows(float[] values, int columns, int[] pixels)
        => Matrix<float>.FromRowMajor(
            [.. pixels.SelectMany(n => values.AsSpan(n * columns, columns).ToArray())], pixels.Length, columns);
}
