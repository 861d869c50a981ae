using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>The rows of one cursor: buffers that grow once, and the solution of the current row.</summary>
/// <remarks>Belongs to one cursor and its thread.</remarks>
internal sealed class CoRowActivations
{
    private readonly CoNmfParameters _model;
    private readonly CoRowSolver<float> _solver;
    private readonly ColumnGuard?[] _guards;
    private readonly DataViewRow _row;
    private readonly TransformScope _scope;
    private readonly ValueGetter<VBuffer<float>>?[] _sources;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly float[] _activations;
    private readonly float[] _mean;
    private readonly float[][] _dense;
    private VBuffer<float> _input;
    private long _solved = -1;

    public CoRowActivations(
        CoNmfParameters model, CoRowProblem<float> problem, ColumnGuard?[] guards, DataViewRow row,
        TransformScope scope)
    {
        (_model, _guards, _row, _scope) = (model, guards, row, scope);
        _solver = new CoRowSolver<float>(problem);
        _sources = Array.ConvertAll(guards, guard => guard?.GetterOf(row));
        _id = row.GetIdGetter();
        (_activations, _mean) = (new float[model.Rank * model.Views.Length], new float[model.Rank]);
        _dense = Array.ConvertAll(model.Views, view => new float[view.FeatureCount]);
    }

    /// <summary>What an output column is read with.</summary>
    public ValueGetter<VBuffer<float>> Getter(CoNmfOutput output)
        => output.IsReconstruction ? (ref VBuffer<float> destination) => GetReconstruction(output.View, ref destination)
            : (ref VBuffer<float> destination) => GetActivations(output.View, ref destination);

    private void GetActivations(int view, ref VBuffer<float> destination)
    {
        Solve();
        var rank = _model.Rank;
        var editor = VBufferEditor.Create(ref destination, rank);
        (view < 0 ? _mean : _activations.AsSpan(view * rank, rank)).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    private void GetReconstruction(int view, ref VBuffer<float> destination)
    {
        Solve();
        var w = _model.Views[view].Dictionary;
        var h = _activations.AsSpan(view * _model.Rank, _model.Rank);
        var editor = VBufferEditor.Create(ref destination, w.Rows);
        for (var f = 0; f < w.Rows; f++)
            editor.Values[f] = System.Numerics.Tensors.TensorPrimitives.Dot<float>(w.Row(f), h);
        destination = editor.Commit();
    }

    private void Solve()
    {
        if (_row.Position >= 0 && _solved == _row.Position)
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
        for (var v = 0; v < _sources.Length; v++)
        {
            if (_sources[v] is { } source)
                source(ref _input);
            if (_sources[v] is null || CoRowReader.IsMissing(_input))
            {
                _solver[v].SetMissing();
                continue;
            }

            _guards[v]!.RequireValid(ref _input, _row, _id);
            _input.CopyTo(_dense[v]);
            _solver[v].Set(_dense[v]);
        }

        _solver.Solve(_activations);
        _mean.AsSpan().Clear();
        for (var v = 0; v < _sources.Length; v++)
        {
            for (var k = 0; k < _mean.Length; k++)
                _mean[k] += _activations[(v * _mean.Length) + k] / _sources.Length;
        }
    }
}
