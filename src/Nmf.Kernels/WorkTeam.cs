namespace Nmf.Kernels;

/// <summary>Work that is cut into numbered blocks, so that the cut, and with it every rounding, depends on the data alone.</summary>
public interface IBlockWork
{
    /// <summary>Does one block.</summary>
    /// <param name="block">Which block, from 0.</param>
    /// <param name="worker">Which member of the team runs it: index of scratch memory, never of results.</param>
    void Run(int block, int worker);
}

/// <summary>
/// A fixed set of threads that runs the blocks of one piece of work after the other. Starting work allocates nothing.
/// </summary>
/// <remarks>
/// The calling thread is worker 0; the other threads sleep between fits and spin briefly between the steps of one. One caller at a time.
/// The first exception of a block is rethrown to the caller after all workers have stopped.
/// </remarks>
public sealed class WorkTeam : IDisposable
{
    private readonly Thread[] _threads;
    private readonly ManualResetEventSlim[] _start;
    private readonly CountdownEvent _done;
    private IBlockWork? _work;
    private Exception? _failure;
    private int _blocks;
    private int _next;
    private volatile bool _closing;

    /// <summary>Starts a team.</summary>
    /// <param name="threads">Number of workers including the caller, at least 1.</param>
    public WorkTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _threads = new Thread[threads - 1];
        _start = new ManualResetEventSlim[threads - 1];
        _done = new CountdownEvent(Math.Max(1, threads - 1));
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _start[i] = new ManualResetEventSlim(false, spinCount: 200);
            _threads[i] = new Thread(() => WorkerLoop(worker)) { IsBackground = true, Name = $"NMF worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of workers including the caller.</summary>
    public int Threads { get; }

    /// <summary>Runs all blocks and returns when the last has ended.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="blocks">Number of blocks.</param>
    public void Run(IBlockWork work, int blocks)
    {
        ArgumentNullException.ThrowIfNull(work);
        ObjectDisposedException.ThrowIf(_closing, this);
        if (_threads.Length == 0 || blocks <= 1)
        {
            for (var block = 0; block < blocks; block++)
                work.Run(block, 0);
            return;
        }

        _work = work;
        _blocks = blocks;
        _next = 0;
        _failure = null;
        _done.Reset();
        foreach (var start in _start)
            start.Set();
        Drain(0);
        _done.Wait();
        _work = null;
        if (_failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_closing)
            return;
        _closing = true;
        foreach (var start in _start)
            start.Set();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var start in _start)
            start.Dispose();
        _done.Dispose();
    }

    private void WorkerLoop(int worker)
    {
        var start = _start[worker - 1];
        while (true)
        {
            start.Wait();
            start.Reset();
            if (_closing)
                return;
            Drain(worker);
            _done.Signal();
        }
    }

    private void Drain(int worker)
    {
        try
        {
            for (var block = Interlocked.Increment(ref _next) - 1; block < _blocks; block = Interlocked.Increment(ref _next) - 1)
                _work!.Run(block, worker);
        }
        catch (Exception e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
            Volatile.Write(ref _next, int.MaxValue / 2);
        }
    }
}
