using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tests;

/// <summary>Loops over short rows against those over rows of any length: the same bits.</summary>
public sealed class ShortRowsTests
{
    public static TheoryData<int> Widths => [.. VectorWidths.Accelerated];

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_bits_are_those_of_the_loops_over_longer_rows(int width)
    {
        var compared = 0;
        foreach (var count in Enumerable.Range(0, 70).Append(257))
        {
            foreach (var rank in new[] { 1, 3, 7, 8, 9, 16, 17, 20, 24, 25, 32, 33, 48, 64 })
            {
                compared += SimdWidth.Dispatch<float, Comparison<float>, int>(new(rank, count), width);
                compared += SimdWidth.Dispatch<double, Comparison<double>, int>(new(rank, count), width);
            }
        }

        Assert.True(compared > 0);
    }

    private readonly struct Comparison<T>(int rank, int count) : ISimdVisitor<T, int>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public unsafe int Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var basis = SparseSamples.Dense<T>(SparseSamples.Factor(50, rank, 1));
            var length = (int)basis.Stride;
            if (length % TSimd.Count != 0 || !ShortRows<TVector, TSimd, T>.Fit(length))
                return 0;
            var given = SparseSamples.Dense<T>(SparseSamples.Factor(1, rank, 2));
            var random = new Random(count);
            var indices = new int[count];
            var values = new T[count];
            for (var j = 0; j < count; j++)
            {
                indices[j] = random.Next(50);
                values[j] = T.CreateChecked(random.Next(4));
            }

            // A row of zeros, and a floor that it falls below.
            basis.Row(7).Clear();
            var floor = T.CreateChecked(0.01);
            T[] expected = Start(length), actual = Start(length), alone = Start(length);
            T[] ratios = new T[count], totals = new T[count];
            var rows = new T*[count];
            for (var j = 0; j < count; j++)
                rows[j] = basis.Data + (indices[j] * basis.Stride);
            fixed (int* index = indices)
            fixed (T** row = rows)
            fixed (T* value = values, sum = actual, withoutRatios = alone, reference = expected, ratio = ratios,
                total = totals)
            {
                FactorRows<TVector, TSimd, T>.Dots(given.Data, row, count, length, total);
                for (var j = 0; j < count; j++)
                    totals[j] = values[j] / T.Max(floor, totals[j]);
                FactorRows<TVector, TSimd, T>.Combine(total, row, count, length, reference);
                ShortRows<TVector, TSimd, T>.Add(
                    given.Data, basis, index, value, count, count, floor, sum, ratio);
                ShortRows<TVector, TSimd, T>.Add(
                    given.Data, basis, index, value, count, count, floor, withoutRatios, null);
            }

            Sums<TVector, TSimd>(given, basis, indices, rows, totals);
            Assert.Equal(totals, ratios);
            Assert.Equal(expected, actual);
            Assert.Equal(expected, alone);
            return 1;
        }

        // The products, one sum and two sums, each alone.
        private unsafe void Sums<TVector, TSimd>(
            Matrix<T> given, Matrix<T> basis, int[] indices, T*[] rows, T[] weights)
            where TVector : unmanaged
            where TSimd : struct, ISimd<TVector, T>
        {
            var length = (int)basis.Stride;
            T[] expected = new T[count], actual = new T[count], other = [.. weights.Reverse()];
            T[] sum = Start(length), first = Start(length), second = Start(length), sumOfOther = Start(length);
            T[] alone = Start(length);
            fixed (int* index = indices)
            fixed (T** row = rows)
            fixed (T* y = actual, reference = expected, a = weights, b = other, s = sum, t = sumOfOther, u = first,
                v = second, w = alone)
            {
                FactorRows<TVector, TSimd, T>.Dots(given.Data, row, count, length, reference);
                FactorRows<TVector, TSimd, T>.Combine(a, row, count, length, s);
                FactorRows<TVector, TSimd, T>.Combine(b, row, count, length, t);
                ShortRows<TVector, TSimd, T>.Dots(given.Data, basis, index, count, count, y);
                ShortRows<TVector, TSimd, T>.Combine(basis, index, a, count, count, w);
                ShortRows<TVector, TSimd, T>.CombineTwo(basis, index, a, b, count, u, v);
            }

            Assert.Equal(expected, actual);
            Assert.Equal(sum, alone);
            Assert.Equal(sum, first);
            Assert.Equal(sumOfOther, second);
        }

        private static T[] Start(int length) => [.. Enumerable.Range(0, length).Select(k => T.CreateChecked(k))];
    }
}
