using Nmf.Distributed.Grains;
using Nmf.Distributed.Messages;

namespace Nmf.Distributed.Tests;

/// <summary>Holds the first shard of a fit before it answers a request, so that a test finds the fit in the middle
/// however slow or fast the machine is.</summary>
internal sealed class Brake : IIncomingGrainCallFilter
{
    private readonly object _gate = new();
    private TaskCompletionSource _held = New();
    private TaskCompletionSource? _open;
    private long _from;
    private long _run;

    /// <summary>Stops at a request, counted from the beginning of a run, which is another than the one that was stopped
    /// before: what fails there is one failure.</summary>
    public void Hold(long from)
    {
        lock (_gate)
            (_held, _open, _from) = (New(), New(), from);
    }

    /// <summary>Waits until the fit has come there.</summary>
    public Task Reached()
    {
        lock (_gate)
            return _held.Task;
    }

    /// <summary>Lets it go on.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _open?.TrySetResult();
            _open = null;
        }
    }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is ShardLeaf && context.Request.GetMethodName() == nameof(IShardNode.Ask)
            && context.Request.GetArgument(0) is ShardAsk ask
            && NodeKey.Parse(((IAddressable)context.Grain).GetGrainId().Key.ToString()!).From == 0)
        {
            Task? open = null;
            lock (_gate)
            {
                if (_open is not null && ask.Number >= _from && ask.Run > _run)
                {
                    _run = ask.Run;
                    _held.TrySetResult();
                    open = _open.Task;
                }
            }

            if (open is not null)
                await open;
        }

        await context.Invoke();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
