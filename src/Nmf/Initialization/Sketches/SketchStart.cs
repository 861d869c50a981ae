using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Starts by randomised compression: factors are first fitted to a sketch of the data by least squares, which near
/// independence stand for the divergence (<see cref="SketchScale"/>); an iteration there costs a few per cent of one on
/// dense data. docs/solvers.md, "Starts by sketches", has the sources and what was measured.
/// </summary>
/// <remarks>
/// Memory beside the factors: twice (N + F) L numbers while the sketch is made, with L = K + 20 columns or 70 if that
/// is more (<see cref="SketchEffort"/>), then once that and 2 (N + F) K numbers. Missing entries count as the mean of
/// the observed ones, weights of samples as they are, weights of entries not at all.
/// </remarks>
internal static class SketchStart
{
    // In units of the mean of the column.
    private const double Floor = 0.01;

    // Streams of random numbers of starts are their numbers; those of the sketch are others.
    private const int StreamOfSketch = 1 << 20;

    /// <summary>Random factors, improved.</summary>
    /// <param name="data">Data.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">β of the divergence, or of one that is like it near the data.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="number">Number of the start.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at before every product with the data and every iteration.</param>
    public static NmfStart<T> Create<T>(
        NmfData<T> data, int rank, double beta, int seed, int number, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var start = Initializer.Create(
            data, rank, NmfInitialization.Random, seed, number, team, cancellationToken: cancellationToken);
        Improve(data, start, beta, seed, team, cancellationToken);
        return start;
    }

    /// <summary>Improves both factors of a start in place; entries that least squares have at zero, or nearly, are
    /// raised, so that updates that multiply can move them.</summary>
    /// <param name="data">Data.</param>
    /// <param name="start">Factors.</param>
    /// <param name="beta">β of the divergence, or of one that is like it near the data.</param>
    /// <param name="seed">Seed of the sketch.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="cancellationToken">Looked at before every product with the data and every iteration.</param>
    public static void Improve<T>(
        NmfData<T> data, NmfStart<T> start, double beta, int seed, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.Sum == 0)
            return;
        var (features, samples) = ProjectionStart.SumsOf(data);
        var (scale, effort) = (
            SketchScale.Of(data, beta, (features, samples)), SketchEffort.Of(data, start.Dictionary.Columns, beta));
        Run(data, start, scale, effort, seed, team, cancellationToken);

        // With draws, because components that died must not become the same.
        StartFloor<T>.Lift(start.Dictionary, Floor, sizes: features, draws: true);
        StartFloor<T>.Lift(start.Activations!, Floor, sizes: samples);
    }

    /// <summary>The iterations alone.</summary>
    internal static void Run<T>(
        NmfData<T> data, NmfStart<T> start, SketchScale scale, SketchEffort effort, int seed, WorkTeam team,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (w, h) = (start.Dictionary, start.Activations!);
        var sketch = DataSketch<T>.Create(
            data, scale, effort.Columns, w.Columns, new CounterRandom(seed, StreamOfSketch), team, cancellationToken);
        SketchScale.Apply(w, scale.Features);
        SketchScale.Apply(h, scale.Samples);
        var problem = new SketchedLeastSquares<T>(sketch, w, h, effort, team);
        for (var i = 0; i < effort.Iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            problem.Step();
        }

        SketchScale.Apply(w, scale.Features, divides: true);
        SketchScale.Apply(h, scale.Samples, divides: true);
    }
}
