using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Draws data from a factorisation and its noise.</summary>
public static class NoiseSampling
{
    /// <summary>Draws data whose means are a factorisation.</summary>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="activations">H, samples x rank.</param>
    /// <param name="noise">The noise, with its dispersion.</param>
    /// <param name="seed">Seed. An entry depends on it and on sample and feature alone: the same bits for any number of
    /// threads, on every machine where the products are the same.</param>
    /// <param name="threads">Number of threads, or null for one per processor.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>samples x features. Gaussian noise below zero is zero, because data are nonnegative; entries whose mean
    /// is zero are zero.</returns>
    /// <remarks>Takes O(N F K) time beside the random numbers. Logarithms and exponentials are not those of the
    /// operating system, which differ in the last bit.</remarks>
    /// <exception cref="ArgumentException">The ranks differ.</exception>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    public static Matrix<T> Draw<T>(
        Matrix<T> dictionary, Matrix<T> activations, NoiseModel noise, int seed, int? threads = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(activations);
        ArgumentNullException.ThrowIfNull(noise);
        if (dictionary.Columns != activations.Columns)
            throw new ArgumentException(
                $"The dictionary has {dictionary.Columns} components, but the activations {activations.Columns}.",
                nameof(activations));
        NmfLikelihood.RequireDispersion(noise);
        var drawn = new Matrix<T>(activations.Rows, dictionary.Rows);
        Draw(dictionary, activations, noise, (_, row) => row.Clear(), drawn, seed, threads, cancellationToken);
        return drawn;
    }

    /// <param name="dictionary">W.</param>
    /// <param name="activations">H.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="observed">Makes what is to be drawn of a row something other than NaN.</param>
    /// <param name="drawn">Receives data, NaN where nothing is to be drawn.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="stream">Stream of random numbers.</param>
    internal static void Draw<T>(
        Matrix<T> dictionary, Matrix<T> activations, NoiseModel noise, SampleVisit<T>.Copy observed, Matrix<T> drawn,
        int seed, int? threads, CancellationToken cancellationToken, int stream = RandomStreams.DrawnData)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // A positive variable is not zero because its type cannot tell it from zero.
        var least = noise.Objection(0) is null ? 0 : typeof(T) == typeof(float) ? 1.2e-38 : 2.3e-308;
        using var team = new WorkTeam(NmfLikelihood.Threads(threads));
        new SampleVisit<T>(drawn.Rows, dictionary, activations, observed, (n, row, means) =>
        {
            noise.Draw(means, row, seed, stream, n);
            var target = drawn.Row(n);
            for (var f = 0; f < row.Length; f++)
                target[f] = T.CreateTruncating(means[f] > 0 && row[f] < least ? least : row[f]);
        }, cancellationToken).Run(team);
    }
}
