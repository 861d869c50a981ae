using System.Numerics;

namespace Nmf.Kernels.Simd;

/// <summary>
/// The vector operations that kernels are written in, once for all widths: a kernel takes
/// <typeparamref name="TVector"/> and the operations as type arguments, and the JIT turns each
/// call into one instruction.
/// </summary>
/// <typeparam name="TVector">Vector512, Vector256 or Vector128 of the element type, or the element type
/// itself (one lane).</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal unsafe interface ISimd<TVector, T>
    where TVector : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(T* source);

    static abstract void Store(T* destination, TVector value);

    /// <summary>The same value in every lane.</summary>
    static abstract TVector Broadcast(T value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a · b + c; fused where the hardware has it.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger of each pair; <paramref name="b"/> where either is NaN, as the x86
    /// instruction has it.</summary>
    static abstract TVector Max(TVector a, TVector b);

    /// <summary>The smaller of each pair; <paramref name="b"/> where either is NaN.</summary>
    static abstract TVector Min(TVector a, TVector b);

    static abstract TVector Sqrt(TVector a);

    /// <summary>1 / a to about the accuracy of a division, for 1e-37 &lt; a &lt; 1e37: an estimate and a Newton step
    /// where that is faster.</summary>
    static abstract TVector Reciprocal(TVector a);

    /// <summary>1 / √a to about the accuracy of a division, for 1e-37 &lt; a &lt; 1e37.</summary>
    static abstract TVector ReciprocalSqrt(TVector a);

    /// <summary>Lane by lane, <paramref name="ifLess"/> where a &lt; b and
    /// <paramref name="otherwise"/> elsewhere.</summary>
    static abstract TVector SelectLess(TVector a, TVector b, TVector ifLess, TVector otherwise);

    /// <summary>a = mantissa · 2^exponent with √½ ≤ mantissa &lt; √2, for positive normal a.</summary>
    /// <returns>The mantissa.</returns>
    static abstract TVector SplitExponent(TVector a, out TVector exponent);

    /// <summary>2^n for integral n in the range of normal numbers.</summary>
    static abstract TVector PowerOfTwo(TVector n);

    /// <summary>Sum of the lanes, always in the same order.</summary>
    static abstract T Sum(TVector a);
}

/// <summary>What is built once the vector width is known: see <see cref="SimdWidth.Dispatch"/>.</summary>
internal interface ISimdVisitor<T, TResult>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    TResult Visit<TVector, TSimd>()
        where TVector : unmanaged
        where TSimd : struct, ISimd<TVector, T>;
}
