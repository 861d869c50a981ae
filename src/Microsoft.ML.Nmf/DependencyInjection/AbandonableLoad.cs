namespace Microsoft.ML;

/// <summary>
/// Runs a load on a thread of its own that can be given up: a reader of ML.NET that has met a damaged file cannot be
/// stopped. Its thread then goes on in the background, which keeps no process alive, and what it may yet load is thrown
/// away.
/// </summary>
internal static class AbandonableLoad
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <param name="load">The load; its token is cancelled when it is given up.</param>
    /// <param name="reasonToGiveUp">Asked now and then while it runs: null to go on waiting.</param>
    /// <param name="discard">What happens to what comes too late.</param>
    /// <param name="stop">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">The waiting was ended.</exception>
    public static T Run<T>(
        Func<CancellationToken, T> load, Func<Exception?> reasonToGiveUp, Action<T> discard, CancellationToken stop)
    {
        var abandoned = new CancellationTokenSource();
        var result = new TaskCompletionSource<T>();
        new Thread(() =>
        {
            try
            {
                result.SetResult(load(abandoned.Token));
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }) { IsBackground = true, Name = "Load of a model" }.Start();
        WaitHandle[] signals = [((IAsyncResult)result.Task).AsyncWaitHandle, stop.WaitHandle];
        while (WaitHandle.WaitAny(signals, Look) != 0)
        {
            if ((stop.IsCancellationRequested ? new OperationCanceledException(stop) : reasonToGiveUp()) is not { } why)
                continue;
            abandoned.Cancel();
            result.Task.ContinueWith(
                late =>
                {
                    if (late.IsCompletedSuccessfully)
                        discard(late.Result);
                    else
                        _ = late.Exception;
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw why;
        }

        return result.Task.GetAwaiter().GetResult();
    }
}
