using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>The rows of one cursor, one after the other: buffers that grow once, and the solution of the current row.</summary>
/// <remarks>Belongs to one cursor and its thread.</remarks>
internal sealed class RowActivations
{
    private readonly NmfModelParameters _model;
    private readonly RowSolver<float> _solver;
    private readonly bool _normalize;
    private readonly ColumnGuard _guard;
    private readonly DataViewRow _row;
    private readonly bool _shared;
    private readonly ValueGetter<VBuffer<float>> _source;
    private readonly RowSolver<float>.Scratch _scratch;
    private readonly float[] _activations;
    private readonly float[] _values;
    private readonly int[] _indices;
    private VBuffer<float> _input;
    private long _solved = -1;

    /// <param name="solver">The solver of the transformer, shared by all cursors.</param>
    /// <param name="model">The dictionary.</param>
    /// <param name="normalize">Whether activations are divided by their sum.</param>
    /// <param name="guard">Check of the input column.</param>
    /// <param name="row">The row of the cursor.</param>
    /// <param name="shared">Whether two columns are read, which then share the solution of a position.</param>
    public RowActivations(RowSolver<float> solver, NmfModelParameters model, bool normalize, ColumnGuard guard, DataViewRow row, bool shared)
    {
        (_solver, _model, _normalize, _guard, _row, _shared) = (solver, model, normalize, guard, row, shared);
        _source = row.GetGetter<VBuffer<float>>(row.Schema[guard.SchemaColumn.Index]);
        _scratch = solver.CreateScratch();
        _activations = new float[model.Rank];
        _values = new float[model.FeatureCount];
        _indices = model.SparseRows ? new int[model.FeatureCount] : [];
    }

    /// <summary>The activations of the current row.</summary>
    public void GetActivations(ref VBuffer<float> destination)
    {
        Solve();
        var editor = VBufferEditor.Create(ref destination, _model.Rank);
        _activations.CopyTo(editor.Values);
        if (_normalize)
            Normalize(editor.Values);
        destination = editor.Commit();
    }

    /// <summary>W h of the current row.</summary>
    public void GetReconstruction(ref VBuffer<float> destination)
    {
        Solve();
        var editor = VBufferEditor.Create(ref destination, _model.FeatureCount);
        editor.Values.Clear();
        for (var k = 0; k < _activations.Length; k++)
        {
            if (_activations[k] > 0)
                TensorPrimitives.MultiplyAdd(_model.GetComponent(k), _activations[k], editor.Values, editor.Values);
        }

        destination = editor.Commit();
    }

    private static void Normalize(Span<float> activations)
    {
        double sum = 0;
        foreach (var value in activations)
            sum += value;
        if (sum <= 0)
            return;
        for (var k = 0; k < activations.Length; k++)
            activations[k] = (float)(activations[k] / sum);
    }

    private void Solve()
    {
        if (_shared && _solved == _row.Position)
            return;
        _source(ref _input);
        _guard.RequireValid(_input, _row.Position);
        // The form in which the row is solved is that of the fit, not that in which it happens to come: so the result does not depend on it.
        if (_model.SparseRows)
            SolveSparse();
        else
            SolveDense();
        _solved = _row.Position;
        // The solver's native memory must outlive the call even if this was the last use of the transformer.
        GC.KeepAlive(_solver);
    }

    private void SolveSparse()
    {
        var values = _input.GetValues();
        var indices = _input.GetIndices();
        var count = 0;
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] == 0)
                continue;
            _values[count] = values[j];
            _indices[count++] = _input.IsDense ? j : indices[j];
        }

        _solver.Solve(_indices.AsSpan(0, count), _values.AsSpan(0, count), _activations, _scratch);
    }

    private void SolveDense()
    {
        if (_input.IsDense)
        {
            _solver.Solve(_input.GetValues(), _activations, _scratch);
            return;
        }

        _input.CopyTo(_values);
        _solver.Solve(_values, _activations, _scratch);
    }
}
