using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Factors and transitions that a nonnegative dynamical system starts from.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DynamicalSystemStart<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Wraps matrices, without copies.</summary>
    /// <param name="dictionary">W, features x rank, nonnegative.</param>
    /// <param name="transitions">A, rank x rank, nonnegative: row i, column j is what component j now gives to
    /// component i next. Zeros stay zero.</param>
    /// <param name="activations">H, samples x rank, nonnegative; or null for flat ones.</param>
    /// <exception cref="ArgumentException">A is not rank x rank.</exception>
    /// <exception cref="NmfDataException">An entry is negative, NaN or infinite.</exception>
    public DynamicalSystemStart(Matrix<T> dictionary, Matrix<T> transitions, Matrix<T>? activations = null)
    {
        RequireMatch(dictionary, transitions);
        NmfStart<T>.RequireNonnegative(transitions, nameof(transitions), "component");
        Factors = new NmfStart<T>(dictionary, activations);
        Transitions = transitions;
    }

    /// <summary>W, features x rank.</summary>
    internal Matrix<T> Dictionary => Factors.Dictionary;

    /// <summary>A, rank x rank.</summary>
    public Matrix<T> Transitions { get; }

    /// <summary>H, samples x rank, or null.</summary>
    internal Matrix<T>? Activations => Factors.Activations;

    internal NmfStart<T> Factors { get; }

    /// <summary>A copy in a unit; transitions have none.</summary>
    internal DynamicalSystemStart<T> InUnit(FitUnit unit)
    {
        var factors = unit.Apply(Factors);
        return new(factors.Dictionary, Transitions, factors.Activations);
    }

    /// <summary>
    /// The transitions between the components from some index on: half is "as before", half is spread at random over
    /// all of them. Known components before them and these do not drive each other: their transitions are two blocks.
    /// </summary>
    internal static void Mix(Matrix<T> transitions, int from, int seed, int start)
    {
        // Another stream of numbers than that of the factors.
        var random = new CounterRandom(~seed, start);
        var count = transitions.Rows - from;
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                var share = (0.25 + (0.5 * random.Uniform(((long)i * count) + j))) / count;
                transitions[from + i, from + j] = T.CreateChecked((i == j ? 0.5 : 0) + share);
            }
        }
    }

    private static void RequireMatch(Matrix<T> dictionary, Matrix<T> transitions)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(transitions);
        if (transitions.Rows != dictionary.Columns || transitions.Columns != dictionary.Columns)
            throw new ArgumentException(
                $"The transitions are {transitions.Rows} x {transitions.Columns}, "
                + $"but the dictionary has {dictionary.Columns} components.", nameof(transitions));
    }
}
