using System.Numerics;

namespace Nmf.Kernels.Simd;

/// <summary>An exponent p, prepared for <see cref="VectorMath{T,TVector,TSimd}.Pow"/>.</summary>
internal readonly struct SplitPower<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SplitPower(double value)
    {
        Value = T.CreateChecked(value);
        TimesLog2E = T.CreateChecked(value / Math.Log(2));
        High = typeof(T) == typeof(float)
            ? T.CreateChecked(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)value) & ~0xFFF))
            : T.CreateChecked(BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) & ~0xFFFFL));
        Low = T.CreateChecked(value - double.CreateChecked(High));

        // x^p and x itself stay normal for |log2 x| below this.
        var (digits, most) = typeof(T) == typeof(float) ? (125, 125.0) : (1021, 1021.0);
        var range = Math.Pow(2, Math.Min(most, digits / Math.Max(Math.Abs(value), 1e-3)));
        Largest = T.CreateChecked(range);
        Smallest = T.CreateChecked(1 / range);
    }

    /// <summary>p.</summary>
    public T Value { get; }

    /// <summary>p / ln 2.</summary>
    public T TimesLog2E { get; }

    /// <summary>The leading bits of p: so few that the product with a binary exponent is exact.</summary>
    public T High { get; }

    /// <summary>p - High.</summary>
    public T Low { get; }

    /// <summary>Smallest x whose power is taken as it is.</summary>
    public T Smallest { get; }

    /// <summary>Largest x whose power is taken as it is.</summary>
    public T Largest { get; }
}
