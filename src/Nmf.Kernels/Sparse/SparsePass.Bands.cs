namespace Nmf.Kernels;

// KL steps of the dictionary, whose basis are the activations of all samples, band by band of the samples.
internal sealed unsafe partial class SparsePass<T>
{
    private readonly ColumnBands<T> _featureBands = new();
    private ColumnBands<T>? _bands;
    private int _band;

    // What an update needs of all rows from the first band to the last.
    private Matrix<T>? _negativeRows;
    private Matrix<T>? _startRows;

    private ColumnBands<T>? BandsOf(Task task, RowBlocks blocks)
    {
        if (Beta != 1 || blocks != _featureBlocks || task is not (Task.Gradient or Task.Update))
            return null;
        _featureBands.Cut(_transposed, _gram.Stride);
        if (_featureBands.Count == 1)
            return null;
        if (task == Task.Update)
        {
            if (_negativeRows is null || _negativeRows.Rows < Features)
                _negativeRows = new Matrix<T>(Features, Rank);
            if (_update.HasMomentum && (_startRows is null || _startRows.Rows < Features))
                _startRows = new Matrix<T>(Features, Rank);
        }

        return _featureBands;
    }

    private SparseSide<T> InBand(in SparseSide<T> side) => side with
    {
        Starts = _bands!.Starts(_band), Ends = _bands.Starts(_band + 1), IsBand = true, Continues = _band > 0,
    };

    private void UpdateBand(int from, int to, T* scratch)
    {
        var stride = _gram.Stride;
        T* factor = _side.Given.Data, start = _update.HasMomentum ? _startRows!.Data : factor,
            negative = _negativeRows!.Data;
        if (_band == 0 && start != factor)
        {
            for (var i = from; i < to; i++)
                _update.Start(i, factor + (i * stride), start + (i * stride), Rank);
        }

        _kernel.KullbackLeibler(
            InBand(new SparseSide<T>(_side.Data, start, _side.Basis)), from, to, negative, withObjective: false);
        if (_band < _bands!.Count - 1)
            return;
        _sums.Row(0).CopyTo(new Span<T>(scratch, Rank));
        for (var i = from; i < to; i++)
        {
            var row = i * stride;
            _update.Finish(i, factor + row, start + row, negative + row, scratch, Rank);
        }
    }
}
