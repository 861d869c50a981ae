using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Tests;

/// <summary>The loop over short rows against the two loops that it replaces: the same bits.</summary>
public sealed class ShortRowsTests
{
    public static TheoryData<int> Widths => [.. VectorWidths.Accelerated];

    [Theory]
    [MemberData(nameof(Widths))]
    public void One_loop_gives_the_bits_of_two(int width)
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

            Assert.Equal(totals, ratios);
            Assert.Equal(expected, actual);
            Assert.Equal(expected, alone);
            return 1;
        }

        private static T[] Start(int length) => [.. Enumerable.Range(0, length).Select(k => T.CreateChecked(k))];
    }
}
