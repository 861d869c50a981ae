using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.ML;

/// <summary>
/// Whether a registered model serves. A file that was refused while the model before goes on serving, or rows that have
/// drifted, is degraded: a reason for an alarm, not for a restart.
/// </summary>
internal sealed class NmfHealthCheck(INmfPredictor predictor, NmfDriftMonitor? drift) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = predictor.Status;
        var data = new Dictionary<string, object> { ["version"] = status.Version };
        if (status.FileTime is { } time)
            data["fileTime"] = time;
        if (status.LastError is { } lastError)
            data["lastError"] = lastError;
        if (!status.IsServing)
            return Result(context.Registration.FailureStatus, status.LastError ?? "No model has been loaded yet.");
        var recent = drift?.Status;
        if (recent?.UnseenShare is { } unseen)
            data["unseenWords"] = unseen;
        if (recent?.ComponentShift is { } shift)
            data["componentShift"] = shift;
        if (recent?.Fit is { } fit)
            data["fit"] = fit;
        return status.LastError is { } error ? Result(HealthStatus.Degraded, error)
            : recent?.Fault is { } fault ? Result(HealthStatus.Degraded, fault)
            : recent?.Drift is { } drifted ? Result(HealthStatus.Degraded, drifted)
            : Result(HealthStatus.Healthy, $"Version {status.Version} serves.");

        Task<HealthCheckResult> Result(HealthStatus health, string description)
            => Task.FromResult(new HealthCheckResult(health, description, null, data));
    }
}
