using System.Threading.Channels;

namespace Microsoft.ML;

/// <summary>
/// Calls a check, one call at a time, whenever the directory of a file reports a change and at every polling interval.
/// The whole directory is watched, not the one name: replacing by rename, and a directory link swapped as Kubernetes
/// does for config maps, show up under other names. The check decides whether anything happened. Where the file system
/// cannot be watched (the directory is missing, no handles are left, a network drive) polling goes on alone, and each
/// poll tries again to watch.
/// </summary>
internal sealed class ModelFileWatch : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Func<CancellationToken, Task> _check;
    private readonly Action<Exception> _unwatched;
    private readonly Action<Exception> _failed;
    // One pending signal is enough: a check sees everything that happened before it began.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private readonly ITimer? _poll;
    private readonly Task _loop;
    private FileSystemWatcher? _watcher;
    private bool _stopped;
    private bool _reported;

    /// <param name="path">Full path of the file.</param>
    /// <param name="interval">Time between polls; infinite for none.</param>
    /// <param name="time">The clock of the polls.</param>
    /// <param name="check">Looks at the file.</param>
    /// <param name="unwatched">Told once when the file system cannot be watched; must not throw.</param>
    /// <param name="failed">Told what a look threw; must not throw.</param>
    public ModelFileWatch(
        string path, TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> check,
        Action<Exception> unwatched, Action<Exception> failed)
    {
        _directory = Path.GetDirectoryName(path) ?? path;
        (_check, _unwatched, _failed) = (check, unwatched, failed);
        // The execution context of whoever came first (a request, say) must not live on in the
        // watcher, the timer and the loop.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            TryWatch();
            if (interval != Timeout.InfiniteTimeSpan)
                _poll = time.CreateTimer(_ => Poll(), null, interval, interval);
            _loop = Task.Run(RunAsync);
        }
        finally
        {
            flow?.Dispose();
        }
    }

    /// <summary>Ends watching at once; a check under way is cancelled and no further one begins.</summary>
    public void Stop()
    {
        FileSystemWatcher? watcher;
        lock (_gate)
        {
            if (_stopped)
                return;
            _stopped = true;
            watcher = _watcher;
            _watcher = null;
        }
        _poll?.Dispose();
        watcher?.Dispose();
        _stop.Cancel();
    }

    /// <summary>Ends watching and waits for a check under way.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await _signals.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    await _check(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    // One look that fails must not be the last.
                    _failed(e);
                }
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
        }
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private void Poll()
    {
        TryWatch();
        Signal();
    }

    private void TryWatch()
    {
        lock (_gate)
        {
            if (_stopped || _watcher is not null)
                return;
            FileSystemWatcher? watcher = null;
            try
            {
                watcher = new FileSystemWatcher(_directory)
                {
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite
                        | NotifyFilters.Size,
                };
                watcher.Changed += (_, _) => Signal();
                watcher.Created += (_, _) => Signal();
                watcher.Deleted += (_, _) => Signal();
                watcher.Renamed += (_, _) => Signal();
                watcher.Error += OnError;
                watcher.EnableRaisingEvents = true;
                _watcher = watcher;
            }
            catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException
                or PlatformNotSupportedException)
            {
                watcher?.Dispose();
                if (!_reported)
                    _unwatched(e);
                _reported = true;
            }
        }
    }

    // Where events were only too many, the watcher lives on; else it is given up, and the next poll watches anew.
    // Look at once in either case.
    private void OnError(object sender, ErrorEventArgs error)
    {
        if (error.GetException() is not InternalBufferOverflowException)
        {
            lock (_gate)
            {
                if (ReferenceEquals(_watcher, sender))
                    _watcher = null;
            }
            (sender as IDisposable)?.Dispose();
        }
        Signal();
    }
}
