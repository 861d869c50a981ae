using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>What a fit found of one layer, in the unit of the recording: W, whose columns sum to 1, H and the
/// coefficients.</summary>
internal sealed record LayerParts(Matrix<double> Dictionary, Matrix<double> Activations, Matrix<double> Coefficients)
{
    public static LayerParts Of(SynthesisLayerState layer, Matrix<double> coefficients, int exponent)
    {
        var (w, h) = (layer.Dictionary.Clone(), layer.Activations.Clone());
        var sums = new double[w.Columns];
        FactorKernels.ColumnSums(w, sums);
        FactorKernels.ScaleColumns(w, [.. sums.Select(sum => 1 / sum)]);
        FactorKernels.ScaleColumns(h, [.. sums.Select(sum => Math.ScaleB(sum, 2 * exponent))]);
        for (var n = 0; n < coefficients.Rows; n++)
            PowerOfTwo.Scale(coefficients.Row(n), exponent);
        return new LayerParts(w, h, coefficients);
    }
}
