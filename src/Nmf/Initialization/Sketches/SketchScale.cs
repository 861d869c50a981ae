using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// By what samples and features are multiplied so that least squares stand for another divergence: near the model y of
/// independence, the product of the sums of its sample and of its feature, d_β(v | y) is half of y^(β-2) (v - y)², and
/// y^(β-2) is a product too. For β = 1 that is the scaling of correspondence analysis; for β = 2 it is none. Beyond
/// these two the exponent is that of the nearer one: squares of relative errors, the model for β = 0, see the values
/// far above the model of independence and little else, and fits that start there end in worse minima.
/// </summary>
/// <param name="Samples">One number for every sample, about one where it is like the others; or null for ones.</param>
/// <param name="Features">One number for every feature, or null for ones.</param>
internal sealed record SketchScale(double[]? Samples, double[]? Features)
{
    // Below this part of the mean sum samples and features have no larger numbers.
    private const double SmallestSum = 1.0 / (1 << 20);

    /// <summary>The scale of data. Samples count by their weights; missing entries are left out of the sums.</summary>
    /// <param name="data">Data.</param>
    /// <param name="beta">β.</param>
    /// <param name="sums">The sums of the features and of the samples, where they are known.</param>
    public static SketchScale Of<T>(NmfData<T> data, double beta, (double[] Features, double[] Samples)? sums = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var weights = data.HasSampleWeights
            ? Enumerable.Range(0, data.Samples).Select(n => Math.Sqrt(data.SampleWeight(n))).ToArray() : null;
        beta = Math.Clamp(beta, BetaDivergence.KullbackLeibler, BetaDivergence.Euclidean);
        if (beta == BetaDivergence.Euclidean)
            return new SketchScale(weights, null);
        var exponent = (beta - BetaDivergence.Euclidean) / 2;
        var of = sums ?? ProjectionStart.SumsOf(data);
        var (features, samples) = (Power(of.Features, exponent), Power(of.Samples, exponent));
        for (var n = 0; n < samples.Length && weights is not null; n++)
            samples[n] *= weights[n];
        return new SketchScale(samples, features);
    }

    /// <summary>Multiplies or divides rows by numbers of their own.</summary>
    public static void Apply<T>(Matrix<T> factor, double[]? scale, bool divides = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < factor.Rows && scale is not null; i++)
        {
            var row = factor.Row(i);
            var by = !divides ? scale[i] : scale[i] > 0 ? 1 / scale[i] : 0;
            TensorPrimitives.Multiply(row, T.CreateChecked(by), row);
        }
    }

    private static double[] Power(double[] sums, double exponent)
    {
        var mean = sums.Average();
        return Array.ConvertAll(sums, sum => Math.Pow(Math.Max(sum / mean, SmallestSum), exponent));
    }
}
