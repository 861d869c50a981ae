namespace Nmf.Kernels.Tests;

/// <summary>Asserts about the managed heap.</summary>
internal static class Allocation
{
    /// <summary>The action allocates nothing on the calling thread once it has run a few times.</summary>
    public static void AssertNone(Action action)
    {
        for (var i = 0; i < 3; i++)
            action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
