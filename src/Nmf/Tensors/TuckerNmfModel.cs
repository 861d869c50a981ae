using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A fitted nonnegative Tucker model: one factor for each mode, whose columns have Euclidean norm one, and a core.
/// </summary>
/// <remarks>Immutable; may be read from several threads. An index that no observed entry has gets a row of
/// zeros.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class TuckerNmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T>[] _factors;
    private readonly double[] _core;

    private TuckerNmfModel(Matrix<T>[] factors, double[] core, double beta)
        => (_factors, _core, Beta) = (factors, core, beta);

    /// <summary>One factor for each mode, length x its rank.</summary>
    public IReadOnlyList<Matrix<T>> Factors => _factors;

    /// <summary>Number of modes N.</summary>
    public int Order => _factors.Length;

    /// <summary>Number of components of every mode.</summary>
    public IReadOnlyList<int> Ranks => [.. _factors.Select(factor => factor.Columns)];

    /// <summary>The entries of the core, the last index fastest.</summary>
    public IReadOnlyList<double> Core => _core;

    /// <summary>β of the fit.</summary>
    public double Beta { get; }

    /// <summary>1 - D(V | model) / D(V | c) with c the best constant. NaN after loading.</summary>
    public double ExplainedPart { get; private init; } = double.NaN;

    /// <summary>How the fit went; null after loading.</summary>
    public FitReport? Report { get; private init; }

    /// <summary>The model of one entry. O(size of the core).</summary>
    /// <param name="indices">One index for each mode, from 0.</param>
    /// <exception cref="ArgumentException">There are not as many indices as modes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public double Predict(params ReadOnlySpan<int> indices)
    {
        NmfTensor<T>.RequirePlace(indices, _factors);
        var (rest, size) = (_core, _core.Length);
        for (var n = 0; n < indices.Length; n++)
        {
            ReadOnlySpan<T> row = _factors[n].Row(indices[n]);
            size /= row.Length;
            var next = new double[size];
            for (var r = 0; r < row.Length; r++)
            {
                for (var j = 0; j < size; j++)
                    next[j] += double.CreateTruncating(row[r]) * rest[(r * size) + j];
            }

            rest = next;
        }

        return rest[0];
    }

    /// <summary>Writes the model, little-endian, with a checksum.</summary>
    public void Save(Stream stream) => TuckerNmfFile.Write(this, stream);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, of another precision, or damaged.</exception>
    public static TuckerNmfModel<T> Load(Stream stream) => TuckerNmfFile.Read<T>(stream);

    internal static TuckerNmfModel<T> FromParameters(Matrix<T>[] factors, double[] core, double beta)
        => new(factors, core, beta);

    /// <summary>Makes a model of the factors and the core of a fit.</summary>
    internal static TuckerNmfModel<T> Create(
        NmfTensor<T> data, TuckerOptions options, int exponent, Matrix<T>[] factors, FitReport report)
    {
        var core = Array.ConvertAll(factors[^1].ToRowMajor(), x => Math.ScaleB(double.CreateTruncating(x), exponent));
        var inner = core.Length;
        for (var n = 0; n < data.Order; n++)
        {
            if (data.IsWeighted)
                TensorNmfModel<T>.ClearUnobserved(factors[n], data.Observed(n));
            var norms = new double[factors[n].Columns];
            Array.Fill(norms, 1);
            TensorNmfModel<T>.UnitNorm(factors[n], norms);
            inner /= norms.Length;
            for (var at = 0; at < core.Length; at++)
                core[at] *= norms[at / inner % norms.Length];
        }

        return new TuckerNmfModel<T>(factors[..^1], core, options.Beta)
        {
            Report = report,
            ExplainedPart = data.ExplainedPart(report.Objective, options.Beta),
        };
    }
}
