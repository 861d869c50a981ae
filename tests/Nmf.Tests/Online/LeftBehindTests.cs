using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf.Tests.Online;

/// <summary>What learners and readers leave behind that were forgotten, cancelled or failed.</summary>
public sealed class LeftBehindTests
{
    [Fact]
    public void Learners_that_are_forgotten_end_their_threads()
    {
        var threads = Forget(40);
        Assert.Equal(120, threads.Count);
        for (var i = 0; i < 100 && threads.Any(thread => thread.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(50);
        }

        Assert.DoesNotContain(threads, thread => thread.IsAlive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_read_ahead_in_vain_leaves_no_unobserved_exception(bool cancelled)
    {
        var mark = new InvalidOperationException($"mark of {nameof(LeftBehindTests)}");
        var seen = 0;
        void Observe(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerExceptions.Contains(mark))
                Interlocked.Increment(ref seen);
        }

        TaskScheduler.UnobservedTaskException += Observe;
        try
        {
            for (var i = 0; i < 20; i++)
                StopEarly(mark, cancelled);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(0, seen);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Observe;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<Thread> Forget(int count)
    {
        var threads = new List<Thread>();
        var data = TestData.Dense<float>(TestData.Counts(20, 8, 2, 1), 20, 8);
        for (var i = 0; i < count; i++)
        {
            // Not disposed.
            var learner = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 2, Threads = 4 });
            learner.PartialFit(data);
            Assert.Equal(20, learner.SamplesSeen);
            var own = ThreadsOf(learner.Team);
            Assert.All(own, thread => Assert.True(thread.IsAlive));
            threads.AddRange(own);
        }

        return threads;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StopEarly(Exception mark, bool cancelled)
    {
        var failed = new ManualResetEventSlim();
        IEnumerable<NmfData<float>> Batches()
        {
            yield return TestData.Dense<float>(TestData.Counts(4, 3, 2, 1), 4, 3);
            failed.Set();
            throw mark;
        }

        using var ahead = ReadAhead.Of(Batches()).GetEnumerator();
        Assert.True(ahead.MoveNext());
        failed.Wait();
        if (cancelled)
            return;
        Assert.Same(mark, Assert.Throws<InvalidOperationException>(() => ahead.MoveNext()));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_threads")]
    private static extern ref Thread[] ThreadsOf(WorkTeam team);
}
