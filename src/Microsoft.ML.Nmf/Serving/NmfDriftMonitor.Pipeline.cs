using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed partial class NmfDriftMonitor
{
    private readonly object _reading = new();
    private PipelineReader? _reader;
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
    /// <exception cref="InvalidOperationException">There is no <see cref="Transforms.NmfTransformer"/> in the pipeline,
    /// or it has no vector of text of the name of <see cref="NmfDriftOptions.WordsColumn"/>.</exception>
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
            if (!ReferenceEquals(_reader?.Model, model.Transformer))
            {
                _reader?.Dispose();
                _reader = PipelineReader<TInput>.For(
                    Name, model.Transformer, model.EngineOptions, _options.WordsColumn);
            }

            var read = ((PipelineReader<TInput>)_reader!).Read(input);
            Observe(
                _reader.Step, read.Row, [.. read.Activations.DenseValues()],
                _options.WordsColumn is null ? null : read.Words.Length);
        }

        return true;
    }
}
