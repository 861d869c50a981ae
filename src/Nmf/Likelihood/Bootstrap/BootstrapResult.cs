using Nmf.Kernels;

namespace Nmf;

/// <summary>How the entries of a dictionary vary from draw to draw. All columns have the sums of the model's.</summary>
public sealed class BootstrapResult
{
    private BootstrapResult(NoiseModel noise, int replicates, int features, int rank)
    {
        (Noise, Replicates) = (noise, replicates);
        Mean = new Matrix<double>(features, rank);
        StandardError = new Matrix<double>(features, rank);
        Lower = new Matrix<double>(features, rank);
        Upper = new Matrix<double>(features, rank);
    }

    /// <summary>The noise of the draws, with its dispersion.</summary>
    public NoiseModel Noise { get; }

    /// <summary>Number of draws.</summary>
    public int Replicates { get; }

    /// <summary>Mean over the draws, features x rank. Where it is far from the model's entry, the fit is
    /// biased.</summary>
    public Matrix<double> Mean { get; }

    /// <summary>Standard deviation over the draws, features x rank: the standard error of the entry.</summary>
    public Matrix<double> StandardError { get; }

    /// <summary>Lower ends of the intervals, features x rank: quantiles of the draws, so never below 0.</summary>
    public Matrix<double> Lower { get; }

    /// <summary>Upper ends of the intervals, features x rank.</summary>
    public Matrix<double> Upper { get; }

    internal static BootstrapResult Of(NoiseModel noise, Matrix<double>[] replicates, double level)
    {
        var (features, rank) = (replicates[0].Rows, replicates[0].Columns);
        var result = new BootstrapResult(noise, replicates.Length, features, rank);
        var values = new double[replicates.Length];
        for (var f = 0; f < features; f++)
        {
            for (var k = 0; k < rank; k++)
            {
                for (var r = 0; r < values.Length; r++)
                    values[r] = replicates[r].Row(f)[k];
                Array.Sort(values);
                var mean = values.Average();
                result.Mean.Row(f)[k] = mean;
                result.StandardError.Row(f)[k] = Math.Sqrt(
                    values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1));
                result.Lower.Row(f)[k] = Quantile(values, (1 - level) / 2);
                result.Upper.Row(f)[k] = Quantile(values, (1 + level) / 2);
            }
        }

        return result;
    }

    // Between neighbours in proportion.
    private static double Quantile(double[] sorted, double part)
    {
        var place = part * (sorted.Length - 1);
        var below = Math.Min((int)place, sorted.Length - 2);
        return sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below]));
    }
}
