using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Factors to start from: given by the user, taken from an earlier model, or made by an initialiser.</summary>
/// <remarks>
/// Zeros of a start are not kept, whatever the solver. Before the first iteration a feature or sample that is new to
/// the start (no component has a tenth of what its sum in the data asks for) gets weights of that size in every
/// component, in W each times a fixed draw, and components that add nothing, because their column of W is zero or a
/// copy of one before it, become components of <see cref="NmfInitialization.Auto"/>. Before updates that multiply,
/// which cannot leave zeros, every other entry is raised to about 30 % of the mean of its column, in proportion to the
/// sum of its feature or sample; the same holds for activations that were inferred from the dictionary. What is meant
/// to stay is a component that is known (<see cref="KnownComponents"/>), or zeros that <see
/// cref="KeepsActivationZeros"/> says are known; with these no component is replaced. Without iterations a start stays
/// as it is.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NmfStart<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string NothingToImprove = "There is nothing to start from: give positive numbers, or no start.";

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

    /// <summary>
    /// Whether zeros of the given activations are known, and no guess: components that are silent in a sample. They
    /// stay zero, exactly, in every start of the fit and with every solver, and the model has the activations of the
    /// fit. Abundances, and a prior for which zero is impossible, do not go with them. Without a zero it changes
    /// nothing.
    /// </summary>
    public bool KeepsActivationZeros { get; init; }

    /// <summary>
    /// Whether the fit begins with iterations on a sketch of the data, from these factors: what
    /// <see cref="NmfInitialization.Sketch"/> does from random ones. They move far: this is for factors to begin with,
    /// not to go on from those of an earlier fit. Not with known components, zeros that stay, outliers, abundances or
    /// a search for the rank. False unless asked for.
    /// </summary>
    public bool WarmsUp { get; init; }

    /// <summary>Activations whose zeros stay, or null.</summary>
    internal Matrix<T>? Mask { get; init; }

    /// <summary>The activations if they have zeros that are known, or null.</summary>
    internal Matrix<T>? ZerosThatStay => KeepsActivationZeros && Activations is { } h
        && Enumerable.Range(0, h.Rows).Any(n => h.Row(n).Contains(T.Zero)) ? h : null;

    /// <summary>The same with zeros where a mask has them, or as it is.</summary>
    internal NmfStart<T> Masked(Matrix<T>? mask)
    {
        if (mask is null || Activations is null)
            return this;
        for (var n = 0; n < mask.Rows; n++)
        {
            for (var k = 0; k < mask.Columns; k++)
                Activations[n, k] = mask[n, k] == T.Zero ? T.Zero : Activations[n, k];
        }

        return new NmfStart<T>(Dictionary, Activations) { Mask = mask, Volume = Volume };
    }

    /// <summary>The weight of the volume that the data ask for, or null.</summary>
    internal VolumeTerm? Volume { get; init; }

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

    /// <summary>Checks factors that the user gave.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or a factor is zero everywhere.</exception>
    internal void RequireUsable(int samples, int features, int rank)
    {
        RequireShape(samples, features, rank);
        RequireNotZero(Dictionary, "All entries of the start dictionary");
        if (Activations is not null)
            RequireNotZero(Activations, "All entries of the start activations");
        if (KeepsActivationZeros && Activations is null)
            throw new ArgumentException("The start has no activations whose zeros could be kept.");
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

    internal static void RequireNotZero(Matrix<T> factor, string name, string why = NothingToImprove)
    {
        for (var i = 0; i < factor.Rows; i++)
        {
            if (factor.Row(i).ContainsAnyExcept(T.Zero))
                return;
        }

        throw new ArgumentException($"{name} are zero. {why}");
    }

    /// <summary>Checks activations that were inferred from a given dictionary.</summary>
    /// <exception cref="ArgumentException">They are all zero.</exception>
    internal static void RequireInferred(Matrix<T> activations) => RequireNotZero(
        activations, "All activations inferred from the start dictionary", "It has no weight where the data have.");

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
                        $"The start has {row[k]} at {rowName} {i}, component {k} of its {name}. "
                        + "Factors must be finite and at least 0.", i, k, double.CreateTruncating(row[k]));
                }
            }
        }
    }
}
