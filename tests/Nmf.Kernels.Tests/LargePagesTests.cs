using System.Runtime.InteropServices;

namespace Nmf.Kernels.Tests;

public unsafe class LargePagesTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(64, (2 * LargePages.Size) + 1)]
    [InlineData(LargePages.Size - 8, 5 * LargePages.Size)]
    public void What_stands_in_memory_stays(int offset, int bytes)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)(offset + bytes));
        try
        {
            for (var i = 0; i < bytes; i++)
                memory[offset + i] = (byte)(i % 251);
            LargePages.Ask(memory + offset, bytes);
            for (var i = 0; i < bytes; i++)
            {
                if (memory[offset + i] != (byte)(i % 251))
                    Assert.Fail($"Byte {i} has changed.");
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    [Fact]
    public void Large_matrices_begin_as_zeros()
    {
        var matrix = new Matrix<float>(3000, 1000);
        for (var i = 0; i < matrix.Rows; i++)
            Assert.False(matrix.Row(i).ContainsAnyExcept(0f));
    }
}
