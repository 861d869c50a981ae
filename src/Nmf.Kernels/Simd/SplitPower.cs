using System.Numerics;

namespace Nmf.Kernels.Simd;

/// <summary>An exponent p for <see cref="VectorMath{T,TVector,TSimd}.Pow"/>, with p = High + Low and High so short that its product with a binary exponent is exact.</summary>
internal readonly struct SplitPower<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SplitPower(double value)
    {
        Value = T.CreateChecked(value);
        High = typeof(T) == typeof(float)
            ? T.CreateChecked(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)value) & ~0xFFF))
            : T.CreateChecked(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) & ~0xFFFFL));
        Low = T.CreateChecked(value - double.CreateChecked(High));
    }

    public T Value { get; }

    public T High { get; }

    public T Low { get; }
}
