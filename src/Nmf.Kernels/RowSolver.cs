using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// Activations of single rows for a fixed dictionary: <c>min_{h ≥ 0} D_β(v | W h)</c>, to a stated tolerance. Shared by all
/// threads; each thread brings its own <see cref="Scratch"/>. A row's result depends on the row alone.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class RowSolver<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Matrix<T> _w;

    /// <summary>Prepares a dictionary.</summary>
    /// <param name="w">Dictionary, features x rank; copied.</param>
    /// <param name="beta">Divergence parameter.</param>
    /// <param name="tolerance">A row is done when one iteration changes no activation by more than this fraction of the largest.</param>
    /// <param name="maximumIterations">Most iterations for one row.</param>
    public RowSolver(Matrix<T> w, double beta, double tolerance, int maximumIterations)
    {
        _w = w.Clone();
        (Beta, Tolerance, MaximumIterations) = (beta, tolerance, maximumIterations);
    }

    /// <summary>Divergence parameter β.</summary>
    public double Beta { get; }

    /// <summary>Largest relative change of an activation at which a row counts as converged.</summary>
    public double Tolerance { get; }

    /// <summary>Most iterations for one row.</summary>
    public int MaximumIterations { get; }

    /// <summary>Number of features F.</summary>
    public int Features => _w.Rows;

    /// <summary>Number of components K.</summary>
    public int Rank => _w.Columns;

    /// <summary>Memory for one thread.</summary>
    public Scratch CreateScratch() => new();

    /// <summary>Solves one dense row.</summary>
    /// <param name="values">F values.</param>
    /// <param name="h">Receives K activations.</param>
    /// <param name="scratch">Memory of the calling thread.</param>
    /// <returns>Number of iterations; <see cref="MaximumIterations"/> when the tolerance was not reached.</returns>
    public int Solve(ReadOnlySpan<T> values, Span<T> h, Scratch scratch)
    {
        var scale = values.IsEmpty ? T.Zero : T.One;
        h.Fill(scale);
        for (var i = 1; i <= MaximumIterations; i++)
        {
            var worst = T.Zero;
            var largest = T.Zero;
            Span<T> neg = new T[Rank], pos = new T[Rank];
            for (var f = 0; f < Features; f++)
            {
                var y = T.Zero;
                for (var k = 0; k < Rank; k++)
                    y += h[k] * _w[f, k];
                y = T.Max(y, T.CreateChecked(1e-16));
                var power = T.CreateChecked(Math.Pow(double.CreateChecked(y), Beta - 2));
                for (var k = 0; k < Rank; k++)
                {
                    neg[k] += values[f] * power * _w[f, k];
                    pos[k] += y * power * _w[f, k];
                }
            }

            for (var k = 0; k < Rank; k++)
            {
                var next = pos[k] > T.Zero ? h[k] * neg[k] / pos[k] : T.Zero;
                worst = T.Max(worst, T.Abs(next - h[k]));
                largest = T.Max(largest, next);
                h[k] = next;
            }

            if (double.CreateChecked(worst) <= Tolerance * double.CreateChecked(largest))
                return i;
        }

        return MaximumIterations;
    }

    /// <summary>Solves one sparse row.</summary>
    /// <param name="indices">Features of the non-zeros, strictly increasing.</param>
    /// <param name="values">Values of the non-zeros.</param>
    /// <param name="h">Receives K activations.</param>
    /// <param name="scratch">Memory of the calling thread.</param>
    /// <returns>Number of iterations; <see cref="MaximumIterations"/> when the tolerance was not reached.</returns>
    public int Solve(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, Span<T> h, Scratch scratch)
    {
        var dense = new T[Features];
        for (var j = 0; j < indices.Length; j++)
            dense[indices[j]] = values[j];
        return Solve(dense, h, scratch);
    }

    /// <inheritdoc/>
    public void Dispose() => _w.Dispose();

    /// <summary>Memory for one thread.</summary>
    public sealed class Scratch
    {
    }
}
