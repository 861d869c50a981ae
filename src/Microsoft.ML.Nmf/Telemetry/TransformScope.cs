using System.Diagnostics;
using Microsoft.ML.Data;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>
/// The rows that one cursor, or one prediction engine, has had transformed, as telemetry sees them. A cursor is a batch
/// and has an activity from its first row to its end (cursors that share a batch have one each); an engine lives as
/// long as its service and has none.
/// </summary>
/// <remarks>Belongs to one cursor and its thread.</remarks>
internal sealed class TransformScope
{
    private readonly KeyValuePair<string, object?> _model;
    private readonly bool _isBatch;
    // That of who asked for the rows: ML.NET may read them on threads of its own.
    private readonly ActivityContext _parent = Activity.Current?.Context ?? default;
    private Activity? _activity;
    private long _rows;

    private TransformScope(DataViewRow input, string model)
        => (_model, _isBatch) = (new(NmfTelemetry.ModelTag, model), input is DataViewRowCursor);

    /// <summary>Begins with what the rows come from.</summary>
    /// <param name="input">A cursor, or the row of an engine.</param>
    /// <param name="model">The kind of model, as fits call it.</param>
    /// <param name="disposer">Called when the cursor is disposed.</param>
    public static TransformScope Begin(DataViewRow input, string model, out Action? disposer)
    {
        var scope = new TransformScope(input, model);
        disposer = scope._isBatch ? scope.End : null;
        return scope;
    }

    /// <summary>One more row.</summary>
    public void Row()
    {
        // Not before the first row: a cursor that only counts rows transforms none.
        if (_rows++ == 0)
            Start();
        if (NmfTelemetry.TransformedRows.Enabled)
            NmfTelemetry.TransformedRows.Tell(1, _model);
    }

    /// <summary>A row that could not be transformed, with which a batch mostly ends.</summary>
    public void Fail(Exception error)
    {
        if (_activity is null)
            Start();
        _activity?.SetStatus(ActivityStatusCode.Error, error.Message)
            .SetTag(NmfTelemetry.ErrorTag, error.GetType().FullName);
    }

    private void Start()
    {
        if (_isBatch && NmfTelemetry.Source.HasListeners())
            _activity = NmfTelemetry.StartDetached("mlnmf.transform", _parent)?.SetTag(_model.Key, _model.Value);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _activity, null) is not { } activity)
            return;
        activity.SetTag("mlnmf.transform.rows", _rows);
        NmfTelemetry.StopDetached(activity);
    }
}
