using System.Numerics;

namespace Nmf.Kernels.Tests;

public class RowKernelsTests
{
    [Fact]
    public void Every_length_is_counted_and_summed_in_float() => AssertSums<float>(1e-13);

    [Fact]
    public void Every_length_is_counted_and_summed_in_double() => AssertSums<double>(1e-14);

    [Fact]
    public void A_copy_is_whole_and_goes_no_further()
    {
        foreach (var length in new[] { 0, 1, 7, 8, 15, 16, 17, 33, 4095, 4096, 4097, 9001 })
        {
            var values = Values<float>(length, 1);
            var destination = Enumerable.Repeat(float.NaN, length + 3).ToArray();
            Assert.Equal(RowKernels.Summarize<float>(values), RowKernels.Copy(values, destination));
            Assert.Equal(values, destination[..length]);
            Assert.All(destination[length..], value => Assert.True(float.IsNaN(value)));
        }

        Assert.Contains(
            "There are 3 values, but room for 2",
            Assert.Throws<ArgumentException>(() => RowKernels.Copy<float>([1, 2, 3], new float[2])).Message);
    }

    [Theory]
    [InlineData(-1e-30)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void One_bad_value_is_found_at_every_place(double value)
    {
        for (var at = 0; at < 70; at++)
        {
            AssertInvalid<float>(at);
            AssertInvalid<double>(at);
        }

        void AssertInvalid<T>(int at)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var values = Values<T>(70, 2);
            values[at] = T.CreateTruncating(value);
            Assert.False(RowKernels.Summarize<T>(values).IsValid);
        }
    }

    [Fact]
    public void Negative_zeros_and_sums_beyond_the_type_are_valid()
    {
        var zeros = Enumerable.Repeat(-0f, 40).ToArray();
        Assert.Equal(new RowSummary(true, 0, 0, 0), RowKernels.Summarize<float>(zeros));
        var large = Enumerable.Repeat(float.MaxValue, 40).ToArray();
        var summary = RowKernels.Summarize<float>(large);
        Assert.True(summary.IsValid);
        Assert.Equal(40.0 * float.MaxValue, summary.Sum, 1e-12 * summary.Sum);
        Assert.Equal(40.0 * float.MaxValue * float.MaxValue, summary.SumOfSquares, 1e-12 * summary.SumOfSquares);
    }

    [Fact]
    public void Missing_values_are_counted_and_left_out_in_float() => AssertMissing<float>();

    [Fact]
    public void Missing_values_are_counted_and_left_out_in_double() => AssertMissing<double>();

    private static void AssertMissing<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var length in Enumerable.Range(1, 100).Append(70_001))
        {
            var values = Values<T>(length, length);
            var random = new Random(length);
            for (var i = random.Next(3); i < length; i += 1 + random.Next(9))
                values[i] = random.Next(2) == 0 ? T.NaN : -T.NaN;
            var numbers = Array.ConvertAll(values, double.CreateTruncating);
            var observed = numbers.Where(value => !double.IsNaN(value)).ToArray();
            var copy = new T[length];
            var summary = RowKernels.Copy<T>(values, copy, nanIsMissing: true);
            Assert.Equal(values, copy);
            Assert.Equal(RowKernels.Summarize<T>(values, nanIsMissing: true), summary);
            Assert.True(summary.IsValid);
            Assert.Equal(length - observed.Length, summary.Missing);
            Assert.Equal(numbers.Count(value => value != 0), summary.NonZeros);
            Assert.Equal(observed.Sum(), summary.Sum, 1e-12 * (1 + summary.Sum));
            Assert.Equal(
                observed.Sum(value => value * value), summary.SumOfSquares, 1e-12 * (1 + summary.SumOfSquares));
            if (observed.Length < length)
                Assert.False(RowKernels.Summarize<T>(values).IsValid);
            values[random.Next(length)] = -T.One;
            Assert.False(RowKernels.Summarize<T>(values, nanIsMissing: true).IsValid);
        }
    }

    private static void AssertSums<T>(double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var length in Enumerable.Range(0, 257).Append(4096).Append(12_345))
        {
            var values = Values<T>(length, length);
            var numbers = Array.ConvertAll(values, double.CreateTruncating);
            var summary = RowKernels.Summarize<T>(values);
            Assert.True(summary.IsValid);
            Assert.Equal(numbers.Count(v => v != 0), summary.NonZeros);
            Assert.Equal(numbers.Sum(), summary.Sum, tolerance * (1 + summary.Sum));
            Assert.Equal(numbers.Sum(v => v * v), summary.SumOfSquares, tolerance * (1 + summary.SumOfSquares));
        }
    }

    private static T[] Values<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(
            _ => random.Next(4) == 0 ? T.Zero : T.CreateTruncating(random.NextDouble()))];
    }
}
