using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How far a factorisation, or an estimate of a factor, is from what it should be.</summary>
public static class ReconstructionQuality
{
    /// <summary>
    /// Root of the mean squared difference of two matrices: with the true and the estimated abundances (samples
    /// x components, matched by <see cref="ComponentMatching"/>) the abundance error of hyperspectral unmixing.
    /// </summary>
    /// <exception cref="ArgumentException">The shapes differ, or there is nothing to compare.</exception>
    public static double RootMeanSquareError<T>(Matrix<T> truth, Matrix<T> estimate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(truth, estimate);
        var (_, error) = SquaredNorms(truth, estimate);
        return Math.Sqrt(error / ((double)truth.Rows * truth.Columns));
    }

    /// <summary>10 log₁₀(‖truth‖² / ‖truth - estimate‖²), in dB; infinite when they are equal.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or there is nothing to compare.</exception>
    public static double SignalToNoiseRatio<T>(Matrix<T> truth, Matrix<T> estimate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(truth, estimate);
        var (signal, error) = SquaredNorms(truth, estimate);
        return 10 * Math.Log10(signal / error);
    }

    /// <summary>10 log₁₀(‖V‖² / ‖V - WH‖²), in dB, of data and a factorisation of them, whose product
    /// is never formed.</summary>
    /// <param name="data">V, samples x features.</param>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="activations">H, samples x rank.</param>
    /// <param name="threads">Number of threads, or null for one per processor; the result does
    /// not depend on it.</param>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    public static double SignalToNoiseRatio<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, int? threads = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        return 10 * Math.Log10(data.SumOfSquares / ResidualSumOfSquares(data, dictionary, activations, threads));
    }

    /// <summary>‖V - WH‖², the residual sum of squares.</summary>
    /// <inheritdoc cref="SignalToNoiseRatio{T}(NmfData{T}, Matrix{T}, Matrix{T}, int?)"/>
    internal static double ResidualSumOfSquares<T>(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, int? threads = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(activations);
        if (dictionary.Rows != data.Features || activations.Rows != data.Samples
            || dictionary.Columns != activations.Columns)
        {
            throw new ArgumentException(
                $"Data of {data.Samples} samples x {data.Features} features do not go with a dictionary "
                + $"of {dictionary.Rows} x {dictionary.Columns} and activations of {activations.Rows} x "
                + $"{activations.Columns}.");
        }

        using var team = new WorkTeam(threads ?? Environment.ProcessorCount);
        var unit = new FitUnit(
            data.Sum > 0 ? FitUnit.ExponentOf(data, BetaDivergence.Euclidean) : 0,
            FitUnit.LargestExponent(dictionary));
        var (w, h) = (dictionary.Clone(), activations.Clone());
        FitUnit.Scale(w, -unit.Dictionary);
        FitUnit.Scale(h, -unit.Activations);
        var pass = data.InUnit(unit, null).CreatePass(dictionary.Columns, BetaDivergence.Euclidean, team);
        return Math.ScaleB(Math.Max(0, 2 * pass.Objective(w, h)), 2 * unit.Data);
    }

    private static (double Signal, double Error) SquaredNorms<T>(Matrix<T> truth, Matrix<T> estimate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double signal = 0, error = 0;
        for (var i = 0; i < truth.Rows; i++)
        {
            var a = truth.Row(i);
            var b = estimate.Row(i);
            for (var j = 0; j < a.Length; j++)
            {
                var value = double.CreateTruncating(a[j]);
                var difference = value - double.CreateTruncating(b[j]);
                signal += value * value;
                error += difference * difference;
            }
        }

        return (signal, error);
    }

    private static void RequireSameShape<T>(Matrix<T> truth, Matrix<T> estimate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(estimate);
        if (truth.Rows != estimate.Rows || truth.Columns != estimate.Columns)
            throw new ArgumentException(
                $"The truth is {truth.Rows} x {truth.Columns}, but the estimate {estimate.Rows} x {estimate.Columns}.",
                nameof(estimate));
        if (truth.Rows == 0 || truth.Columns == 0)
            throw new ArgumentException("There is nothing to compare: the matrices are empty.", nameof(truth));
    }
}
