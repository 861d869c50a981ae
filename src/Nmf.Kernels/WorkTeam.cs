using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Nmf.Kernels;

/// <summary>Work that is cut into numbered blocks, so that the cut, and with it every rounding, depends on the data
/// alone.</summary>
internal interface IBlockWork
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
/// <para>The calling thread is worker 0 and always takes part, so a worker that wakes late costs nothing: it finds no
/// block left. Between the steps of a fit the others spin for some tens of microseconds, then sleep.</para>
/// <para>Blocks are claimed in increasing order. After the first exception of a block no further block is started; it
/// is rethrown to the caller once the blocks already running have ended. One caller at a time: a second one, or a block
/// that runs work on its own team, gets an <see cref="InvalidOperationException"/>.</para>
/// </remarks>
internal sealed class WorkTeam : IDisposable
{
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000;

    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private readonly Dictionary<Type, object> _resident = [];
    private readonly bool _spins;
    private IBlockWork? _work;
    private Exception? _failure;

    // The job number in the upper half, the number of blocks nobody has claimed in the lower half. They change in one
    // exchange, so a worker that read the fields of an old job cannot claim a block of a new one: its exchange fails.
    // Between jobs the lower half is zero and nothing can be claimed, which is when the other fields are written.
    private long _state;
    private int _blocks;
    private int _unfinished;
    private int _sleeping;
    private bool _callerSleeps;
    private int _busy;
    private volatile bool _closing;

    /// <summary>Starts a team.</summary>
    /// <param name="threads">Number of workers including the caller, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no worker.</exception>
    public WorkTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _spins = threads <= Environment.ProcessorCount;
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => WorkerLoop(worker)) { IsBackground = true, Name = $"NMF worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of workers including the caller.</summary>
    public int Threads { get; }

    /// <summary>Runs all blocks and returns when the last has ended.</summary>
    /// <param name="work">What to run.</param>
    /// <param name="blocks">Number of blocks, at least 0.</param>
    /// <exception cref="InvalidOperationException">The team is running other work.</exception>
    /// <exception cref="ObjectDisposedException">The team has been disposed.</exception>
    internal void Run(IBlockWork work, int blocks)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ObjectDisposedException.ThrowIf(_closing, this);
        Enter();
        try
        {
            if (_threads.Length == 0 || blocks <= 1)
            {
                for (var block = 0; block < blocks; block++)
                    work.Run(block, 0);
                return;
            }

            _work = work;
            _blocks = blocks;
            _failure = null;
            _unfinished = blocks;
            var job = ((_state >> 32) + 1) << 32;
            Interlocked.Exchange(ref _state, job | (uint)blocks);
            if (Volatile.Read(ref _sleeping) > 0)
            {
                lock (_gate)
                    Monitor.PulseAll(_gate);
            }

            Drain(0);
            AwaitUnfinished();
            _work = null;
            if (_failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);

            // Blocks work on pointers into what the work holds.
            GC.KeepAlive(work);
        }
    }

    /// <summary>Tells the threads to end, without waiting: for the finalizer of whoever owns the team, whose threads
    /// keep it alive.</summary>
    internal void End()
    {
        _closing = true;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    /// <summary>Ends the threads.</summary>
    /// <exception cref="InvalidOperationException">The team is running work.</exception>
    public void Dispose()
    {
        if (_closing)
            return;
        Enter();
        End();
        foreach (var thread in _threads)
            thread.Join();
    }

    /// <summary>
    /// The team's own instance of a kind of work, made at the first request: this is how kernels without an object of
    /// their own run without allocating. Like <see cref="Run"/>, for one caller at a time.
    /// </summary>
    internal TWork Resident<TWork>()
        where TWork : class, new()
    {
        ObjectDisposedException.ThrowIf(_closing, this);
        if (_resident.TryGetValue(typeof(TWork), out var found))
            return (TWork)found;
        var made = new TWork();
        _resident.Add(typeof(TWork), made);
        return made;
    }

    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            throw new InvalidOperationException(
                "The team is already running work: it serves one caller at a time, "
                + "and a block cannot start work on its own team.");
    }

    private void WorkerLoop(int worker)
    {
        while (!_closing)
        {
            Drain(worker);
            if (SpinForWork())
                continue;
            lock (_gate)
            {
                // Counted as asleep before the last look, behind a fence: either the caller sees a sleeper or
                // the sleeper sees the work.
                Interlocked.Increment(ref _sleeping);
                while (Unclaimed(Volatile.Read(ref _state)) == 0 && !_closing)
                    Monitor.Wait(_gate);
                Interlocked.Decrement(ref _sleeping);
            }
        }
    }

    private bool SpinForWork()
    {
        if (!_spins)
            return false;
        for (var end = Stopwatch.GetTimestamp() + SpinTicks; Stopwatch.GetTimestamp() < end && !_closing;)
        {
            if (Unclaimed(Volatile.Read(ref _state)) > 0)
                return true;
            Thread.SpinWait(8);
        }

        return false;
    }

    private void AwaitUnfinished()
    {
        if (_spins)
        {
            for (var end = Stopwatch.GetTimestamp() + SpinTicks; Stopwatch.GetTimestamp() < end;)
            {
                if (Volatile.Read(ref _unfinished) == 0)
                    return;
                Thread.SpinWait(8);
            }
        }

        lock (_gate)
        {
            Volatile.Write(ref _callerSleeps, true);
            Interlocked.MemoryBarrier();
            while (Volatile.Read(ref _unfinished) != 0)
                Monitor.Wait(_gate);
            _callerSleeps = false;
        }
    }

    private void Drain(int worker)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            var unclaimed = Unclaimed(state);
            if (unclaimed == 0)
                return;
            var work = _work;
            var block = _blocks - unclaimed;
            if (Interlocked.CompareExchange(ref _state, state - 1, state) != state)
                continue;
            if (Volatile.Read(ref _failure) is null)
                RunGuarded(work!, block, worker);
            if (Interlocked.Decrement(ref _unfinished) == 0 && Volatile.Read(ref _callerSleeps))
            {
                lock (_gate)
                    Monitor.PulseAll(_gate);
            }
        }
    }

    private void RunGuarded(IBlockWork work, int block, int worker)
    {
        try
        {
            work.Run(block, worker);
        }
#pragma warning disable CA1031 // Whatever a block throws belongs to the caller's thread, where it is rethrown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }

    private static int Unclaimed(long state) => (int)(uint)state;
}
