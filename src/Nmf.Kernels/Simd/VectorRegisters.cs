using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nmf.Kernels.Simd;

/// <summary>How many sums a register block may hold.</summary>
internal static class VectorRegisters
{
    /// <summary>Whether instructions name 32 vector registers (EVEX, AArch64) and not 16 (VEX, SSE).</summary>
    public static bool AreThirtyTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported;
    }
}
