using Microsoft.Extensions.Hosting;

namespace Microsoft.ML;

/// <summary>What a host needs to know of a predictor, whatever its classes.</summary>
internal interface INmfPredictor
{
    NmfPredictorStatus Status { get; }

    void EnsureLoaded();
}

/// <summary>One call of <c>AddNmfPredictor</c>.</summary>
internal sealed record NmfPredictorRegistration(
    string Name, Type Predictor, Func<IServiceProvider, INmfPredictor> Resolve,
    Func<IServiceProvider, bool> RequiredAtStart);

/// <summary>Loads the models when the host starts. It waits for those that are required: one that cannot be loaded
/// stops the host.</summary>
internal sealed class NmfPredictorStartup(
    IServiceProvider services, IEnumerable<NmfPredictorRegistration> registrations)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var registration in registrations)
        {
            var model = registration.Resolve(services);
            if (registration.RequiredAtStart(services))
                await Task.Run(model.EnsureLoaded, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(
                    false);
            else
                // Not left to the first use: a service that is asked for its health before it gets any work
                // would never become healthy.
                _ = Task.Run(() => TryLoad(model), CancellationToken.None);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void TryLoad(INmfPredictor model)
    {
        try
        {
            model.EnsureLoaded();
        }
        catch (Exception e) when (e is NmfPredictorLoadException or ObjectDisposedException)
        {
            // The predictor has logged it and follows the file; or the host stopped meanwhile.
        }
    }
}
