using System.Runtime.InteropServices;

namespace Nmf.Kernels;

/// <summary>
/// Asks for pages of 2 MB where much memory is about to be touched for the first time: five hundred times fewer
/// faults, and fewer misses where it is read in no order. Linux gives them to who asks; elsewhere, and where they are
/// switched off, nothing happens.
/// </summary>
internal static unsafe partial class LargePages
{
    /// <summary>Size of a page, in bytes.</summary>
    public const int Size = 1 << 21;

    // Below it whole pages are few, and what is rounded up to one is much.
    private const int LeastBytes = 2 * Size;
    private const int AdviceHugePage = 14;

    private static bool _isMissing = !OperatingSystem.IsLinux();

    /// <summary>Asks for the whole pages of some memory; what stands in them stays.</summary>
    /// <param name="start">The first byte.</param>
    /// <param name="bytes">Number of bytes.</param>
    public static void Ask(void* start, nint bytes)
    {
        if (bytes < LeastBytes || _isMissing)
            return;
        var first = ((nint)start + Size - 1) & -(nint)Size;
        var length = (((nint)start + bytes) & -(nint)Size) - first;
        if (length <= 0)
            return;
        try
        {
            _ = Advise((void*)first, (nuint)length, AdviceHugePage);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            _isMissing = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
