namespace Nmf.Kernels.Tests;

public sealed class WorkTeamTests
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_block_runs_once_before_the_call_returns(int threads)
    {
        using var team = new WorkTeam(threads);
        var work = new Counting(300);

        // Many short jobs of changing size: a worker that is late for one must not take a block of the
        // next twice or out of range.
        for (var job = 0; job < 10_000; job++)
        {
            var blocks = job % 7;
            team.Run(work, blocks);
            for (var block = 0; block < blocks; block++)
                Assert.Equal(1, work.Take(block));
        }

        team.Run(work, 300);
        for (var block = 0; block < 300; block++)
            Assert.Equal(1, work.Take(block));
        Assert.InRange(work.LargestWorker, 0, threads - 1);
        Assert.False(work.OutOfRange);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void An_exception_reaches_the_caller_and_the_team_goes_on(int threads)
    {
        using var team = new WorkTeam(threads);
        for (var job = 0; job < 500; job++)
        {
            var failing = new Failing(job % 11);
            var error = Assert.Throws<InvalidDataException>(() => team.Run(failing, 11));
            Assert.Equal($"block {job % 11}", error.Message);
            Assert.Equal(0, failing.Running);
            var work = new Counting(9);
            team.Run(work, 9);
            for (var block = 0; block < 9; block++)
                Assert.Equal(1, work.Take(block));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_block_cannot_start_work_on_its_own_team(int threads)
    {
        using var team = new WorkTeam(threads);
        Assert.Throws<InvalidOperationException>(() => team.Run(new Nested(team), 4));
        Assert.Throws<InvalidOperationException>(() => team.Run(new Disposing(team), 4));
        var work = new Counting(4);
        team.Run(work, 4);
        Assert.Equal(1, work.Take(3));
    }

    [Fact]
    public void A_second_caller_is_refused()
    {
        using var team = new WorkTeam(2);
        using var waiting = new Waiting();
        var first = new Thread(() => team.Run(waiting, 2));
        first.Start();
        waiting.Started.Wait(TestContext.Current.CancellationToken);
        Assert.Throws<InvalidOperationException>(() => team.Run(new Counting(2), 2));
        waiting.Release.Set();
        first.Join();
        team.Run(new Counting(2), 2);
    }

    [Fact]
    public void Work_after_a_pause_wakes_sleeping_workers()
    {
        using var team = new WorkTeam(3);
        using var meeting = new Meeting(3);
        for (var job = 0; job < 20; job++)
        {
            Thread.Sleep(5);

            // Ends only if three workers are inside at the same time.
            team.Run(meeting, 3);
        }

        Assert.Equal(20, meeting.Meetings);
    }

    [Fact]
    public void Starting_work_allocates_nothing()
    {
        using var team = new WorkTeam(2);
        var work = new Counting(50);
        Allocation.AssertNone(() => team.Run(work, 50));
    }

    [Fact]
    public void A_disposed_team_says_so()
    {
        var team = new WorkTeam(3);
        team.Run(new Counting(8), 8);
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new Counting(1), 1));
    }

    [Fact]
    public async Task Teams_that_are_disposed_at_once_end()
    {
        var ending = Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
                new WorkTeam(4).Dispose();
        });
        Assert.Same(ending, await Task.WhenAny(ending, Task.Delay(LongestWait)));
    }

    private sealed class Counting(int capacity) : IBlockWork
    {
        private readonly int[] _runs = new int[capacity];

        public int LargestWorker { get; private set; }

        public bool OutOfRange { get; private set; }

        public void Run(int block, int worker)
        {
            if ((uint)block >= (uint)_runs.Length)
                OutOfRange = true;
            else
                Interlocked.Increment(ref _runs[block]);
            LargestWorker = Math.Max(LargestWorker, worker);
        }

        public int Take(int block) => Interlocked.Exchange(ref _runs[block], 0);
    }

    private sealed class Failing(int failingBlock) : IBlockWork
    {
        private int _running;

        public int Running => _running;

        public void Run(int block, int worker)
        {
            Interlocked.Increment(ref _running);
            try
            {
                if (block == failingBlock)
                    throw new InvalidDataException($"block {block}");
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }

    private sealed class Nested(WorkTeam team) : IBlockWork
    {
        public void Run(int block, int worker) => team.Run(new Counting(1), 1);
    }

    private sealed class Disposing(WorkTeam team) : IBlockWork
    {
        public void Run(int block, int worker) => team.Dispose();
    }

    private sealed class Waiting : IBlockWork, IDisposable
    {
        public ManualResetEventSlim Started { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public void Run(int block, int worker)
        {
            Started.Set();
            Release.Wait();
        }

        public void Dispose()
        {
            Started.Dispose();
            Release.Dispose();
        }
    }

    private sealed class Meeting(int members) : IBlockWork, IDisposable
    {
        private readonly Barrier _barrier = new(members);

        public long Meetings => _barrier.CurrentPhaseNumber;

        public void Run(int block, int worker)
        {
            if (!_barrier.SignalAndWait(LongestWait))
                throw new TimeoutException("The other workers did not come.");
        }

        public void Dispose() => _barrier.Dispose();
    }
}
