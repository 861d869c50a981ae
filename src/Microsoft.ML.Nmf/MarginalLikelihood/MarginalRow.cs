using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>The rows of one cursor, one after the other: buffers that grow once, and the distribution of the
/// activations of the current row.</summary>
/// <remarks>Belongs to one cursor and its thread.</remarks>
internal sealed class MarginalRow
{
    private readonly RowPosterior _posterior;
    private readonly ColumnGuard _guard;
    private readonly DataViewRow _row;
    private readonly TransformScope _scope;
    private readonly ValueGetter<VBuffer<float>> _source;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly double[] _values;
    private readonly double[] _mean;
    private readonly double[] _deviation;
    private readonly double[] _scratch;
    private VBuffer<float> _input;
    private double _logLikelihood;
    private long _solved = -1;

    public MarginalRow(RowPosterior posterior, ColumnGuard guard, DataViewRow row, TransformScope scope)
    {
        (_posterior, _guard, _row, _scope) = (posterior, guard, row, scope);
        (_source, _id) = (guard.GetterOf(row), row.GetIdGetter());
        (_values, _scratch) = (new double[guard.Features], new double[posterior.ScratchLength]);
        (_mean, _deviation) = (new double[posterior.Rank], new double[posterior.Rank]);
    }

    public void GetMean(ref VBuffer<float> destination)
    {
        Solve();
        Copy(_mean, ref destination);
    }

    public void GetDeviation(ref VBuffer<float> destination)
    {
        Solve();
        Copy(_deviation, ref destination);
    }

    public void GetLogLikelihood(ref float destination)
    {
        Solve();
        destination = (float)_logLikelihood;
    }

    private static void Copy(double[] values, ref VBuffer<float> destination)
    {
        var editor = VBufferEditor.Create(ref destination, values.Length);
        TensorPrimitives.ConvertTruncating<double, float>(values, editor.Values);
        destination = editor.Commit();
    }

    private void Solve()
    {
        if (_solved == _row.Position)
            return;
        try
        {
            SolveRow();
        }
        catch (Exception e)
        {
            _scope.Fail(e);
            throw;
        }

        _solved = _row.Position;
        _scope.Row();
    }

    private void SolveRow()
    {
        _source(ref _input);
        _guard.RequireValid(ref _input, _row, _id);
        var stored = _input.GetValues();
        var values = _values.AsSpan(0, stored.Length);
        TensorPrimitives.ConvertTruncating(stored, values);
        _logLikelihood = _posterior.Solve(
            _input.IsDense ? [] : _input.GetIndices(), values, _mean, _deviation, _scratch);
    }
}
