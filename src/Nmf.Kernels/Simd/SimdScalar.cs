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

    public static T Max(T a, T b) => a > b ? a : b;

    public static T Sqrt(T a) => T.Sqrt(a);

    public static T Min(T a, T b) => a < b ? a : b;

    public static T Reciprocal(T a) => T.One / a;

    public static T ReciprocalSqrt(T a) => T.One / T.Sqrt(a);

    public static T SelectLess(T a, T b, T ifLess, T otherwise) => a < b ? ifLess : otherwise;

    public static T SplitExponent(T a, out T exponent)
    {
        if (typeof(T) == typeof(float))
        {
            var bits = BitConverter.SingleToInt32Bits((float)(object)a);
            var biased = (bits - (0x3F3504F3 - 0x3F800000)) >>> 23;
            exponent = (T)(object)(float)(biased - 127);
            return (T)(object)BitConverter.Int32BitsToSingle(bits - (biased << 23) + 0x3F800000);
        }
        else
        {
            var bits = BitConverter.DoubleToInt64Bits((double)(object)a);
            var biased = (bits - (0x3FE6A09E667F3BCDL - 0x3FF0000000000000L)) >>> 52;
            exponent = (T)(object)(double)(biased - 1023);
            return (T)(object)BitConverter.Int64BitsToDouble(bits - (biased << 52) + 0x3FF0000000000000L);
        }
    }

    public static T PowerOfTwo(T n) => typeof(T) == typeof(float)
        ? (T)(object)BitConverter.Int32BitsToSingle(((int)(float)(object)n + 127) << 23)
        : (T)(object)BitConverter.Int64BitsToDouble(((long)(double)(object)n + 1023) << 52);

    public static T Sum(T a) => a;
}
