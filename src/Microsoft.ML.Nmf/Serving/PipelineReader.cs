using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Reads from a served pipeline what goes into its factorisation and what comes out.</summary>
/// <param name="Model">The pipeline.</param>
/// <param name="Step">The factorisation.</param>
internal abstract record PipelineReader(ITransformer Model, NmfModelParameters Step) : IDisposable
{
    /// <summary>Ends reading; the pipeline belongs to the predictor.</summary>
    public abstract void Dispose();

    // Chains may stand within chains.
    private protected static IEnumerable<ITransformer> StepsOf(ITransformer model)
        => model is IEnumerable<ITransformer> chain ? chain.SelectMany(StepsOf) : [model];
}

/// <summary>The columns that are read.</summary>
internal sealed class ObservedRow
{
    public VBuffer<float> Row { get; set; }

    public VBuffer<float> Activations { get; set; }

    public VBuffer<ReadOnlyMemory<char>> Words { get; set; }
}

/// <summary>The reader for one class of rows.</summary>
internal sealed record PipelineReader<TInput> : PipelineReader
    where TInput : class
{
    private const string CopyOfRow = "Row of the factorisation";

    private readonly PredictionEngine<TInput, ObservedRow> _engine;
    private ObservedRow _row = new();

    private PipelineReader(
        ITransformer model, NmfModelParameters step, PredictionEngine<TInput, ObservedRow> engine)
        : base(model, step) => _engine = engine;

    /// <summary>Makes a reader.</summary>
    /// <param name="name">Name of the model, for messages.</param>
    /// <param name="model">The pipeline.</param>
    /// <param name="input">How its prediction engines read rows.</param>
    /// <param name="words">The column with the words, or null.</param>
    /// <exception cref="InvalidOperationException">There is no factorisation, or no such column.</exception>
    public static PipelineReader<TInput> For(
        string name, ITransformer model, PredictionEngineOptions input, string? words)
    {
        ITransformer[] steps = [.. StepsOf(model)];
        var at = Array.FindLastIndex(steps, step => step is NmfTransformer);
        if (at < 0)
            throw new InvalidOperationException(
                $"The model '{name}' has no nonnegative matrix factorisation whose drift could be observed.");
        var (step, context) = ((NmfTransformer)steps[at], new MLContext());
        var empty = context.Data.LoadFromEnumerable(Array.Empty<TInput>(), input.InputSchemaDefinition);

        // Up to the factorisation and no further: later steps may write over its columns, or drop them. It may itself
        // write over its input, which gets another name before.
        var before = new TransformerChain<ITransformer>(steps[..at]);
        var copy = context.Transforms.CopyColumns(CopyOfRow, step.InputColumnName).Fit(before.Transform(empty));
        var observed = new TransformerChain<ITransformer>([.. steps[..at], copy, step]);
        var schema = observed.GetOutputSchema(empty.Schema);
        if (words is not null
            && schema.GetColumnOrNull(words) is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
        {
            throw new InvalidOperationException(
                $"The pipeline of the model '{name}' has no column '{words}' that is a vector of text.");
        }

        // Found by the names of the columns, so all of them before one is renamed.
        var output = SchemaDefinition.Create(typeof(ObservedRow));
        var (row, activations, tokens) = (
            output[nameof(ObservedRow.Row)], output[nameof(ObservedRow.Activations)],
            output[nameof(ObservedRow.Words)]);
        (row.ColumnName, activations.ColumnName) = (CopyOfRow, step.OutputColumnName);
        if (words is null)
            output.Remove(tokens);
        else
            tokens.ColumnName = words;
        return new PipelineReader<TInput>(
            model, step.Model, context.Model.CreatePredictionEngine<TInput, ObservedRow>(
                observed, new PredictionEngineOptions
                {
                    OwnsTransformer = false,
                    IgnoreMissingColumns = false,
                    InputSchemaDefinition = input.InputSchemaDefinition,
                    OutputSchemaDefinition = output,
                }));
    }

    /// <summary>Reads one row, valid until the next.</summary>
    public ObservedRow Read(TInput input)
    {
        _engine.Predict(input, ref _row);
        return _row;
    }

    public override void Dispose() => _engine.Dispose();
}
