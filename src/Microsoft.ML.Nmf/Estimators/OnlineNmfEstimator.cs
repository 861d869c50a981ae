using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a nonnegative matrix factorisation to the rows of a vector column batch by batch, in several passes, without
/// holding them: for data that do not fit into memory, and for bringing a model up to date with new rows. Gives the
/// same <see cref="NmfTransformer"/> as <see cref="NmfEstimator"/>.
/// </summary>
/// <remarks>
/// <para>Memory: about 24 bytes per entry of the dictionary and two batches of rows, whatever their number. Sparse rows
/// are never densified. A pass enumerates the input once, with one cursor, in its own order; the next batch is read
/// while one is learnt.</para>
/// <para>Rows are learnt in the order in which the input gives them, and a batch should be a fair sample: shuffle
/// sorted data before, with <c>mlContext.Data.ShuffleRows(data, seed: 1)</c>. All passes must see the same rows in the
/// same order, so the seed of a shuffle must be given. An input that is expensive to compute is computed once for each
/// pass: cache it on disk with <c>SaveAsBinary</c>.</para>
/// <para>The averaged cost of a pass falls until it fluctuates with the batches; it is not guaranteed to fall in each,
/// because a batch is judged by the dictionary before it. When the data fit into memory, <see cref="NmfEstimator"/>
/// reaches lower objectives.</para>
/// <para>An estimator is immutable, and fitting twice gives the same model, bit for bit. Checkpoints:
/// <see cref="NmfFitOptions.Checkpoint"/>. Cancellation: by the <see cref="MLContext"/> or by
/// <see cref="NmfFitOptions.CancellationToken"/>; a checkpoint that was written stays.</para>
/// </remarks>
public sealed partial class OnlineNmfEstimator : IEstimator<NmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly NmfEstimator _inMemory;
    private readonly int _seed;

    internal OnlineNmfEstimator(IHostEnvironment environment, Options options)
    {
        _host = NmfFitOptions.Register(environment, nameof(OnlineNmfEstimator), options);
        // Columns and schema are those of the estimator in memory.
        _inMemory = new NmfEstimator(_host, new NmfEstimator.Options
        {
            OutputColumnName = options.OutputColumnName,
            InputColumnName = options.InputColumnName,
            ReconstructionColumnName = options.ReconstructionColumnName,
            NormalizeOutput = options.NormalizeOutput,
        });
        (_options, _seed) = NmfFitOptions.Freeze(_host, options);
    }

    /// <summary>The schema after the transformation; the same that <see cref="NmfTransformer"/> gives.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not a known-size
    /// vector of Single.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _inMemory.GetOutputSchema(inputSchema);

    /// <summary>Fits the dictionary to all rows.</summary>
    /// <param name="input">The data; read once for each pass and once more to evaluate the result.</param>
    /// <returns>The transformer that maps rows to activations. Its history has the averaged cost of each pass,
    /// summed over all entries; objective, explained part and contributions are those of all rows with the
    /// dictionary found.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not a known-size
    /// vector of Single.</exception>
    /// <exception cref="ArgumentException">NNDSVD was asked for a rank that a batch does not have, or the initial model
    /// does not match.</exception>
    /// <exception cref="NmfDataException">
    /// There are no rows, all values are zero, a pass has other rows than the one before, or a value is negative, NaN,
    /// infinite, or zero where β ≤ 0; the message names column, row, slot and value.
    /// </exception>
    /// <exception cref="NmfNumericalException">The cost left the range of Single.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit; the message names
    /// what differs.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public NmfTransformer Fit(IDataView input) => Fit(input, _options.InitialModel);

    /// <summary>Fits the dictionary to all rows, going on from an earlier model: updating.</summary>
    /// <param name="input">The data; read once for each pass and once more to evaluate the result.</param>
    /// <param name="initialModel">A model with the same rank and features, or null. It counts for
    /// <see cref="Options.InitialModelWeight"/> rows. Rows that it was fitted to should not be among the new ones: they
    /// would count twice.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public NmfTransformer Fit(IDataView input, NmfModelParameters? initialModel)
    {
        _host.CheckValue(input, nameof(input));
        var guard = ColumnGuard.ForInput(
            _host, input.Schema, _options.EffectiveInputColumnName, _options.Beta,
            negativeTolerance: _options.NegativeTolerance);
        _options.RequireMatch(_host, initialModel, guard);

        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var rows = new RowBatchSource(input, guard, cancellation);
        var options = _options.ToCore(_seed, initialModel);
        var messages = new OnlineFitMessages(channel, options);
        messages.BeforeFit(guard);
        using var progress = ProgressChannel.OfPasses(_host, channel, options.Passes);
        var checkpoint = guard.Label(_options.Checkpoint);
        var dictionary = initialModel?.ToDictionary();
        var model = cancellation.Guard(
            token => OnlineFactorizer.Fit(rows, options, dictionary, checkpoint, progress, token));
        messages.AfterFit(model, rows.Count);
        return new NmfTransformer(_host, NmfModelParameters.FromFit(model, rows.Count, guard.SlotNames()), _options);
    }
}
