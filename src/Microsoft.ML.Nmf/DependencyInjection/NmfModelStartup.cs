using Microsoft.Extensions.Hosting;

namespace Microsoft.ML;

/// <summary>What a host needs to know of a predictor, whatever its classes.</summary>
internal interface INmfServedModel
{
    void EnsureLoaded();
}

/// <summary>One call of <c>AddNmfModel</c>.</summary>
internal sealed record NmfModelRegistration(string Name, Type Predictor, Func<IServiceProvider, INmfServedModel> Resolve, Func<IServiceProvider, bool> LoadAtStart);

/// <summary>Loads the models before the host accepts work; one that cannot be loaded stops the host.</summary>
internal sealed class NmfModelStartup(IServiceProvider services, IEnumerable<NmfModelRegistration> registrations) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in registrations.Where(r => r.LoadAtStart(services)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var model = registration.Resolve(services);
            await Task.Run(model.EnsureLoaded, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
