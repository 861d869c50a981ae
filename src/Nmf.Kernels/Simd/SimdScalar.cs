using System.Numerics;

namespace Nmf.Kernels.Simd;

/// <summary>One lane: the path of machines without vector hardware, and of tests that switch it off.</summary>
internal readonly unsafe struct SimdScalar<T> : ISimd<T, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Count => 1;

    public static T Zero => T.Zero;

    public static T Load(T* source) => *source;

    public static void Store(T* destination, T value) => *destination = value;

    public static T Broadcast(T value) => value;

    public static T Add(T a, T b) => a + b;

    public static T Subtract(T a, T b) => a - b;

    public static T Multiply(T a, T b) => a * b;

    public static T Divide(T a, T b) => a / b;

    // Not T.FusedMultiplyAdd: without hardware it is a library call, exact and fifty times slower.
    public static T MultiplyAdd(T a, T b, T c) => (a * b) + c;

    public static T Max(T a, T b) => T.Max(a, b);

    public static T Sqrt(T a) => T.Sqrt(a);

    public static T Sum(T a) => a;
}
