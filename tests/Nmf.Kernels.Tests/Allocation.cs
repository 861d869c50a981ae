namespace Nmf.Kernels.Tests;

/// <summary>Asserts about the managed heap.</summary>
internal static class Allocation
{
    /// <summary>The action allocates nothing on the calling thread once it has run a few times.</summary>
    /// <remarks>
    /// A collection that another test starts takes the rest of this thread's allocation budget away and counts it as
    /// allocated, so one clean run out of several decides: an action that allocates does so every time.
    /// </remarks>
    public static void AssertNone(Action action)
    {
        for (var i = 0; i < 3; i++)
            action();
        var least = long.MaxValue;
        for (var i = 0; i < 5 && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
