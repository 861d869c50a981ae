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
    public Matrix<T> Dictionary => Factors.Dictionary;

    /// <summary>A, rank x rank.</summary>
    public Matrix<T> Transitions { get; }

    /// <summary>H, samples x rank, or null.</summary>
    public Matrix<T>? Activations => Factors.Activations;

    internal NmfStart<T> Factors { get; }

    /// <summary>
    /// Known components first, then random ones: for a fit whose first components are fixed, such as those of
    /// clean sound, while the others learn what else there is. The two kinds do not drive each other: their
    /// transitions are two blocks.
    /// </summary>
    /// <param name="dictionary">Known columns of W, features x known; copied.</param>
    /// <param name="transitions">Known A, known x known; copied.</param>
    /// <param name="data">The data of the fit.</param>
    /// <param name="rank">Number of all components, at least that of the known ones.</param>
    /// <param name="seed">Seed of the random components and of the activations.</param>
    /// <returns>All three factors.</returns>
    /// <exception cref="ArgumentException">The features differ, the rank is less than the number of known components,
    /// or A is not known x known.</exception>
    public static DynamicalSystemStart<T> WithKnown(
        Matrix<T> dictionary, Matrix<T> transitions, NmfData<T> data, int rank, int seed)
    {
        RequireMatch(dictionary, transitions);
        var factors = NmfStart<T>.WithKnown(dictionary, data, rank, seed);
        var extended = new Matrix<T>(rank, rank);
        for (var i = 0; i < transitions.Rows; i++)
            transitions.Row(i).CopyTo(extended.Row(i));
        Mix(extended, transitions.Rows, new CounterRandom(~seed, 0));
        return new DynamicalSystemStart<T>(factors.Dictionary, extended, factors.Activations);
    }

    /// <summary>Random factors, and mixed transitions.</summary>
    internal static DynamicalSystemStart<T> Random(NmfData<T> data, NmfOptions loop, int number, WorkTeam team)
    {
        var factors = Initializer.Create(data, loop, number, team);
        var transitions = new Matrix<T>(loop.Rank, loop.Rank);

        // Another stream of numbers than that of the factors.
        Mix(transitions, 0, new CounterRandom(~loop.Seed, number));
        return new DynamicalSystemStart<T>(factors.Dictionary, transitions, factors.Activations);
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

    // The transitions between the components from some index on: half is "as before", half is spread at
    // random over all of them.
    private static void Mix(Matrix<T> transitions, int from, CounterRandom random)
    {
        var count = transitions.Rows - from;
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
                transitions[from + i, from + j] = T.CreateChecked(
                    (i == j ? 0.5 : 0) + ((0.25 + (0.5 * random.Uniform(((long)i * count) + j))) / count));
        }
    }
}
