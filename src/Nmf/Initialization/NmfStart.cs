using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Factors to start from: given by the user, taken from an earlier model, or made by an initialiser.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NmfStart<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Wraps factors, without copies.</summary>
    /// <param name="dictionary">W, features x rank, nonnegative.</param>
    /// <param name="activations">H, samples x rank, nonnegative; or null to infer them from the dictionary.</param>
    /// <exception cref="NmfDataException">An entry is negative, NaN or infinite.</exception>
    public NmfStart(Matrix<T> dictionary, Matrix<T>? activations = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        RequireNonnegative(dictionary, nameof(dictionary), "feature");
        if (activations is not null)
            RequireNonnegative(activations, nameof(activations), "sample");
        Dictionary = dictionary;
        Activations = activations;
    }

    /// <summary>W, features x rank.</summary>
    public Matrix<T> Dictionary { get; }

    /// <summary>H, samples x rank, or null.</summary>
    public Matrix<T>? Activations { get; }

    /// <summary>Copies row-major arrays.</summary>
    /// <param name="dictionary">features x rank values.</param>
    /// <param name="activations">samples x rank values, or null to infer them.</param>
    /// <param name="rank">Number of components.</param>
    public static NmfStart<T> FromRowMajor(ReadOnlySpan<T> dictionary, ReadOnlySpan<T> activations, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        var w = Matrix<T>.FromRowMajor(dictionary, dictionary.Length / rank, rank);
        return new NmfStart<T>(
            w, activations.IsEmpty ? null : Matrix<T>.FromRowMajor(activations, activations.Length / rank, rank));
    }

    internal void RequireShape(int samples, int features, int rank)
    {
        if (Dictionary.Rows != features || Dictionary.Columns != rank)
        {
            throw new ArgumentException(
                $"The start dictionary is {Dictionary.Rows} features x {Dictionary.Columns} components, "
                + $"but the fit needs {features} x {rank}.");
        }

        if (Activations is not null && (Activations.Rows != samples || Activations.Columns != rank))
        {
            throw new ArgumentException(
                $"The start activations are {Activations.Rows} samples x {Activations.Columns} components, "
                + $"but the fit needs {samples} x {rank}.");
        }
    }

    internal static void RequireNonnegative(Matrix<T> factor, string name, string rowName)
    {
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            for (var k = 0; k < row.Length; k++)
            {
                if (!(row[k] >= T.Zero && T.IsFinite(row[k])))
                {
                    throw new NmfDataException(
                        $"The start {name} hold {row[k]} at {rowName} {i}, component {k}. "
                        + "Factors must be finite and at least 0.", i, k, double.CreateTruncating(row[k]));
                }
            }
        }
    }
}
