using System.Runtime.Intrinsics;

namespace Nmf.Kernels.Tests;

/// <summary>The vector widths that this process can run: an AVX-512 machine tests all of them, 0
/// standing for one lane.</summary>
internal static class VectorWidths
{
    public static int[] Accelerated { get; } =
    [
        .. Vector512.IsHardwareAccelerated ? [512] : Array.Empty<int>(),
        .. Vector256.IsHardwareAccelerated ? [256] : Array.Empty<int>(),
        .. Vector128.IsHardwareAccelerated ? [128] : Array.Empty<int>(),
        0,
    ];
}
