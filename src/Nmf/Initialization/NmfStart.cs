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
    public Matrix<T> Dictionary { get; private set; }

    /// <summary>H, samples x rank, or null.</summary>
    public Matrix<T>? Activations { get; private set; }

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

    /// <summary>Known components first, random ones behind them: a start for
    /// <see cref="NmfOptions.FixedComponents"/>.</summary>
    /// <param name="known">features x components, nonnegative; copied. Its scale does not matter:
    /// activations make up for it.</param>
    /// <param name="data">The data of the fit.</param>
    /// <param name="rank">Number of all components, at least that of the known ones.</param>
    /// <param name="seed">Seed of the random components and of the activations.</param>
    /// <returns>Both factors, positive where the known ones are not zero; the mean of every component is that of the
    /// data divided by the rank.</returns>
    /// <exception cref="ArgumentException">The features differ, or the rank is less than the number of
    /// known components.</exception>
    /// <exception cref="NmfDataException">An entry is negative, NaN or infinite.</exception>
    public static NmfStart<T> WithKnown(Matrix<T> known, NmfData<T> data, int rank, int seed)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(data);
        if (known.Rows != data.Features || known.Columns > rank)
        {
            throw new ArgumentException(
                $"The known components are {known.Rows} features x {known.Columns}, "
                + $"but the data have {data.Features} features and the rank is {rank}.", nameof(known));
        }

        RequireNonnegative(known, nameof(known), "feature");
        using var team = new WorkTeam(1);
        var start = Initializer.Create(
            data, new NmfOptions { Rank = rank, Seed = seed, Initialization = NmfInitialization.Random }, 0, team);
        start.KeepColumns(known, [.. Enumerable.Range(0, rank).Select(k => k < known.Columns)]);
        return start;
    }

    /// <summary>Takes over other factors.</summary>
    internal void Replace(Matrix<T> dictionary, Matrix<T> activations)
        => (Dictionary, Activations) = (dictionary, activations);

    /// <summary>Takes over the flagged columns of another dictionary, and makes up for their scale with
    /// the activations.</summary>
    internal void KeepColumns(Matrix<T> from, IReadOnlyList<bool>? flags)
    {
        for (var k = 0; k < (flags?.Count ?? 0); k++)
        {
            if (!flags![k])
                continue;
            double before = 0, after = 0;
            for (var f = 0; f < Dictionary.Rows; f++)
            {
                before += double.CreateTruncating(Dictionary[f, k]);
                after += double.CreateTruncating(from[f, k]);
                Dictionary[f, k] = from[f, k];
            }

            for (var n = 0; n < (Activations?.Rows ?? 0) && after > 0; n++)
                Activations![n, k] *= T.CreateSaturating(before / after);
        }
    }

    /// <summary>Checks that a start is there when components are fixed.</summary>
    internal static void RequireWhereFixed(IReadOnlyList<bool>? fixedComponents, NmfStart<T>? start)
    {
        if (start is null && fixedComponents is not null && fixedComponents.Contains(true))
            throw new ArgumentException(
                "A fit with fixed components needs a start: its dictionary has the columns that stay.", nameof(start));
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
