using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The nonnegative dynamical system: IS-NMF whose activations follow <c>h_n = A h_{n-1} ∘ Gamma(α)</c>, v_n =
/// W h_n ∘ Exponential. Févotte, Le Roux and Hershey, "Non-negative dynamical system with application to
/// speech and audio", 2013.
/// </summary>
/// <remarks>A patent application exists on transforming signals with this model (WO 2014/065342): take advice on its
/// status before you use it commercially.</remarks>
public static class DynamicalSystem
{
    /// <summary>Fits a dictionary, transitions and activations.</summary>
    /// <remarks>An iteration costs 12 F N K + 12 N K² operations. Beside the factors, memory is seven matrices of
    /// the size of H.</remarks>
    /// <param name="data">samples x features, dense; the samples of a sequence in the order of time.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence. No
    /// transition crosses an end.</param>
    /// <param name="start">Where to start (copied), or null for random factors. Activations that are null are
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
    public static DynamicalSystemModel<T> Fit<T>(
        NmfData<T> data,
        DynamicalSystemOptions options,
        SequenceLayout? sequences = null,
        DynamicalSystemStart<T>? start = null,
        NmfCheckpoint? checkpoint = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return SequenceFit.Run<T, DynamicalSystemSolver<T>, DynamicalSystemStart<T>, DynamicalSystemModel<T>>(
            data, options, sequences, start?.Factors, start?.Transitions,
            (inUnit, unit, layout, team) => new Plan<T>(
                inUnit, (DynamicalSystemOptions)options.InUnit(unit), layout, start?.InUnit(unit), team,
                options.ConstantOf(unit, data.Samples)),
            (inUnit, unit, fitted, report, team) => DynamicalSystemModel<T>.Create(
                options, inUnit, unit, fitted, report, team),
            checkpoint, progress, cancellationToken);
    }

    /// <summary>Activations of new sequences for a fixed dictionary and fixed transitions, found together for all
    /// samples of a sequence.</summary>
    /// <remarks>The problem is not convex: on the training data the result is close to the activations of the fit, not
    /// the same. An iteration costs 6 F N K + 8 N K² operations.</remarks>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="transitions">A, rank x rank.</param>
    /// <param name="data">samples x features, dense.</param>
    /// <param name="options">Shapes, form, floor, tolerance and limit of inference.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank.</returns>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    /// <exception cref="NmfDataException">A value is zero, or the data are sparse.</exception>
    internal static Matrix<T> Infer<T>(
        Matrix<T> dictionary,
        Matrix<T> transitions,
        NmfData<T> data,
        DynamicalSystemOptions options,
        SequenceLayout? sequences = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { Rank = dictionary.Columns, Known = null };

        return SequenceFit.Infer(
            dictionary, data, options, sequences,
            (inUnit, unit, start, layout, team) => new DynamicalSystemSolver<T>(
                inUnit, (DynamicalSystemOptions)options.InUnit(unit), layout,
                new DynamicalSystemStart<T>(start.Dictionary, transitions, start.Activations), team,
                dictionary.Columns), cancellationToken);
    }

    /// <summary>Expected activations after the last: <c>A h, A² h, …</c>.</summary>
    /// <remarks>O(K²) for each.</remarks>
    /// <param name="transitions">A, rank x rank.</param>
    /// <param name="last">K activations.</param>
    /// <param name="samples">How many to predict, at least 0.</param>
    /// <returns>samples x rank.</returns>
    /// <exception cref="ArgumentException">The activations are not K, or the number is negative.</exception>
    internal static Matrix<T> Forecast<T>(Matrix<T> transitions, ReadOnlySpan<T> last, int samples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(transitions);
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        if (last.Length != transitions.Rows)
            throw new ArgumentException($"Expected {transitions.Rows} activations, got {last.Length}.", nameof(last));
        var forecast = new Matrix<T>(samples, transitions.Rows);
        for (var n = 0; n < samples; n++)
        {
            var before = n == 0 ? last : forecast.Row(n - 1);
            for (var i = 0; i < transitions.Rows; i++)
                forecast.Row(n)[i] = TensorPrimitives.Dot(transitions.Row(i), before);
        }

        return forecast;
    }

    private sealed class Plan<T>(
        NmfData<T> data, DynamicalSystemOptions options, SequenceLayout sequences, DynamicalSystemStart<T>? start,
        WorkTeam team, double constant)
        : SequencePlan<T, DynamicalSystemSolver<T>, DynamicalSystemStart<T>>(options, constant)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public override DynamicalSystemSolver<T> Create(int number) => Solver(Start(number));

        public override DynamicalSystemSolver<T> CreateEmpty(int stage)
        {
            var any = SequenceFit.AnyStart(data, options.Rank);
            return Solver(new DynamicalSystemStart<T>(
                any.Dictionary, new Matrix<T>(options.Rank, options.Rank), any.Activations));
        }

        public override DynamicalSystemStart<T> Result(DynamicalSystemSolver<T> model) => model.Start;

        private DynamicalSystemSolver<T> Solver(DynamicalSystemStart<T> from)
            => new(data, options, sequences, from, team, options.KnownCount);

        private DynamicalSystemStart<T> Start(int number)
        {
            var isGiven = start is not null && number == 0;
            var factors = SequenceFit.CreateStart(data, options, isGiven ? start!.Factors : null, number, team);
            var transitions = isGiven ? start!.Transitions.Clone() : new Matrix<T>(options.Rank, options.Rank);
            if (!isGiven)
                DynamicalSystemStart<T>.Mix(transitions, options.KnownCount, options.Seed, number);
            for (var i = 0; i < options.KnownCount; i++)
                options.Known!.PutTransitions(i, transitions.Row(i));
            return new DynamicalSystemStart<T>(factors.Dictionary, transitions, factors.Activations);
        }
    }
}
