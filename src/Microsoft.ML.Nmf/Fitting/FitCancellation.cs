using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>
/// Turns the cancellation of an ML.NET host, which can only be asked, into a token that stops the iterations; a token
/// of the caller is joined to it.
/// </summary>
internal sealed class FitCancellation : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly IHost _host;
    private readonly CancellationTokenSource _source;
    private readonly Timer _poll;

    public FitCancellation(IHost host, CancellationToken token)
    {
        _host = host;
        _source = CancellationTokenSource.CreateLinkedTokenSource(token);
        _poll = new Timer(_ => Poll(), null, PollInterval, PollInterval);
    }

    private bool HostCancelled => _host is ICancelable { IsCanceled: true };

    /// <summary>Throws when the host or the caller cancelled.</summary>
    /// <exception cref="OperationCanceledException">One of them did.</exception>
    public void ThrowIfRequested()
    {
        _host.CheckAlive();
        _source.Token.ThrowIfCancellationRequested();
    }

    /// <summary>Runs something that can be stopped. A cancellation of the host surfaces as the host's
    /// own exception.</summary>
    public TResult Guard<TResult>(Func<CancellationToken, TResult> action)
    {
        ThrowIfRequested();
        try
        {
            return action(_source.Token);
        }
        catch (OperationCanceledException) when (HostCancelled)
        {
            _host.CheckAlive();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for a poll that is under way: it must not touch a disposed source.
        using var done = new ManualResetEvent(false);
        if (_poll.Dispose(done))
            done.WaitOne();
        _source.Dispose();
    }

    private void Poll()
    {
        if (HostCancelled)
            _source.Cancel();
    }
}
