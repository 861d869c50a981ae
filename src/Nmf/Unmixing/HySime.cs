using System.Numerics;
using MathNet.Numerics.LinearAlgebra.Double;
using Nmf.Kernels;
using BandMatrix = MathNet.Numerics.LinearAlgebra.Matrix<double>;
using BandVector = MathNet.Numerics.LinearAlgebra.Vector<double>;

namespace Nmf;

/// <summary>
/// HySime, hyperspectral signal identification by minimum error: how many endmembers a scene has, from its signal and
/// its noise (Bioucas-Dias and Nascimento, "Hyperspectral subspace identification", 2008). The number is an estimate to
/// look at, beside a survey of ranks: no fit uses it by itself.
/// </summary>
/// <remarks>
/// <para>The noise of a band is what a linear regression on the other bands leaves of it, and its correlation matrix
/// R_n is taken to be diagonal. Signal directions are the eigenvectors e of the correlation matrix of the rest. A
/// direction counts where keeping it costs less than it gains in mean squared error: <c>eᵀR_y e &gt; 2 eᵀR_n e</c>, R_y
/// being the correlation matrix of the data. There is nothing to choose.</para>
/// <para>As in the authors' program 1e-5 of the mean signal power of a band is added to the noise: noise more than 50
/// dB below the signal is not told from none, and a scene without noise gives its rank as long as its weakest direction
/// is above that. Endmembers that differ by less than the noise are not counted, so that the number is more often too
/// small than too large. Bands that are combinations of others, as after resampling, seem to have no noise, and what
/// they have beyond the mean counts as signal: leave them out. So do noise that depends on the signal or is correlated
/// between bands, and artefacts such as stripes, raise the number.</para>
/// <para>One walk over the data: N F² / 2 operations, then O(F³) for a Cholesky factorisation and eigenvectors. Memory:
/// a few F x F matrices and 1,024 samples, in double. The result does not depend on the number of threads.</para>
/// </remarks>
public static class HySime
{
    private const int SamplesAtOnce = 1024;
    private const double SmallestNoise = 1e-5;

    // Against bands of zeros and bands that are combinations of others: far below rounding of Single data,
    // far above that of Double.
    private const double Ridge = 1e-12;

    /// <summary>Estimates noise and number of endmembers.</summary>
    /// <param name="data">Pixels x bands, complete and without weights, with more pixels than bands, not counting
    /// those without light. Take ten times as many: with five, the regression explains so much of the noise that
    /// directions of noise count as signal.</param>
    /// <param name="threads">Number of threads, or null for one per processor.</param>
    /// <param name="cancellationToken">Looked at every 1,024 samples and between the steps that follow.</param>
    /// <exception cref="ArgumentException">There are not more pixels than bands, fewer than two bands, entries are
    /// missing or weighted, or all data are zero.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HySimeEstimate Estimate<T>(
        NmfData<T> data, int? threads = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        var exponent = data.Mean > 0 ? FitUnit.ExponentOf(data, BetaDivergence.Euclidean) : 0;
        return Directions(
            Measure(data.InUnit(new FitUnit(exponent, exponent), null), team, cancellationToken), exponent);
    }

    /// <summary>
    /// The data with every band divided by the deviation of its noise, relative to the mean one: noise is then alike in
    /// all bands, and the principal directions of the data, in which endmember searches work, are those of the minimum
    /// noise fraction (Green, Berman, Switzer and Craig, "A transformation for ordering multispectral data in terms of
    /// image quality with implications for noise removal", 1988), for noise that is not correlated between bands.
    /// </summary>
    /// <param name="data">As for <see cref="Estimate"/>.</param>
    /// <param name="threads">Number of threads, or null for one per processor.</param>
    /// <param name="cancellationToken">As for <see cref="Estimate"/>.</param>
    /// <returns>A copy. Samples that are picked from it (<see cref="SeparableNmf"/>) are samples of the
    /// data.</returns>
    /// <exception cref="ArgumentException">As for <see cref="Estimate"/>.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static NmfData<T> Whiten<T>(
        NmfData<T> data, int? threads = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        var exponent = data.Mean > 0 ? FitUnit.ExponentOf(data, BetaDivergence.Euclidean) : 0;
        var variances = Measure(
            data.InUnit(new FitUnit(exponent, exponent), null), team, cancellationToken).Variances;
        var mean = variances.Average();
        return data.TimesFeatures(
            Array.ConvertAll(variances, variance => T.CreateChecked(Math.Sqrt(mean / variance))));
    }

    /// <summary>Tells signal and noise of the bands apart.</summary>
    /// <param name="data">In a unit in which products of four of them have room.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at every 1,024 samples and between the steps that follow.</param>
    internal static BandNoise Measure<T>(NmfData<T> data, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.IsWeighted)
            throw new ArgumentException(
                "Noise and number of endmembers are estimated from complete pixels of equal weight, "
                + "but the data have missing entries or weights.", nameof(data));
        if (data.Features < 2)
            throw new ArgumentException(
                "Noise is what other bands do not explain: two bands are the least.", nameof(data));
        int[] pixels = LitPixels.Of(data) ?? [.. Enumerable.Range(0, data.Samples)];
        if (pixels.Length <= data.Features)
        {
            throw new ArgumentException(
                $"There are {pixels.Length} pixels of {data.Features} bands, those without light left out. With no "
                + "more pixels than bands every band is a combination of the others, and no noise can be seen: take "
                + "more pixels, or fewer bands.",
                nameof(data));
        }

        var correlation = Correlation(data, pixels, team, cancellationToken);
        var power = correlation.Trace();
        if (power == 0)
            throw new ArgumentException("All data are zero.", nameof(data));

        // The regression of a band on all others, and what it leaves, are in its column of the inverse.
        var regularised = correlation + (DenseMatrix.CreateIdentity(data.Features) * (Ridge * power));
        var inverse = regularised.Cholesky().Solve(DenseMatrix.CreateIdentity(data.Features));
        cancellationToken.ThrowIfCancellationRequested();
        var residual = inverse * DenseMatrix.CreateDiagonal(data.Features, data.Features, f => 1 / inverse[f, f]);
        var explained = DenseMatrix.CreateIdentity(data.Features) - residual;
        var signal = explained.TransposeThisAndMultiply(correlation * explained);
        var noise = (correlation * residual).PointwiseMultiply(residual).ColumnSums().PointwiseMaximum(0);
        cancellationToken.ThrowIfCancellationRequested();
        return new BandNoise(pixels.Length, correlation, signal, noise, SmallestNoise * signal.Trace() / noise.Count);
    }

    private static HySimeEstimate Directions(BandNoise measured, int exponent)
    {
        var (_, correlation, signal, noise, floor) = measured;
        var bands = noise.Count;

        // Eigenvalues increase. The average with the transpose takes away what rounding made unequal.
        var vectors = ((signal + signal.Transpose()) / 2)
            .Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenVectors;
        var directions = new HySimeDirection[bands];
        for (var k = 0; k < bands; k++)
        {
            var direction = vectors.Column(bands - 1 - k);
            directions[k] = new HySimeDirection(
                Math.ScaleB(direction * (correlation * direction), 2 * exponent),
                Math.ScaleB((direction.PointwiseMultiply(direction) * noise) + floor, 2 * exponent));
        }

        return new HySimeEstimate(
            directions, [.. noise.Select(variance => Math.ScaleB(Math.Sqrt(variance), exponent))],
            10 * Math.Log10(signal.Trace() / noise.Sum()));
    }

    private static BandMatrix Correlation<T>(
        NmfData<T> data, int[] pixels, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var samples = new Matrix<double>(SamplesAtOnce, data.Features);
        var gram = new Matrix<double>(data.Features, data.Features);
        var sum = new DenseMatrix(data.Features, data.Features);
        for (var from = 0; from < pixels.Length; from += SamplesAtOnce)
        {
            cancellationToken.ThrowIfCancellationRequested();
            samples.Clear();
            for (var n = from; n < Math.Min(pixels.Length, from + SamplesAtOnce); n++)
                data.CopySample(pixels[n], samples.Row(n - from));
            FactorKernels.Gram(samples, gram, team);
            for (var f = 0; f < data.Features; f++)
            {
                for (var g = 0; g < data.Features; g++)
                    sum[f, g] += gram[f, g] / pixels.Length;
            }
        }

        return sum;
    }
}
