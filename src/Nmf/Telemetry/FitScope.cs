using System.Diagnostics;

namespace Nmf;

/// <summary>One fit as telemetry sees it, from its first iteration to its result or its failure.</summary>
internal sealed class FitScope : IDisposable
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ActivityScope _activity;
    private readonly TagList _tags;
    private readonly bool _counted;
    private int _iterations;
    private string? _end;
    private string? _error;

    private FitScope(string model)
    {
        Model = model;
        _tags = new TagList { { NmfTelemetry.ModelTag, model } };
        _activity = ActivityScope.Start("mlnmf.fit");
        _activity.Span?.SetTag(NmfTelemetry.ModelTag, model);
        // An instrument that is switched on while the fit runs must not see its end alone.
        if (_counted = NmfTelemetry.ActiveFits.Enabled)
            NmfTelemetry.ActiveFits.Tell(1, _tags);
        NmfTelemetry.Running.TryAdd(this, true);
    }

    /// <summary>The kind of model.</summary>
    public string Model { get; }

    /// <summary>The objective at the last check, NaN before the first.</summary>
    public double Objective { get; private set; } = double.NaN;

    /// <summary>Runs a fit that is called after its result.</summary>
    public static TResult Run<TResult>(Func<FitScope, TResult> fit) => Run(typeof(TResult), fit);

    /// <summary>Runs a fit that is called after a type.</summary>
    public static TResult Run<TResult>(Type model, Func<FitScope, TResult> fit)
    {
        var name = model.Name;
        var generic = name.IndexOf('`', StringComparison.Ordinal);
        using var scope = new FitScope(generic < 0 ? name : name[..generic]);
        try
        {
            return fit(scope);
        }
        catch (Exception e)
        {
            scope._error = e.GetType().FullName;
            scope._activity.Span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    /// <summary>A start or a stage begins, or goes on from a checkpoint that has iterations behind it.</summary>
    public void Begin(int done) => _iterations = done;

    /// <summary>One check of the objective, after so many iterations of this start or stage.</summary>
    public void Check(int done, double objective)
    {
        if (done > _iterations)
            NmfTelemetry.Iterations.Tell(done - _iterations, _tags);
        (_iterations, Objective) = (done, objective);
    }

    /// <summary>The fit has a result.</summary>
    public void End(FitReport report)
    {
        _end = report.StopReason.ToString();
        _activity.Span?.SetTag("mlnmf.fit.iterations", report.Iterations)
            .SetTag("mlnmf.fit.objective", report.Objective)
            .SetTag("mlnmf.fit.stop_reason", _end);
    }

    public void Dispose()
    {
        NmfTelemetry.Running.TryRemove(this, out _);
        if (_counted)
            NmfTelemetry.ActiveFits.Tell(-1, _tags);
        if (NmfTelemetry.FitDuration.Enabled)
        {
            var tags = _tags;
            if (_end is not null)
                tags.Add("mlnmf.fit.stop_reason", _end);
            if (_error is not null)
                tags.Add(NmfTelemetry.ErrorTag, _error);
            NmfTelemetry.FitDuration.Tell(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
        }

        if (_error is not null)
            _activity.Span?.SetTag(NmfTelemetry.ErrorTag, _error);
        _activity.Dispose();
    }
}
