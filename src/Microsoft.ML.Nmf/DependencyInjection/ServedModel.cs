using System.Diagnostics;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>One loaded model with its prediction engines.</summary>
internal sealed class ServedModel<TInput, TOutput>
    where TInput : class
    where TOutput : class, new()
{
    private readonly LeasedPool<PredictionEngine<TInput, TOutput>> _engines;
    private readonly string _name;

    private ServedModel(
        string name, MLContext context, ITransformer transformer, DataViewSchema? inputSchema,
        PredictionEngineOptions engineOptions, int retained)
    {
        (_name, EngineOptions) = (name, engineOptions);
        Transformer = transformer;
        InputSchema = inputSchema;
        // Made here and not at the first request: this is the trial that shows whether the model fits the two classes.
        var first = CreateEngine();
        OutputSchema = first.OutputSchema;
        _engines = new(CreateEngine, first, retained, (transformer as IDisposable) is { } owner ? owner.Dispose : null);

        PredictionEngine<TInput, TOutput> CreateEngine()
            => context.Model.CreatePredictionEngine<TInput, TOutput>(transformer, engineOptions);
    }

    public ITransformer Transformer { get; }

    public DataViewSchema? InputSchema { get; }

    public PredictionEngineOptions EngineOptions { get; }

    public DataViewSchema OutputSchema { get; }

    public required long Version { get; init; }

    public required DateTimeOffset LoadedAt { get; init; }

    public required ModelFileStamp Stamp { get; init; }

    /// <summary>Loads a model and makes one engine from it.</summary>
    /// <exception cref="NmfPredictorLoadException">The content is not a model, or the model does not fit
    /// the classes.</exception>
    public static ServedModel<TInput, TOutput> Load(
        string name, byte[] content, ModelFileStamp stamp, NmfPredictorOptions options, long version,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var context = new MLContext();
        ITransformer transformer;
        DataViewSchema? schema;
        try
        {
            options.ConfigureContext?.Invoke(context);
        }
        catch (Exception e)
        {
            throw new NmfPredictorLoadException($"the context could not be configured: {e.Message}", e);
        }
        try
        {
            ModelArchive.Verify(content, cancellationToken);
            transformer = context.Model.Load(new MemoryStream(content, writable: false), out schema);
        }
        catch (Exception e)
        {
            // ML.NET wraps what a component says when it is made.
            throw new NmfPredictorLoadException(
                $"the file is not a model that ML.NET can load: {e.GetBaseException().Message}", e);
        }

        // An engine must not own the transformer: the engines of a model share it.
        var engineOptions = new PredictionEngineOptions
        {
            OwnsTransformer = false,
            IgnoreMissingColumns = false,
            InputSchemaDefinition = InputDefinition(schema),
        };
        try
        {
            RejectOtherLengths(schema);
            Check(options, transformer);
            return new(name, context, transformer, schema, engineOptions, options.MaximumRetainedEngines)
            {
                Version = version,
                LoadedAt = now,
                Stamp = stamp,
            };
        }
        catch (Exception e)
        {
            (transformer as IDisposable)?.Dispose();
            throw e as NmfPredictorLoadException ?? Misfit(e.Message, schema, e);
        }
    }

    public bool TryAcquire() => _engines.TryAcquire();

    public void Release() => _engines.Release();

    public void Predict(TInput input, ref TOutput output)
    {
        var started = PredictorTelemetry.IsTiming ? Stopwatch.GetTimestamp() : 0;
        var engine = _engines.Rent();
        try
        {
            engine.Predict(input, ref output);
        }
        catch (Exception e)
        {
            // It may hold a row that is half computed. Errors are rare; a fresh engine is cheap beside a wrong answer.
            engine.Dispose();
            if (started != 0)
                PredictorTelemetry.Predicted(_name, started, e);
            throw;
        }
        _engines.Return(engine);
        if (started != 0)
            PredictorTelemetry.Predicted(_name, started, null);
    }

    // A class cannot say the length of a float[] that is known only from the data. The model can: its input schema has
    // it. Null, ML.NET's own reading of the class, unless there is such a vector.
    private static SchemaDefinition? InputDefinition(DataViewSchema? schema)
    {
        if (schema is null)
            return null;
        var definition = SchemaDefinition.Create(typeof(TInput));
        var sized = false;
        foreach (var column in definition)
        {
            if (column.ColumnType is VectorDataViewType { IsKnownSize: false } open
                && schema.GetColumnOrNull(column.ColumnName) is { Type: VectorDataViewType { IsKnownSize: true } known }
                && known.ItemType.Equals(open.ItemType))
            {
                column.ColumnType = known;
                sized = true;
            }
        }
        return sized ? definition : null;
    }

    private static void Check(NmfPredictorOptions options, ITransformer transformer)
    {
        try
        {
            options.CheckModel?.Invoke(transformer);
        }
        catch (Exception e)
        {
            throw new NmfPredictorLoadException($"the check of the model failed: {e.Message}", e);
        }
    }

    // Not every transformer compares lengths before the first row comes.
    private static void RejectOtherLengths(DataViewSchema? schema)
    {
        foreach (var column in SchemaDefinition.Create(typeof(TInput)))
        {
            if (column.ColumnType is VectorDataViewType { IsKnownSize: true } given
                && schema?.GetColumnOrNull(column.ColumnName)
                    is { Type: VectorDataViewType { IsKnownSize: true } known } && known.ItemType.Equals(given.ItemType)
                && known.Size != given.Size)
            {
                throw Misfit(
                    $"The column {column.ColumnName} has the length {given.Size} in the class and {known.Size} in the "
                    + "model.", schema, null);
            }
        }
    }

    private static NmfPredictorLoadException Misfit(string why, DataViewSchema? schema, Exception? cause) => new(
        $"the model does not fit the input class {typeof(TInput)} and the output class {typeof(TOutput)}: {why} " +
        $"The model was trained on the columns {Describe(schema)}.",
        cause);

    private static string Describe(DataViewSchema? schema) =>
        schema is null ? "(not recorded)" : string.Join(", ", schema.Select(c => $"{c.Name} ({c.Type})"));
}
