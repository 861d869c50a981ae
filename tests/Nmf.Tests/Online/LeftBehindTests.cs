using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf.Tests.Online;

/// <summary>What learners and readers leave behind that were forgotten, cancelled or failed.</summary>
public sealed class LeftBehindTests
{
    [Fact]
    public void Learners_that_are_forgotten_end_their_threads()
    {
        var before = NumberOfThreads();
        Forget(40);
        for (var i = 0; i < 100 && NumberOfThreads() > before + 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(50);
        }

        // Others of the test run may have come meanwhile, but not 120.
        Assert.InRange(NumberOfThreads(), 0, before + 20);
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
    private static void Forget(int count)
    {
        var before = NumberOfThreads();
        var data = TestData.Dense<float>(TestData.Counts(20, 8, 2, 1), 20, 8);
        for (var i = 0; i < count; i++)
        {
            // Not disposed.
            var learner = new OnlineNmf<float>(new OnlineNmfOptions { Rank = 2, Threads = 4 });
            learner.PartialFit(data);
            Assert.Equal(20, learner.SamplesSeen);
        }

        Assert.True(NumberOfThreads() > before, "There were no threads.");
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

    private static int NumberOfThreads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }
}
