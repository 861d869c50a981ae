using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

public sealed partial class NmfDriftMonitor
{
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
    /// <exception cref="InvalidOperationException">There is no <see cref="NmfTransformer"/> in the pipeline, or it has
    /// no vector of text of the name of <see cref="NmfDriftOptions.WordsColumn"/>.</exception>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public bool Observe<TInput, TOutput>(NmfPredictorLease<TInput, TOutput> model, TInput input)
        where TInput : class
        where TOutput : class, new()
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(input);
        if ((Interlocked.Increment(ref _calls) - 1) % _options.Every != 0)
            return false;
        var step = StepsOf(model.Transformer).OfType<NmfTransformer>().LastOrDefault()
            ?? throw new InvalidOperationException(
                $"The model '{Name}' has no nonnegative matrix factorisation whose drift could be observed.");
        var view = model.Transformer.Transform(model.ViewOf(input));
        var (counts, activations) = (view.Schema[step.InputColumnName], view.Schema[step.OutputColumnName]);
        var words = WordsOf(view.Schema);
        DataViewSchema.Column[] needed = words is { } column ? [counts, activations, column] : [counts, activations];
        using var cursor = view.GetRowCursor(needed);
        if (!cursor.MoveNext())
            return false;
        VBuffer<float> row = default, found = default;
        cursor.GetGetter<VBuffer<float>>(counts)(ref row);
        cursor.GetGetter<VBuffer<float>>(activations)(ref found);
        int? count = null;
        if (words is { } tokens)
        {
            VBuffer<ReadOnlyMemory<char>> text = default;
            cursor.GetGetter<VBuffer<ReadOnlyMemory<char>>>(tokens)(ref text);
            count = text.Length;
        }

        Observe(step.Model, row, [.. found.DenseValues()], count);
        return true;
    }

    // Chains may stand within chains.
    private static IEnumerable<ITransformer> StepsOf(ITransformer model)
        => model is IEnumerable<ITransformer> chain ? chain.SelectMany(StepsOf) : [model];

    private DataViewSchema.Column? WordsOf(DataViewSchema schema)
    {
        if (_options.WordsColumn is not { } name)
            return null;
        return schema.GetColumnOrNull(name) is { Type: VectorDataViewType { ItemType: TextDataViewType } } column
            ? column
            : throw new InvalidOperationException(
                $"The pipeline of the model '{Name}' has no column '{name}' that is a vector of text.");
    }
}
