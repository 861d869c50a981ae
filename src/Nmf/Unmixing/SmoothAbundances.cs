using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How <see cref="SmoothAbundances"/> weighs smoothness.</summary>
public sealed record SmoothAbundancesOptions
{
    /// <summary>
    /// Weight of the total variation in units of the noise: λ is this times the mean deviation of the noise and the
    /// mean length of the spectra. At least 0; the default is from the table of docs/unmixing.md.
    /// </summary>
    public double Weight { get; init; } = 0.02;

    /// <summary>Weight of ℓ1, in the same unit; 0 for none. Of abundances that sum to one it is a constant.</summary>
    public double Sparsity { get; init; }

    /// <summary>What abundances sum to: <see cref="AbundanceConstraint.Nonnegative"/> or
    /// <see cref="AbundanceConstraint.SumToOne"/>.</summary>
    public AbundanceConstraint Sum { get; init; } = AbundanceConstraint.Nonnegative;

    /// <summary>How far maps and multipliers may still move in an iteration, relative to data and maps.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Most iterations.</summary>
    public int MaximumIterations { get; init; } = 2000;

    /// <summary>Number of threads, or null for one per processor. The result does not depend on it.</summary>
    public int? Threads { get; init; }

    internal void Validate()
    {
        RequireWeight(Weight, nameof(Weight));
        RequireWeight(Sparsity, nameof(Sparsity));
        Option.Require(
            Sum is AbundanceConstraint.Nonnegative or AbundanceConstraint.SumToOne, nameof(Sum),
            $"Smooth abundances are Nonnegative or SumToOne, not {Sum}.");
        Option.Require(
            Tolerance > 0 && double.IsFinite(Tolerance), nameof(Tolerance), "The tolerance must be greater than zero.");
        Option.Require(MaximumIterations > 0, nameof(MaximumIterations), "There must be at least one iteration.");
        Option.RequirePositive(Threads, "number of threads");
    }

    private static void RequireWeight(double weight, string name) => Option.Require(
        weight >= 0 && double.IsFinite(weight), name, "The weight must be finite and at least 0.");
}

/// <summary>
/// Abundances whose maps are smooth but for edges: <c>½‖Y - A X‖² + λ Σ_k TV(x_k) + λ₁ Σ x</c> over X ≥ 0, TV being the
/// sum of the absolute differences between neighbours in rows and columns of the picture (SUnSAL-TV: Iordache,
/// Bioucas-Dias and Plaza, "Total variation spatial regularization for sparse hyperspectral unmixing", 2012). A
/// function on a picture: abundances of a pixel depend on its neighbours, so that no transformer of rows can give
/// them.
/// </summary>
public static class SmoothAbundances
{
    /// <summary>Finds the maps for spectra that are known, or have been found.</summary>
    /// <param name="data">Pixels x bands, the rows of the picture one after the other; complete and without weights,
    /// more pixels than bands (the noise is that of <see cref="HySime"/>), unless both weights are 0.</param>
    /// <param name="endmembers">A, bands x spectra: a dictionary, or a few spectra of a library (the time grows with
    /// the square of their number: select with <see cref="SparseUnmixing"/> first).</param>
    /// <param name="width">Number of pixels in a row of the picture.</param>
    /// <param name="options">How to weigh, or null for the default.</param>
    /// <param name="progress">Told the objective from time to time, on the calling thread; or null.</param>
    /// <param name="cancellationToken">Looked at in every row of the picture.</param>
    /// <returns>Pixels x spectra.</returns>
    /// <remarks>Primal-dual steps (Chambolle and Pock 2011) with the quadratic part in closed form: pixels x spectra²
    /// operations for each of some hundred iterations. Memory: seven numbers in double for each pixel and
    /// spectrum.</remarks>
    /// <exception cref="ArgumentException">An option is out of range, shapes do not fit, or data are incomplete,
    /// weighted or too few.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Matrix<T> Find<T>(
        NmfData<T> data, Matrix<T> endmembers, int width, SmoothAbundancesOptions? options = null,
        IProgress<FitProgress>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Settle(data, endmembers, width, options, progress, cancellationToken).Maps;

    /// <summary>The maps, and whether they have settled within the iterations.</summary>
    internal static (Matrix<T> Maps, bool IsSettled) Settle<T>(
        NmfData<T> data, Matrix<T> endmembers, int width, SmoothAbundancesOptions? options,
        IProgress<FitProgress>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(endmembers);
        options ??= new();
        options.Validate();
        Option.Require(
            width > 0 && data.Samples % width == 0, nameof(width),
            $"{data.Samples} pixels are not a picture of rows of {width} pixels.");
        Option.Require(
            endmembers.Rows == data.Features && endmembers.Columns > 0, nameof(endmembers),
            $"The endmembers are {endmembers.Rows} x {endmembers.Columns}, but the data have {data.Features} bands.");
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var exponent = data.Mean > 0 ? FitUnit.ExponentOf(data, BetaDivergence.Euclidean) : 0;
        data = data.InUnit(new FitUnit(exponent, exponent), null);
        var spectra = new Matrix<double>(endmembers.Rows, endmembers.Columns);
        double length = 0;
        for (var k = 0; k < spectra.Columns; k++)
        {
            double squares = 0;
            for (var f = 0; f < spectra.Rows; f++)
            {
                spectra[f, k] = Math.ScaleB(double.CreateChecked(endmembers[f, k]), -exponent);
                squares += spectra[f, k] * spectra[f, k];
            }

            length += Math.Sqrt(squares) / spectra.Columns;
        }

        Option.Require(
            length > 0 && double.IsFinite(length), nameof(endmembers), "The endmembers are zero or not finite.");
        var noise = options.Weight + options.Sparsity == 0 ? 0
            : Math.Sqrt(HySime.Measure(data, team, cancellationToken).Variances.Average());
        var smoothing = new VariationSmoothing(
            Products(data, spectra), SmallMatrices.TransposedProduct(spectra, spectra), data.SumOfSquares, width,
            options.Weight * noise * length, options.Sparsity * noise * length,
            options.Sum == AbundanceConstraint.SumToOne, team, cancellationToken);
        var isSettled = smoothing.Run(
            options.Tolerance, options.MaximumIterations, ScaledProgress.Of(progress, 2 * exponent));
        return (smoothing.Result<T>(), isSettled);
    }

    // Yᵀ A.
    private static Matrix<double> Products<T>(NmfData<T> data, Matrix<double> spectra)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var products = new Matrix<double>(data.Samples, spectra.Columns);
        var values = new double[data.Features];
        for (var n = 0; n < data.Samples; n++)
        {
            data.CopySample(n, values);
            var row = products.Row(n);
            for (var f = 0; f < values.Length; f++)
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(spectra.Row(f), values[f], row, row);
        }

        return products;
    }
}
