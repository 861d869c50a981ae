using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.ML;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health checks of registered models.</summary>
public static class NmfHealthChecksExtensions
{
    /// <summary>
    /// Checks the model that <c>AddNmfPredictor</c> has registered under a name: healthy when what lies at its path is
    /// served; degraded when that was refused and the model before goes on serving, or when the rows have drifted (a
    /// <see cref="NmfDriftMonitor"/> of the name is registered and a threshold passed); unhealthy when none serves. A
    /// check costs nothing and never loads.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="modelName">Name of the model.</param>
    /// <param name="name">Name of the check; that of the model by default.</param>
    /// <param name="failureStatus">What is reported when no model serves; unhealthy by default.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="InvalidOperationException">When it is checked: no model is registered under the
    /// name.</exception>
    public static IHealthChecksBuilder AddNmfHealthCheck(
        this IHealthChecksBuilder builder, string modelName, string? name = null, HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelName);
        return builder.Add(new HealthCheckRegistration(
            name ?? modelName,
            provider =>
            {
                var registration = provider.GetServices<NmfPredictorRegistration>()
                    .FirstOrDefault(registration => registration.Name == modelName)
                    ?? throw new InvalidOperationException(
                        $"No model named '{modelName}' is registered: call AddNmfPredictor.");
                return new NmfHealthCheck(
                    registration.Resolve(provider), provider.GetKeyedService<NmfDriftMonitor>(modelName));
            },
            failureStatus, tags));
    }

    /// <summary>Registers a monitor of drift for a model, a singleton that is injected by the name of the model and
    /// looked at by its health check.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelName">Name of the model.</param>
    /// <param name="configure">Window and thresholds; the options can also be bound to
    /// <see cref="NmfDriftOptions"/> under the name of the model. They are checked when the host starts.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddNmfDriftMonitor(
        this IServiceCollection services, string modelName, Action<NmfDriftOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelName);
        var builder = services.AddOptions<NmfDriftOptions>(modelName).ValidateOnStart();
        if (configure is not null)
            builder.Configure(configure);
        services.AddSingleton<Options.IValidateOptions<NmfDriftOptions>>(new NmfDriftOptionsValidator(modelName));
        services.AddKeyedSingleton(modelName, (provider, _) => new NmfDriftMonitor(
            modelName, provider.GetRequiredService<Options.IOptionsMonitor<NmfDriftOptions>>().Get(modelName)));
        return services;
    }

    private sealed class NmfDriftOptionsValidator(string name) : Options.IValidateOptions<NmfDriftOptions>
    {
        public Options.ValidateOptionsResult Validate(string? optionsName, NmfDriftOptions options)
        {
            if (optionsName != name)
                return Options.ValidateOptionsResult.Skip;
            var faults = options.Faults().Select(fault => $"Drift of model '{name}': {fault}").ToList();
            return faults.Count == 0
                ? Options.ValidateOptionsResult.Success : Options.ValidateOptionsResult.Fail(faults);
        }
    }
}
