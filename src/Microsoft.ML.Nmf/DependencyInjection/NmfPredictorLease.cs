namespace Microsoft.ML;

/// <summary>
/// Holds on to one version of a model, so that several predictions, and what is read from the transformer beside them,
/// come from the same model while the file is being replaced. Dispose it soon: until then the old model stays in
/// memory. Thread-safe, but for <see cref="Dispose"/>.
/// </summary>
/// <typeparam name="TInput">The input class.</typeparam>
/// <typeparam name="TOutput">The output class.</typeparam>
public sealed class NmfPredictorLease<TInput, TOutput> : IDisposable
    where TInput : class
    where TOutput : class, new()
{
    private readonly ServedModel<TInput, TOutput> _model;
    private int _disposed;

    internal NmfPredictorLease(ServedModel<TInput, TOutput> model) => _model = model;

    /// <summary>The loaded pipeline; owned by the predictor, not to be disposed.</summary>
    public ITransformer Transformer => _model.Transformer;

    /// <summary>The schema of the data the model was trained on; null when it was saved without.</summary>
    public DataViewSchema? InputSchema => _model.InputSchema;

    /// <summary>The schema of what the pipeline makes of <typeparamref name="TInput"/>, with annotations such
    /// as slot names.</summary>
    public DataViewSchema OutputSchema => _model.OutputSchema;

    /// <summary>Counts the models served by the predictor: 1 for the first.</summary>
    public long Version => _model.Version;

    /// <summary>When the model was loaded.</summary>
    public DateTimeOffset LoadedAt => _model.LoadedAt;

    /// <summary>Predicts one row with this version of the model.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public TOutput Predict(TInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var output = new TOutput();
        _model.Predict(input, ref output);
        return output;
    }

    /// <summary>How the prediction engines of the model read rows.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    internal PredictionEngineOptions EngineOptions
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return _model.EngineOptions;
        }
    }

    /// <summary>Lets go of the model.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _model.Release();
    }
}
