using System.Numerics.Tensors;
using Microsoft.ML.Data;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>The rows of one cursor, one after the other: buffers that grow once, and the solution of
/// the current row.</summary>
/// <remarks>Belongs to one cursor and its thread.</remarks>
internal sealed class RowActivations
{
    private readonly NmfModelParameters _model;
    private readonly RowSolver<float> _solver;
    private readonly bool _normalize;
    private readonly ColumnGuard _guard;
    private readonly DataViewRow _row;
    private readonly TransformScope _scope;
    private readonly bool _shared;
    private readonly bool _zeroIsMissing;
    private readonly ValueGetter<VBuffer<float>> _source;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly RowSolver<float>.Scratch _scratch;
    private readonly float[] _activations;
    private readonly int[] _observedIndices;
    private readonly float[] _observedValues;
    private VBuffer<float> _input;
    private long _solved = -1;

    /// <param name="solver">The solver of the transformer, shared by all cursors.</param>
    /// <param name="model">The dictionary.</param>
    /// <param name="normalize">Whether activations are divided by their sum.</param>
    /// <param name="guard">Check of the input column.</param>
    /// <param name="row">The row of the cursor.</param>
    /// <param name="scope">Told of every row that is solved.</param>
    /// <param name="shared">Whether several columns are read, which then share the solution of a position.</param>
    public RowActivations(
        RowSolver<float> solver, NmfModelParameters model, bool normalize, ColumnGuard guard, DataViewRow row,
        TransformScope scope, bool shared)
    {
        (_solver, _model, _normalize, _guard) = (solver, model, normalize, guard);
        (_row, _scope, _shared) = (row, scope, shared);
        _source = guard.GetterOf(row);
        _id = row.GetIdGetter();
        _scratch = solver.CreateScratch();
        _activations = new float[model.Rank];
        _zeroIsMissing = model.AbsentEntries == AbsentEntries.Missing;
        var room = _zeroIsMissing ? model.FeatureCount : 0;
        (_observedIndices, _observedValues) = (new int[room], new float[room]);
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

    /// <summary>The current row with W h in place of its missing entries.</summary>
    public void GetImputed(ref VBuffer<float> destination)
    {
        GetReconstruction(ref destination);
        var result = VBufferEditor.CreateFromBuffer(ref destination);
        var values = _input.GetValues();
        var indices = _input.GetIndices();
        if (!_zeroIsMissing && !_input.IsDense)
        {
            // A slot that is not stored is an observed zero.
            var at = 0;
            for (var f = 0; f < _model.FeatureCount; f++)
            {
                if (at < indices.Length && indices[at] == f)
                    at++;
                else
                    result.Values[f] = 0;
            }
        }

        for (var j = 0; j < values.Length; j++)
        {
            if (!float.IsNaN(values[j]) && !(_zeroIsMissing && values[j] == 0))
                result.Values[_input.IsDense ? j : indices[j]] = values[j];
        }

        destination = result.Commit();
    }

    /// <summary>Which slots of the current row speak for which components.</summary>
    public RowExplanation Explain()
    {
        Solve();
        return RowExplanation.Of(
            _input.IsDense ? [] : _input.GetIndices(), _input.GetValues(), _activations,
            _model.Problem.HasOutliers ? _scratch.Outliers : default, (f, k) => _model.GetComponent(k)[f]);
    }

    /// <summary>The size of the outlier part of the current row.</summary>
    public void GetOutlierScore(ref float destination)
    {
        Solve();
        destination = (float)_scratch.OutlierNorm;
    }

    /// <summary>The outlier part of the current row, sparse where most of it is zero.</summary>
    public void GetOutliers(ref VBuffer<float> destination)
    {
        Solve();
        var outliers = _scratch.Outliers;
        var count = 0;
        foreach (var value in outliers)
            count += value > 0 ? 1 : 0;
        var isSparse = count < _model.FeatureCount / 2;
        var editor = VBufferEditor.Create(ref destination, _model.FeatureCount, isSparse ? count : _model.FeatureCount);
        if (isSparse)
        {
            count = 0;
            for (var f = 0; f < outliers.Length; f++)
            {
                if (outliers[f] > 0)
                    (editor.Indices[count], editor.Values[count++]) = (f, outliers[f]);
            }
        }
        else
        {
            outliers.CopyTo(editor.Values);
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

    // Zeros are missing, whether the vector stores them or not; so are the NaN that the guard has let through.
    private void SolveObserved()
    {
        var values = _input.GetValues();
        var indices = _input.GetIndices();
        var count = 0;
        for (var j = 0; j < values.Length; j++)
        {
            if (values[j] == 0 || float.IsNaN(values[j]))
                continue;
            _observedIndices[count] = _input.IsDense ? j : indices[j];
            _observedValues[count++] = values[j];
        }

        _solver.Solve(_observedIndices.AsSpan(0, count), _observedValues.AsSpan(0, count), _activations, _scratch);
    }

    private void Solve()
    {
        if (_shared && _solved == _row.Position)
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
        if (_zeroIsMissing)
            SolveObserved();
        else if (_input.IsDense)
            _solver.Solve(_input.GetValues(), _activations, _scratch);
        else
            _solver.Solve(_input.GetIndices(), _input.GetValues(), _activations, _scratch);
    }
}
