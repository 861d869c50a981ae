using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Tests;

/// <summary>Copies of blocks to their transposes, in registers and one by one.</summary>
public sealed unsafe class TranspositionTests
{
    [Fact]
    public void Every_block_is_transposed_and_nothing_else_is_touched()
    {
        for (var rows = 0; rows <= 19; rows++)
        {
            for (var columns = 0; columns <= 33; columns++)
            {
                Check<float>(rows, columns);
                Check<double>(rows, columns);
            }
        }
    }

    private static void Check<T>(int rows, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int sourceStride = columns + 3, targetStride = rows + 5;
        var source = Enumerable.Range(1, (rows * sourceStride) + 1).Select(T.CreateChecked).ToArray();
        var target = Enumerable.Repeat(T.NaN, (columns * targetStride) + 1).ToArray();
        fixed (T* from = source, to = target)
            Transposition<T>.Copy(from, sourceStride, rows, columns, to, targetStride);
        for (var at = 0; at < target.Length; at++)
        {
            int j = at / targetStride, i = at % targetStride;
            Assert.Equal(j < columns && i < rows ? source[(i * sourceStride) + j] : T.NaN, target[at]);
        }
    }
}
