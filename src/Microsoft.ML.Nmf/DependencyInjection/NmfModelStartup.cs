using Microsoft.Extensions.Hosting;

namespace Microsoft.ML;

/// <summary>What a host needs to know of a predictor, whatever its classes.</summary>
internal interface INmfServedModel
{
    void EnsureLoaded();
}

/// <summary>One call of <c>AddNmfModel</c>.</summary>
internal sealed record NmfModelRegistration(
    string Name, Type Predictor, Func<IServiceProvider, INmfServedModel> Resolve,
    Func<IServiceProvider, bool> RequiredAtStart);

/// <summary>Loads the models when the host starts. It waits for those that are required: one that cannot be loaded
/// stops the host.</summary>
internal sealed class NmfModelStartup(IServiceProvider services, IEnumerable<NmfModelRegistration> registrations)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in registrations)
        {
            var model = registration.Resolve(services);
            if (registration.RequiredAtStart(services))
                await Task.Run(model.EnsureLoaded, cancellationToken).ConfigureAwait(false);
            else
                // Not left to the first use: a service that is asked for its health before it gets any work
                // would never become healthy.
                _ = Task.Run(() => TryLoad(model), CancellationToken.None);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void TryLoad(INmfServedModel model)
    {
        try
        {
            model.EnsureLoaded();
        }
        catch (Exception e) when (e is NmfModelLoadException or ObjectDisposedException)
        {
            // The predictor has logged it and follows the file; or the host stopped meanwhile.
        }
    }
}
