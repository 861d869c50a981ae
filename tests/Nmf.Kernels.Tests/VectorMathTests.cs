using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tests;

/// <summary>Logarithms, powers and reciprocals of every vector width against the library functions in double.</summary>
public sealed class VectorMathTests
{
    public static TheoryData<double> Powers => [-3, -2, -1.5, -0.7, 0.3, 0.5, 1, 1.3, 2, 3];

    [Theory]
    [MemberData(nameof(Powers))]
    public void Powers_keep_full_precision_over_the_whole_range(double power)
    {
        // The spread of arguments keeps the result normal in float.
        var spread = Math.Min(60, 80 / Math.Abs(power));
        Check<float>(Math.Pow, power, spread, 1e-6);
        Check<double>(Math.Pow, power, 4 * spread, 4e-15);
    }

    [Fact]
    public void Logarithms_are_accurate_also_near_one()
    {
        foreach (var bits in VectorWidths.Accelerated)
        {
            foreach (var scale in new[] { 1e-6, 1e-3, 0.3 })
            {
                var x = Arguments<double>(scale);
                Close(x, Apply(x, 0, Operation.Log, bits), (value, _) => Math.Log(value), 0, 4e-15, 4e-16);
                var single = Arguments<float>(scale);
                Close(single, Apply(single, 0, Operation.Log, bits), (value, _) => Math.Log(value), 0, 5e-7, 6e-8);
            }

            var wide = Arguments<double>(600);
            Close(wide, Apply(wide, 0, Operation.Log, bits), (value, _) => Math.Log(value), 0, 4e-16, 1e-15);
        }
    }

    [Fact]
    public void Reciprocals_are_as_good_as_divisions()
    {
        foreach (var bits in VectorWidths.Accelerated)
        {
            var x = Arguments<float>(60);
            Close(x, Apply(x, 0, Operation.Reciprocal, bits), (value, _) => 1 / value, 0, 2.5e-7, 0);
            Close(x, Apply(x, 0, Operation.ReciprocalSqrt, bits), (value, _) => 1 / Math.Sqrt(value), 0, 4e-7, 0);
            var wide = Arguments<double>(60);
            Close(wide, Apply(wide, 0, Operation.Reciprocal, bits), (value, _) => 1 / value, 0, 4e-16, 0);
            Close(
                wide, Apply(wide, 0, Operation.ReciprocalSqrt, bits), (value, _) => 1 / Math.Sqrt(value), 0, 6e-16, 0);
        }
    }

    [Fact]
    public void The_larger_and_the_smaller_give_way_to_the_second_when_not_a_number()
    {
        foreach (var bits in VectorWidths.Accelerated)
        {
            float[] values = [1, float.NaN, -3, 0];
            Assert.Equal([2, float.NaN, 2, 2], Apply(values, 2, Operation.MaxOfPowerAnd, bits));
            Assert.Equal([1, float.NaN, -3, 0], Apply(values, 2, Operation.MinOfPowerAnd, bits));
        }
    }

    private static void Check<T>(Func<double, double, double> expected, double power, double spread, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var x = Arguments<T>(spread);
        foreach (var bits in VectorWidths.Accelerated)
            Close(x, Apply(x, power, Operation.Pow, bits), expected, power, tolerance, 0);
    }

    // e^-spread … e^spread, evenly in the logarithm.
    private static T[] Arguments<T>(double spread)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. Enumerable.Range(0, 4001).Select(i => T.CreateChecked(Math.Exp(((i / 2000.0) - 1) * spread)))];

    private static void Close<T>(
        T[] x, T[] actual, Func<double, double, double> expected, double power, double relative, double absolute)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < x.Length; i++)
        {
            var argument = double.CreateChecked(x[i]);
            var wanted = expected(argument, power);
            var difference = Math.Abs(double.CreateChecked(actual[i]) - wanted);
            if (!(difference <= (relative * Math.Abs(wanted)) + absolute))
                Assert.Fail(
                    $"f({argument:R}) with power {power}: expected {wanted:R}, got {actual[i]}, "
                    + $"relative {difference / Math.Abs(wanted):E2}.");
        }
    }

    private static T[] Apply<T>(T[] x, double power, Operation operation, int bits)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => SimdWidth.Dispatch<T, Evaluation<T>, T[]>(new Evaluation<T>(x, power, operation), bits);

    private enum Operation
    {
        Pow,
        Log,
        Reciprocal,
        ReciprocalSqrt,
        MaxOfPowerAnd,
        MinOfPowerAnd,
    }

    private readonly struct Evaluation<T>(T[] x, double power, Operation operation) : ISimdVisitor<T, T[]>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public unsafe T[] Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var padded = new T[(x.Length + TSimd.Count - 1) / TSimd.Count * TSimd.Count];
            padded.AsSpan().Fill(T.One);
            x.CopyTo(padded, 0);
            fixed (T* values = padded)
            {
                for (var i = 0; i < padded.Length; i += TSimd.Count)
                    TSimd.Store(values + i, Of<TVector, TSimd>(TSimd.Load(values + i)));
            }

            return padded[..x.Length];
        }

        private TVector Of<TVector, TSimd>(TVector value)
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            switch (operation)
            {
                case Operation.Pow:
                    return VectorMath<T, TVector, TSimd>.Pow(value, new SplitPower<T>(power));
                case Operation.Log:
                    return VectorMath<T, TVector, TSimd>.Log(value);
                case Operation.Reciprocal:
                    return TSimd.Reciprocal(value);
                case Operation.ReciprocalSqrt:
                    return TSimd.ReciprocalSqrt(value);
                case Operation.MaxOfPowerAnd:
                    return TSimd.Max(TSimd.Broadcast(T.CreateChecked(power)), value);
                default:
                    return TSimd.Min(TSimd.Broadcast(T.CreateChecked(power)), value);
            }
        }
    }
}
