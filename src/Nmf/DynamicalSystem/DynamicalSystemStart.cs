using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Factors and transitions that a nonnegative dynamical system starts from.</summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class DynamicalSystemStart<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Wraps matrices; they are disposed with the start.</summary>
    /// <param name="dictionary">W, features x rank, nonnegative.</param>
    /// <param name="transitions">A, rank x rank, nonnegative: row i, column j is what component j now gives to component i next. Zeros stay zero.</param>
    /// <param name="activations">H, samples x rank, nonnegative; or null for flat ones.</param>
    /// <exception cref="ArgumentException">A is not rank x rank.</exception>
    /// <exception cref="NmfDataException">An entry is negative, NaN or infinite.</exception>
    public DynamicalSystemStart(Matrix<T> dictionary, Matrix<T> transitions, Matrix<T>? activations = null)
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(transitions);
        if (transitions.Rows != dictionary.Columns || transitions.Columns != dictionary.Columns)
            throw new ArgumentException($"The transitions are {transitions.Rows} x {transitions.Columns}, but the dictionary has {dictionary.Columns} components.", nameof(transitions));
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

    /// <inheritdoc/>
    public void Dispose()
    {
        Factors.Dispose();
        Transitions.Dispose();
    }

    /// <summary>Random factors, and transitions of which half is "as before" and half spread at random over all components.</summary>
    internal static DynamicalSystemStart<T> Random(NmfData<T> data, NmfOptions loop, int number, WorkTeam team)
    {
        var factors = Initializer.Create(data, loop, number, team);
        var transitions = new Matrix<T>(loop.Rank, loop.Rank);

        // Another stream of numbers than that of the factors.
        var random = new CounterRandom(~loop.Seed, number);
        for (var i = 0; i < loop.Rank; i++)
        {
            for (var j = 0; j < loop.Rank; j++)
                transitions[i, j] = T.CreateChecked((i == j ? 0.5 : 0) + ((0.25 + (0.5 * random.Uniform(((long)i * loop.Rank) + j))) / loop.Rank));
        }

        return new DynamicalSystemStart<T>(factors.Dictionary, transitions, factors.Activations);
    }
}
