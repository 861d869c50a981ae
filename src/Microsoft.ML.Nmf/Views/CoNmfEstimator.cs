using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a co-factorisation of several vector columns, the views of a row, such as its words and its tags or the sound
/// and the picture of a scene: each has components of its own, and activations that are the same or nearly so
/// (<see cref="CoNmf"/>; Seichepine, Essid, Févotte and Cappé 2014).
/// </summary>
/// <remarks>
/// <para>Input: vectors of numbers of known size, dense or sparse, nonnegative and finite. NaN is a missing entry. A
/// view that a row lacks is an empty vector (in a class, null) or NaN in all slots; rows that lack every view have no
/// part in the fit.</para>
/// <para>Output: a vector of K Singles, the activations on average over the views, and for each view, where named, its
/// activations and its approximation, which is a prediction in rows that lack the view.</para>
/// <para>The data are read once, into memory. An estimator is immutable, and fitting twice gives the same model, bit
/// for bit. Cancellation by the <see cref="MLContext"/> or by <see cref="Options.CancellationToken"/>, within an
/// iteration.</para>
/// </remarks>
public sealed partial class CoNmfEstimator : IEstimator<CoNmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal CoNmfEstimator(IHostEnvironment environment, Options options)
    {
        Contracts.CheckValue(environment, nameof(environment));
        _host = environment.Register(nameof(CoNmfEstimator));
        _host.CheckValue(options, nameof(options));
        _options = options.Freeze(_host);
    }

    /// <summary>The schema after the transformation.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no known-size vector of
    /// numbers.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var columns = new List<SchemaShape.Column>
        {
            VectorShape.Create(_options.OutputColumnName, VectorShape.SlotNames),
        };
        foreach (var view in _options.Views)
        {
            var input = RequiredColumn.Input.In(_host, inputSchema, view.InputColumnName);
            SchemaShape.Column[] likeInput = input.HasSlotNames() ? [VectorShape.SlotNames] : [];
            if (view.ActivationColumnName is { } activations)
                columns.Add(VectorShape.Create(activations, VectorShape.SlotNames));
            if (view.ReconstructionColumnName is { } reconstruction)
                columns.Add(VectorShape.Create(reconstruction, likeInput));
        }

        return inputSchema.With(columns);
    }

    /// <summary>Fits dictionaries to all rows.</summary>
    /// <param name="input">The data; read once.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or is no known-size vector of
    /// numbers.</exception>
    /// <exception cref="NmfDataException">There are no rows, a view is zero or missing in all of them, or a value is
    /// negative, infinite, or zero where β ≤ 0; the message names column, row, slot and value.</exception>
    /// <exception cref="NmfNumericalException">The objective left the range of Single.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public CoNmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        ColumnGuard[] guards = [.. _options.Views.Select(view => CoRowReader.Guard(
            _host, input.Schema, view.InputColumnName, view.Beta))];
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var data = CoRowReader.Read(channel, input, guards, cancellation);
        using var progress = ProgressChannel.OfFit(
            _host, channel, _options.Starts, _options.Iterations.MaximumIterations);
        var model = cancellation.Guard(token => CoNmf.Fit(
            data, _options.ToCore(), Label(guards), progress, token));
        var report = model.Report!;
        channel.Info(
            "Fitted {0} views of {1} rows with rank {2}: {3} iterations ({4}), objective {5:G6}, of the views "
            + "{6} explained.", data.Length, data[0].Samples, _options.Rank, report.Iterations,
            report.StopReason, report.Objective,
            string.Join(", ", model.ExplainedParts.Select(part => $"{part:P1}")));
        FitMessages.WarnOfEnd(
            channel, report.StopReason, report.Iterations, _options.Iterations.Tolerance);
        return new CoNmfTransformer(_host, new CoNmfParameters(
            _options.Coupling, _options.Inference, _options.NameMismatch,
            [.. _options.Views.Select((view, v) => new CoNmfViewParameters(
                view.InputColumnName, view.Beta, model.Weights[v], model.Dictionaries[v], guards[v].SlotNames(),
                model.ExplainedParts[v]))]), CoNmfOutput.Of(_options));
    }

    private NmfCheckpoint? Label(ColumnGuard[] guards)
        => _options.Checkpoint is not { } checkpoint ? null : checkpoint with
        {
            Label = string.Join("; ", guards.Select(guard => guard.Label(checkpoint)!.Label)),
        };
}
