using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class NmfDriftMonitor
{
    private readonly object _reading = new();
    private PipelineReader? _reader;
    private ITransformer? _seen;       // the pipeline that is read, or cannot be
    private volatile string? _fault;   // why it cannot
    private long _calls;
    private bool _disposed;

    /// <summary>
    /// Takes one row of a predictor into account, or one of many (<see cref="NmfDriftOptions.Every"/>): runs its
    /// pipeline for what goes into the factorisation and what comes out. To be called beside each prediction.
    /// </summary>
    /// <typeparam name="TInput">Input class of the predictor.</typeparam>
    /// <typeparam name="TOutput">Output class of the predictor.</typeparam>
    /// <param name="model">The model that made the prediction.</param>
    /// <param name="input">The row.</param>
    /// <returns>Whether this row was observed.</returns>
    /// <remarks>A pipeline that cannot be observed, for it has no <see cref="Transforms.NmfTransformer"/> or no vector
    /// of text of the name of <see cref="NmfDriftOptions.WordsColumn"/>, does not fail the caller's request, nor does a
    /// row that cannot be read: the status, and with it the health check, says so until a row can
    /// (<see cref="NmfDriftStatus.Fault"/>).</remarks>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public bool Observe<TInput, TOutput>(NmfPredictorLease<TInput, TOutput> model, TInput input)
        where TInput : class
        where TOutput : class, new()
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        if ((Interlocked.Increment(ref _calls) - 1) % _options.Every != 0)
            return false;
        var options = model.EngineOptions;
        lock (_reading)
        {
            if (_disposed)
                return false;
            if (!ReferenceEquals(_seen, model.Transformer))
                Attach<TInput>(model.Transformer, options);
            if (_reader is not PipelineReader<TInput> reader)
                return false;
            try
            {
                var read = reader.Read(input);
                Observe(
                    reader.Step, read.Row, [.. read.Activations.DenseValues()],
                    _options.WordsColumn is null ? null : read.Words.Length);
                _fault = null;
                return true;
            }
            catch (Exception e)
            {
                _fault = $"A row of the model '{Name}' cannot be observed: {e.GetBaseException().Message}";
                return false;
            }
        }
    }

    private void Attach<TInput>(ITransformer model, PredictionEngineOptions options)
        where TInput : class
    {
        _reader?.Dispose();
        _reader = null;
        _seen = model;
        try
        {
            _reader = PipelineReader<TInput>.For(Name, model, options, _options.WordsColumn);
            _fault = null;
        }
        catch (Exception e)
        {
            _fault = e is InvalidOperationException ? e.Message
                : $"The pipeline of the model '{Name}' cannot be observed: {e.GetBaseException().Message}";
        }
    }
}
