using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a model of sequences to the rows of a vector column, such as power spectra of frames: smooth IS-NMF
/// (<see cref="SmoothOptions"/>) or the nonnegative dynamical system (<see cref="DynamicalSystemOptions"/>).
/// </summary>
/// <remarks>
/// <para>Input: a vector of positive numbers of known size; which rows form a sequence is told by a column.
/// Output: a vector of K Singles.</para>
/// <para>The rows are read once, in order, with one cursor, and kept dense: 4 bytes per entry, and once more in the
/// unit of the fit. Immutable; fitting twice gives the same model, bit for bit.</para>
/// </remarks>
public sealed partial class SequenceNmfEstimator : IEstimator<SequenceNmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal SequenceNmfEstimator(IHostEnvironment environment, Options options)
    {
        _host = NmfFitOptions.Register(environment, nameof(SequenceNmfEstimator), options);
        (_options, _seed) = NmfFitOptions.Freeze(_host, options);
    }

    /// <summary>The schema after the transformation.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        RequiredColumn.Input.In(_host, inputSchema, _options.EffectiveInputColumnName);
        if (_options.SequenceColumnName is { } sequence)
            SequenceReader.Column.In(_host, inputSchema, sequence);
        return inputSchema.With(VectorShape.Create(_options.OutputColumnName, VectorShape.SlotNames));
    }

    /// <summary>Fits the model to all sequences.</summary>
    /// <param name="input">The data; read once, in order.</param>
    /// <returns>The transformer that maps the rows of whole sequences to activations.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">The known components have other features.</exception>
    /// <exception cref="NmfDataException">There are no rows, a value is not positive and finite, or the rows of a
    /// sequence are not together.</exception>
    /// <exception cref="NmfNumericalException">The objective left the range of Single.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public SequenceNmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var guard = ColumnGuard.ForInput(
            _host, input.Schema, _options.EffectiveInputColumnName, BetaDivergence.ItakuraSaito,
            negativeTolerance: _options.NegativeTolerance);
        _host.CheckUserArg(
            _options.Known is null || _options.Known.Features == guard.Features, nameof(Options.Known),
            $"The known components have {_options.Known?.Features} features, "
            + $"but column '{guard.Column}' has {guard.Features} slots. They must be the same.");
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var data = Read(input, guard, cancellation, out var sequences);
        channel.Info(
            "Read column '{0}': {1} sequences of {2} rows together, {3} features.", guard.Column, sequences.Count,
            data.Samples, data.Features);
        channel.Info(
            "Factorizing with rank {0}, at most {1} iterations, {2} start(s), seed {3}.",
            _options.Rank, _options.Iterations.MaximumIterations, _options.Starts, _seed);
        using var progress = ProgressChannel.OfFit(
            _host, channel, _options.Starts, _options.Iterations.MaximumIterations);
        var checkpoint = guard.Label(_options.Checkpoint);
        var model = cancellation.Guard(
            token => _options.Fit(data, sequences, _seed, guard.SlotNames(), checkpoint, progress, token));
        channel.Info(
            "Stopped after {0} iterations ({1}): objective {2:G6}, explained part {3:0.####}.", model.Iterations,
            model.StopReason, model.Objective, model.ExplainedPart);
        FitMessages.WarnOfEnd(channel, model.StopReason, model.Iterations, _options.Iterations.Tolerance);
        return new SequenceNmfTransformer(
            _host, model.TakingInputAs(_options), _options.OutputColumnName, _options.EffectiveInputColumnName,
            _options.SequenceColumnName);
    }

    private NmfData<float> Read(
        IDataView input, ColumnGuard guard, FitCancellation cancellation, out SequenceLayout sequences)
    {
        using var reader = new SequenceReader(
            _host, guard, input, _options.SequenceColumnName, cancellation.ThrowIfRequested);
        using var builder = guard.CreateBuilder((int)Math.Min(input.GetRowCount() ?? 0, Array.MaxLength));
        var lengths = new List<int>();
        while (reader.Read(builder) is > 0 and var length)
            lengths.Add(length);
        if (lengths.Count == 0)
            throw guard.NoRows();
        sequences = SequenceLayout.FromLengths([.. lengths]);
        return builder.ToData();
    }
}
