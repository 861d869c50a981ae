using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Pixels that are noisy mixtures of spectra.</summary>
internal sealed record UnmixingScene(Matrix<float> Endmembers, double[][] Abundances)
{
    /// <summary>Mixtures of smooth spectra.</summary>
    /// <param name="purity">Largest abundance of a pixel; 1 makes some pixels pure.</param>
    public static (double[] Values, UnmixingScene Truth) Create(
        int samples, int features, int rank, double decibels, double purity, int seed)
    {
        var random = new Random(seed);
        return Mix(SmoothSpectra(features, rank, random), samples, decibels, purity, rank, random);
    }

    /// <summary>Mixtures of given spectra.</summary>
    /// <param name="purity">Largest abundance of a pixel; 1 makes three pixels of each spectrum pure.</param>
    /// <param name="parts">Number of spectra that a pixel mixes.</param>
    public static (double[] Values, UnmixingScene Truth) Mix(
        Matrix<float> spectra, int samples, double decibels, double purity, int parts, Random random)
    {
        var (features, rank) = (spectra.Rows, spectra.Columns);
        var abundances = new double[samples][];
        var values = new double[samples * features];
        double squares = 0;
        for (var n = 0; n < samples; n++)
        {
            do
            {
                abundances[n] = [.. Enumerable.Range(0, rank).Select(_ => -Math.Log(1 - random.NextDouble()))];
                if (parts < rank)
                {
                    foreach (var absent in random.GetItems(Enumerable.Range(0, rank).ToArray(), rank)
                        .Distinct().Take(rank - parts))
                    {
                        abundances[n][absent] = 0;
                    }
                }

                var sum = abundances[n].Sum();
                for (var k = 0; k < rank; k++)
                    abundances[n][k] = purity >= 1 && n < 3 * rank ? (k == n % rank ? 1 : 0) : abundances[n][k] / sum;
            }
            while (abundances[n].Max() > purity);
            for (var f = 0; f < features; f++)
            {
                for (var k = 0; k < rank; k++)
                    values[(n * features) + f] += spectra[f, k] * abundances[n][k];
                squares += Math.Pow(values[(n * features) + f], 2);
            }
        }

        var deviation = Math.Sqrt(squares / values.Length) * Math.Pow(10, -decibels / 20);
        for (var i = 0; i < values.Length; i++)
            values[i] = Math.Max(
                0, values[i] + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(
                    2 * Math.PI * random.NextDouble())));
        return (values, new UnmixingScene(spectra, abundances));
    }

    /// <summary>Mean spectral angle in degrees and root mean square error of the abundances, components matched
    /// to the spectra.</summary>
    public (double Angle, double Error) Compare(NmfModel<float> model)
    {
        var matching = ComponentMatching.Match(Endmembers, model.Dictionary, ComponentDistance.SpectralAngle);
        var found = matching.Reorder(model.Activations);
        var abundances = Matrix<float>.FromRowMajor(
            [.. Abundances.SelectMany(row => row).Select(v => (float)v)], Abundances.Length, Endmembers.Columns);
        return (double.RadiansToDegrees(matching.MeanDistance),
            ReconstructionQuality.RootMeanSquareError(abundances, found));
    }

    private static Matrix<float> SmoothSpectra(int features, int rank, Random random)
    {
        var spectra = new Matrix<float>(features, rank);
        for (var k = 0; k < rank; k++)
        {
            var level = 0.2 + (0.5 * random.NextDouble());
            var bands = Enumerable.Range(0, 5).Select(_ => (At: random.NextDouble(),
                Width: 0.03 + (0.15 * random.NextDouble()), Height: -0.35 + (0.7 * random.NextDouble()))).ToArray();
            for (var f = 0; f < features; f++)
                spectra[f, k] = (float)Math.Clamp(
                    level + bands.Sum(
                        b => b.Height * Math.Exp(-0.5 * Math.Pow((((double)f / features) - b.At) / b.Width, 2))),
                    0.01, 0.99);
        }

        return spectra;
    }
}
