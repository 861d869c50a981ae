using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class NmfDriftMonitor
{
    private readonly object _reading = new();
    private PipelineReader? _reader;
    private ITransformer? _seen;       // the pipeline that is read, or cannot be
    private volatile string? _fault;   // why it cannot
    private long _calls;

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
    /// of text of the name of <see cref="NmfDriftOptions.WordsColumn"/>, does not fail the caller's request: the
    /// status, and with it the health check, says so (<see cref="NmfDriftStatus.Fault"/>).</remarks>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public bool Observe<TInput, TOutput>(NmfPredictorLease<TInput, TOutput> model, TInput input)
        where TInput : class
        where TOutput : class, new()
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        if ((Interlocked.Increment(ref _calls) - 1) % _options.Every != 0)
            return false;
        lock (_reading)
        {
            if (!ReferenceEquals(_seen, model.Transformer))
                Attach(model);
            if (_reader is not PipelineReader<TInput> reader)
                return false;
            var read = reader.Read(input);
            Observe(
                reader.Step, read.Row, [.. read.Activations.DenseValues()],
                _options.WordsColumn is null ? null : read.Words.Length);
        }

        return true;
    }

    private void Attach<TInput, TOutput>(NmfPredictorLease<TInput, TOutput> model)
        where TInput : class
        where TOutput : class, new()
    {
        _reader?.Dispose();
        _reader = null;
        var options = model.EngineOptions;
        _seen = model.Transformer;
        try
        {
            _reader = PipelineReader<TInput>.For(Name, model.Transformer, options, _options.WordsColumn);
            _fault = null;
        }
        catch (InvalidOperationException e)
        {
            _fault = e.Message;
        }
    }
}
