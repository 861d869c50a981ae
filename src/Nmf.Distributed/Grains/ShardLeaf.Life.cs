using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Grains;

// How a shard ends: what it loads or reads, its stay in memory, and itself.
internal sealed partial class ShardLeaf
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public void Dispose()
    {
        _reading.Cancel();
        _leaving.Cancel();
        if (_part is { } part)
            _ = Task.Run(part.Dispose);
        _stream?.Dispose();
        Drop();
        _team.Dispose();
    }

    public Task Stop(long run)
    {
        _stopped = Math.Max(_stopped, run);
        if (_run <= _stopped)
            _reading.Cancel();
        return Task.CompletedTask;
    }

    public async Task Rest(long run)
    {
        if (run != _run)
            return;
        await Close();
        if (_stream is null)
        {
            // The activations stay, for whoever asks for them.
            Drop();
            return;
        }

        Leave();
        (_facts, _request, _sums) = (null, null, null);
        _answers.Clear();
        Array.Clear(_matrices);
    }

    public async Task Release()
    {
        await Close();
        Leave();
        Drop();
        (_facts, _fit, _rest, _request, _sums, _hasEnded) = (null, null, default, null, null, false);
        _answers.Clear();
        Array.Clear(_matrices);
        foreach (var name in new[] { Slot(0), Slot(1), "model" })
            await _stored.Clear(name);
        DeactivateOnIdle();
    }

    // Ends what the part of an earlier run reads. Where its source does not notice, the stream is left to it.
    private async Task Close()
    {
        await _reading.CancelAsync();
        _reading = new CancellationTokenSource();
        if (_run <= _stopped)
            await _reading.CancelAsync();
        if (_part is not { } part)
            return;
        _part = null;
        try
        {
            await Task.Run(part.Dispose).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Leave();
        }
    }

    private void Leave()
    {
        _stream?.Dispose();
        _stream = null;
    }

    // Who asks for the state of a fit wakes it, where its silo has died.
    private async Task Watch(CancellationToken cancellationToken)
    {
        if (_facts is null || _hasEnded
            || DateTime.UtcNow - _lastAsked < _options.WatchInterval)
        {
            return;
        }

        var status = await GrainFactory.GetGrain<IFitGrain>(_key.Fit).Status();
        if (status.State == FitState.Running)
            DelayDeactivation(2 * _options.WatchInterval);
        else
            _lastAsked = DateTime.MaxValue; // until somebody asks again
    }
}
