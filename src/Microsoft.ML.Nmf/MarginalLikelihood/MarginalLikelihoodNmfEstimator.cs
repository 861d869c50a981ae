using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a dictionary to the rows of a vector column by maximum marginal likelihood: activations are integrated out,
/// components that the data do not need vanish, and the activations of a row come with their uncertainty. Dikmen and
/// Févotte 2011, 2012.
/// </summary>
/// <remarks>
/// <para>Input: a vector of nonnegative numbers of known size, dense or sparse, of which non-zeros are visited; for
/// exponential noise positive. Output: a vector of Singles, the posterior means of the activations, as wide as the rank
/// that was found, and optionally their standard deviations and the logarithm of the likelihood of the row.</para>
/// <para>The rows are read once into memory. Immutable; fitting twice gives the same model, bit for bit.</para>
/// </remarks>
public sealed partial class MarginalLikelihoodNmfEstimator : IEstimator<MarginalLikelihoodNmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal MarginalLikelihoodNmfEstimator(IHostEnvironment environment, Options options)
    {
        _host = NmfFitOptions.Register(environment, nameof(MarginalLikelihoodNmfEstimator), options);
        (_options, _seed) = NmfFitOptions.Freeze(_host, options);
    }

    /// <summary>The schema after the transformation.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        RequiredColumn.Input.In(_host, inputSchema, _options.EffectiveInputColumnName);
        var columns = new List<SchemaShape.Column>
        {
            VectorShape.Create(_options.OutputColumnName, VectorShape.SlotNames),
        };
        if (_options.DeviationColumnName is { } deviation)
            columns.Add(VectorShape.Create(deviation, VectorShape.SlotNames));
        if (_options.LogLikelihoodColumnName is { } likelihood)
            columns.Add(new SchemaShape.Column(
                likelihood, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false));
        return inputSchema.With(columns);
    }

    /// <summary>Fits the dictionary to all rows.</summary>
    /// <param name="input">The data; read once.</param>
    /// <returns>The transformer that maps rows to the distributions of their activations.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or has another type.</exception>
    /// <exception cref="NmfDataException">There are no rows, all values are zero, or a value is negative, NaN (unless
    /// it means missing), infinite, or zero under exponential noise; the message names column, row, slot and
    /// value.</exception>
    /// <exception cref="NmfNumericalException">The objective left the range of Single.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public MarginalLikelihoodNmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var guard = ColumnGuard.ForInput(
            _host, input.Schema, _options.EffectiveInputColumnName, _options.Beta, _options.MissingValues,
            negativeTolerance: _options.NegativeTolerance);
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var data = RowReader.Read(channel, input, guard, cancellation, _options.Threads, null);
        channel.Info(
            "Maximum marginal likelihood of {0} x {1}, {2} noise, from rank {3}, at most {4} iterations, {5} start(s), "
            + "seed {6}.", data.Samples, data.Features, _options.Noise, _options.Rank,
            _options.Iterations.MaximumIterations, _options.Starts, _seed);
        using var progress = ProgressChannel.OfFit(
            _host, channel, _options.Starts, _options.Iterations.MaximumIterations);
        var checkpoint = guard.Label(_options.Checkpoint);
        var model = cancellation.Guard(token => MarginalLikelihood.Fit(
            data, _options.ToCore(_seed), checkpoint, progress, token));
        var report = model.Report!;
        channel.Info(
            "Stopped after {0} iterations ({1}): log likelihood at least {2:G6}; {3} of {4} components are left, shape "
            + "{5:G4}.", report.Iterations, report.StopReason, -report.Objective, model.Rank, _options.Rank,
            model.Shape);
        FitMessages.WarnOfEnd(channel, report.StopReason, report.Iterations, _options.Iterations.Tolerance);
        var parameters = NmfModelParameters.FromMarginal(model, data, guard.SlotNames(), _options.MissingValues);
        return new MarginalLikelihoodNmfTransformer(_host, parameters.TakingInputAs(_options), _options);
    }
}
