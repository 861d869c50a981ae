using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Smooth Itakura-Saito NMF of sequences, such as the frames of power spectrograms: activations change slowly from
/// sample to sample (Févotte 2011). With known components and a smoothness of 0 it is plain semi-supervised IS-NMF.
/// </summary>
public static class SmoothNmf
{
    /// <summary>Fits a dictionary and activations.</summary>
    /// <remarks>An iteration costs 12 F N K operations, as plain IS-NMF does, and O(N K) for the coupling. Beside the
    /// factors, memory is two matrices of the size of H.</remarks>
    /// <param name="data">samples x features, dense; the samples of a sequence in the order of time. A missing sample
    /// is interpolated by its neighbours.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="start">Factors to start from (copied), or null for random ones. Activations that are null are
    /// taken to be flat.</param>
    /// <param name="checkpoint">Where to save the state at intervals and to find that of an
    /// interrupted fit, or null.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range, or shapes do not match.</exception>
    /// <exception cref="NmfDataException">A value is zero, or the data are sparse.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static SmoothNmfModel<T> Fit<T>(
        NmfData<T> data,
        SmoothNmfOptions options,
        SequenceLayout? sequences = null,
        NmfStart<T>? start = null,
        NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return SequenceFit.Run<T, SmoothSolver<T>, NmfStart<T>, SmoothNmfModel<T>>(
            data, options, sequences, start, null,
            (inUnit, unit, layout, team) => new Plan<T>(
                inUnit, (SmoothNmfOptions)options.InUnit(unit), layout, start is null ? null : unit.Apply(start), team),
            (inUnit, unit, factors, report, team) => SmoothNmfModel<T>.Create(
                options, inUnit, unit, factors, report, team),
            checkpoint, progress, cancellationToken);
    }

    /// <summary>Activations of new sequences for a fixed dictionary, found together for all samples
    /// of a sequence.</summary>
    /// <remarks>The problem is not convex: on the training data the result is close to the activations of the fit, not
    /// the same. An iteration costs 6 F N K operations.</remarks>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="data">samples x features, dense.</param>
    /// <param name="options">Smoothness, direction, tolerance and limit of inference.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank.</returns>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    /// <exception cref="NmfDataException">A value is zero, or the data are sparse.</exception>
    internal static Matrix<T> Infer<T>(
        Matrix<T> dictionary, NmfData<T> data, SmoothNmfOptions options, SequenceLayout? sequences = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { Rank = dictionary.Columns, Known = null };

        return SequenceFit.Infer(
            dictionary, data, options, sequences, (inUnit, _, start, layout, team) => new SmoothSolver<T>(
                inUnit, options, layout, start, team, dictionary.Columns),
            cancellationToken);
    }

    private sealed class Plan<T>(
        NmfData<T> data, SmoothNmfOptions options, SequenceLayout sequences, NmfStart<T>? start, WorkTeam team)
        : SequencePlan<T, SmoothSolver<T>, NmfStart<T>>(options, 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override SmoothSolver<T> Create(int number)
            => Solver(SequenceFit.CreateStart(data, options, start, number, team));

        public override SmoothSolver<T> CreateEmpty(int stage) => Solver(SequenceFit.AnyStart(data, options.Rank));

        public override NmfStart<T> Result(SmoothSolver<T> model) => model.Factors;

        private SmoothSolver<T> Solver(NmfStart<T> from)
            => new(data, options, sequences, from, team, options.KnownCount);
    }
}
