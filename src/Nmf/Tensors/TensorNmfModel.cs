using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A fitted CP model: weights λ and one factor for each mode, whose columns have Euclidean norm one. Components are
/// sorted by their weight; one that the fit has given up has weight 0 and columns of zeros.
/// </summary>
/// <remarks>Immutable; may be read from several threads. An index that no observed entry has gets a row of
/// zeros.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class TensorNmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T>[] _factors;
    private readonly double[] _weights;

    private TensorNmfModel(Matrix<T>[] factors, double[] weights, double beta)
        => (_factors, _weights, Beta) = (factors, weights, beta);

    /// <summary>One factor for each mode, length x rank.</summary>
    public IReadOnlyList<Matrix<T>> Factors => _factors;

    /// <summary>λ: the Euclidean norm of each component as a tensor, largest first.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>Number of components K.</summary>
    public int Rank => _weights.Length;

    /// <summary>Number of modes N.</summary>
    public int Order => _factors.Length;

    /// <summary>Length of every mode.</summary>
    public IReadOnlyList<int> Shape => [.. _factors.Select(factor => factor.Rows)];

    /// <summary>β of the fit.</summary>
    public double Beta { get; }

    /// <summary>1 - D(V | model) / D(V | c) with c the best constant: 1 for a perfect fit. NaN after loading.</summary>
    public double ExplainedPart { get; private init; } = double.NaN;

    /// <summary>How the fit went; null after loading.</summary>
    public FitReport? Report { get; private init; }

    /// <summary>The model of one entry. O(N K).</summary>
    /// <param name="indices">One index for each mode, from 0.</param>
    /// <exception cref="ArgumentException">There are not as many indices as modes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public double Predict(params ReadOnlySpan<int> indices)
    {
        NmfTensor<T>.RequirePlace(indices, _factors);
        double sum = 0;
        for (var k = 0; k < Rank; k++)
        {
            var product = _weights[k];
            for (var n = 0; n < indices.Length; n++)
                product *= double.CreateTruncating(_factors[n].Row(indices[n])[k]);
            sum += product;
        }

        return sum;
    }

    /// <summary>
    /// Rows of the factor of one mode for slices that the fit has not seen, the other factors fixed: a new sample of a
    /// series of measurements, say. Slices of the fit get the rows of the factor, as far as the fit has converged.
    /// </summary>
    /// <param name="mode">The mode whose index the slices have.</param>
    /// <param name="slices">A tensor whose other modes are those of the model.</param>
    /// <param name="options">Tolerance and number of iterations; null for 1e-9 and 2000.</param>
    /// <param name="threads">Number of threads, or null for one per processor.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>slices x rank, in the scale of <see cref="Factors"/>: the model of slice i is that of an index i of
    /// this factor. A slice without observed entries gets zeros.</returns>
    /// <exception cref="ArgumentException">The mode is out of range, or another mode has another length.</exception>
    /// <exception cref="NmfDataException">A zero where β ≤ 0.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Matrix<T> Infer(
        int mode, NmfTensor<T> slices, IterationOptions? options = null, int? threads = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)mode, (uint)Order, nameof(mode));
        if (slices.Order != Order)
            throw new ArgumentException(
                $"The slices have {slices.Order} modes, but the model {Order}.", nameof(slices));
        for (var n = 0; n < Order; n++)
        {
            if (n != mode && slices.Shape[n] != _factors[n].Rows)
                throw new ArgumentException(
                    $"Mode {n} of the slices has length {slices.Shape[n]}, but that of the model {_factors[n].Rows}.",
                    nameof(slices));
        }

        return TensorInference.Run(
            _factors, _weights, Beta, mode, slices,
            options ?? new() { MaximumIterations = 2000, Tolerance = 1e-9, CheckInterval = 10 }, threads,
            cancellationToken);
    }

    /// <summary>
    /// The core consistency (Bro and Kiers 2003): 100 where the core that fits the data best with these factors is
    /// that of a CP model; it falls, below zero too, once there are more components than the data have.
    /// </summary>
    /// <remarks>O(K) for each entry and K^N numbers of memory. Of data with missing entries or weights the core is that
    /// of weighted least squares over the observed ones: two passes for each step of conjugate gradients.</remarks>
    /// <param name="data">The data of the fit, or others of the same shape.</param>
    /// <exception cref="ArgumentException">The shape is another one, the core is too large (2^24
    /// entries), or fewer are observed than it has.</exception>
    public double CoreConsistency(NmfTensor<T> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!data.Shape.SequenceEqual(Shape))
            throw new ArgumentException(
                $"The tensor is {NmfTensor<T>.Words(data.Shape)}, but the model {NmfTensor<T>.Words(Shape)}.",
                nameof(data));
        return CoreConsistency<T>.Of(this, data);
    }

    /// <summary>Writes the model, little-endian, with a checksum.</summary>
    public void Save(Stream stream) => TensorNmfFile.Write(this, stream);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, of another precision, or damaged.</exception>
    public static TensorNmfModel<T> Load(Stream stream) => TensorNmfFile.Read<T>(stream);

    internal static TensorNmfModel<T> FromParameters(Matrix<T>[] factors, double[] weights, double beta)
        => new(factors, weights, beta);

    /// <summary>Makes a model of the factors of a fit.</summary>
    internal static TensorNmfModel<T> Create(
        NmfTensor<T> data, TensorNmfOptions options, int exponent, Matrix<T>[] factors, FitReport report)
    {
        for (var n = 0; n < factors.Length && data.IsWeighted; n++)
            ClearUnobserved(factors[n], data.Observed(n));

        var weights = new double[options.Rank];
        Array.Fill(weights, Math.ScaleB(1, exponent));
        foreach (var factor in factors)
            UnitNorm(factor, weights);
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(k => weights[k])];
        var sorted = Array.ConvertAll(factors, factor => Sorted(factor, order, weights));
        return new TensorNmfModel<T>(sorted, [.. order.Select(k => weights[k])], options.Beta)
        {
            Report = report,
            ExplainedPart = data.ExplainedPart(report.Objective, options.Beta),
        };
    }

    internal static void ClearUnobserved(Matrix<T> factor, bool[] observed)
    {
        for (var i = 0; i < observed.Length; i++)
        {
            if (!observed[i])
                factor.Row(i).Clear();
        }
    }

    /// <summary>Gives the columns norm one, and multiplies numbers of theirs by what it was.</summary>
    internal static void UnitNorm(Matrix<T> factor, double[] weights)
    {
        for (var k = 0; k < weights.Length; k++)
        {
            double sum = 0;
            for (var i = 0; i < factor.Rows; i++)
                sum += double.CreateTruncating(factor[i, k]) * double.CreateTruncating(factor[i, k]);
            var norm = Math.Sqrt(sum);
            weights[k] *= norm;
            for (var i = 0; i < factor.Rows && norm > 0; i++)
                factor[i, k] = T.CreateTruncating(double.CreateTruncating(factor[i, k]) / norm);
        }
    }

    private static Matrix<T> Sorted(Matrix<T> factor, int[] order, double[] weights)
    {
        var sorted = new Matrix<T>(factor.Rows, order.Length);
        for (var k = 0; k < order.Length; k++)
        {
            for (var i = 0; i < factor.Rows && weights[order[k]] > 0; i++)
                sorted[i, k] = factor[i, order[k]];
        }

        return sorted;
    }
}
