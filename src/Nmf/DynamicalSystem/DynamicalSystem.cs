using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The nonnegative dynamical system: IS-NMF whose activations follow <c>h_n = A h_{n-1} ∘ Gamma(α)</c>, v_n = W h_n ∘ Exponential. Févotte, Le Roux and Hershey, "Non-negative dynamical
/// system with application to speech and audio", 2013.
/// </summary>
/// <remarks>A patent application exists on transforming signals with this model (WO 2014/065342): take advice on its status before you use it commercially.</remarks>
public static class DynamicalSystem
{
    /// <summary>Fits a dictionary, transitions and activations.</summary>
    /// <remarks>An iteration costs 12 F N K + 12 N K² operations. Beside the factors, memory is seven matrices of the size of H.</remarks>
    /// <param name="data">samples x features, dense; the samples of a sequence in the order of time.</param>
    /// <param name="options">What to fit and how.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence. No transition crosses an end.</param>
    /// <param name="start">Where to start (copied), or null for random factors. Activations that are null are taken to be flat.</param>
    /// <param name="progress">Told the objective at every check, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range, or shapes do not match.</exception>
    /// <exception cref="NmfDataException">A value is zero, or the data are sparse.</exception>
    /// <exception cref="NmfNumericalException">The objective is not finite.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static DynamicalSystemModel<T> Fit<T>(
        NmfData<T> data,
        DynamicalSystemOptions options,
        SequenceLayout? sequences = null,
        DynamicalSystemStart<T>? start = null,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        SequenceFit.RequireValid(data);
        SequenceFit.RequireStart(options.FixedComponents, start);
        var layout = SequenceLayout.For(sequences, data.Samples);
        start?.Factors.RequireShape(data.Samples, data.Features, options.Rank);
        var loop = options.ToLoopOptions();
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var (fitted, report) = SequenceFit.Best<T, DynamicalSystemStart<T>>(
            loop,
            number => CreateStart(data, options, start, number, team),
            from => new DynamicalSystemSolver<T>(data, options, layout, from, team),
            progress,
            cancellationToken);
        return DynamicalSystemModel<T>.Create(options, data, fitted, report, team);
    }

    /// <summary>Activations of new sequences for a fixed dictionary and fixed transitions, found together for all samples of a sequence.</summary>
    /// <remarks>The problem is not convex: on the training data the result is close to the activations of the fit, not the same. An iteration costs 6 F N K + 8 N K² operations.</remarks>
    /// <param name="dictionary">W, features x rank.</param>
    /// <param name="transitions">A, rank x rank.</param>
    /// <param name="data">samples x features, dense.</param>
    /// <param name="options">Shapes, form, floor, tolerance and limit of inference.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">Shapes do not match.</exception>
    /// <exception cref="NmfDataException">A value is zero, or the data are sparse.</exception>
    public static Matrix<T> Infer<T>(
        Matrix<T> dictionary,
        Matrix<T> transitions,
        NmfData<T> data,
        DynamicalSystemOptions options,
        SequenceLayout? sequences = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(dictionary);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options = options with { Rank = dictionary.Columns, FixedComponents = [.. Enumerable.Repeat(true, dictionary.Columns)] };
        options.Validate();
        if (data.Features != dictionary.Rows)
            throw new ArgumentException($"The data have {data.Features} features, but the dictionary has {dictionary.Rows}.", nameof(data));
        SequenceFit.RequireValid(data);
        var layout = SequenceLayout.For(sequences, data.Samples);
        var activations = SequenceFit.FlatActivations(dictionary, data);
        try
        {
            // The start owns none of the three: two are the caller's, the activations are the result.
            var start = new DynamicalSystemStart<T>(dictionary, transitions, activations);
            using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
            using var solver = new DynamicalSystemSolver<T>(data, options, layout, start, team);
            var loop = options.ToLoopOptions() with { MaximumIterations = options.MaximumInferenceIterations, Tolerance = options.InferenceTolerance };
            FitLoop.Run(solver, loop, null, cancellationToken);
            return activations;
        }
        catch
        {
            activations.Dispose();
            throw;
        }
    }

    private static DynamicalSystemStart<T> CreateStart<T>(NmfData<T> data, DynamicalSystemOptions options, DynamicalSystemStart<T>? given, int number, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var loop = options.ToLoopOptions();
        if (given is null)
            return DynamicalSystemStart<T>.Random(data, loop, number, team);
        var factors = SmoothNmf.CreateStart(data, loop, options.FixedComponents, given.Factors, number, team);
        if (number == 0 || options.HasFixedComponents)
            return new DynamicalSystemStart<T>(factors.Dictionary, given.Transitions.Clone(), factors.Activations);
        factors.Dispose();
        return DynamicalSystemStart<T>.Random(data, loop, number, team);
    }
}
