using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// How loud sounds that resemble the sources are in a mixture: recordings of each alone, or what another method gave
/// in units of its own. Power gains g that fit the powers of the mixture, P ≈ Σ_j g_j p_j with the Kullback-Leibler
/// divergence, by multiplicative updates; of images that make up the mixture they are near one.
/// </summary>
internal static class SourceLevels
{
    private const int Updates = 100;

    /// <summary>Gains for the powers of the sources; 1 for one that is silent.</summary>
    /// <param name="mixture">Powers of the mixture, frames x frequencies.</param>
    /// <param name="sources">Powers of every source.</param>
    /// <param name="cancellationToken">Looked at before every update.</param>
    public static double[] Of(
        Matrix<float> mixture, Matrix<float>[] sources, CancellationToken cancellationToken)
    {
        // In double precision and in units of each, so that any level is a number.
        var (whole, total) = Scaled(mixture);
        var parts = Array.ConvertAll(sources, source => Scaled(source));
        var gains = Array.ConvertAll(parts, part => part.Total > 0 ? 1.0 / parts.Length : 0);
        var model = new double[whole.Length];
        for (var update = 0; update < Updates; update++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(model);
            for (var j = 0; j < parts.Length; j++)
                TensorPrimitives.MultiplyAdd(parts[j].Values, gains[j], model, model);
            for (var at = 0; at < model.Length; at++)
                model[at] = model[at] > 0 ? whole[at] / model[at] : 0;
            for (var j = 0; j < parts.Length; j++)
                gains[j] *= TensorPrimitives.Dot<double>(parts[j].Values, model);
        }

        for (var j = 0; j < gains.Length; j++)
            gains[j] = gains[j] > 0 ? gains[j] * (total / parts[j].Total) : 1;
        return gains;
    }

    private static (double[] Values, double Total) Scaled(Matrix<float> power)
    {
        var values = new double[(long)power.Rows * power.Columns];
        for (var n = 0; n < power.Rows; n++)
            TensorPrimitives.ConvertTruncating<float, double>(power.Row(n), values.AsSpan(n * power.Columns));
        var total = TensorPrimitives.Sum<double>(values);
        if (total > 0)
            TensorPrimitives.Divide(values, total, values);
        return (values, total);
    }
}
