namespace TopicService.Tests;

/// <summary>A clock that moves when it is told to. Time stamps and timers; timers fire on the thread
/// that advances.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    /// <summary>Timers that wait for exactly this long from when they were set.</summary>
    public int Pending(TimeSpan due)
    {
        lock (_gate)
            return _timers.Count(t => t.DueTime == due && t.Next is not null);
    }

    public void Advance(TimeSpan by)
    {
        Timer[] ripe;
        lock (_gate)
        {
            _now += by;
            ripe = [.. _timers.Where(t => t.Next <= _now)];
            foreach (var timer in ripe)
                timer.Next = timer.Period == Timeout.InfiniteTimeSpan ? null : _now + timer.Period;
        }
        foreach (var timer in ripe)
            timer.Fire();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate)
            _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Next { get; set; }

        public TimeSpan DueTime { get; private set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                DueTime = dueTime;
                Period = period;
                Next = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            }
            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
