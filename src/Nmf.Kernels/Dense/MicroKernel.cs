using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels.Dense;

/// <summary>
/// <c>C = A B</c> or <c>C += A B</c> for panels that fit in cache, cut into blocks of C that stay in registers:
/// every step of the depth loads a few vectors of a row of B, broadcasts the elements of a column of A, and
/// multiplies and adds them all.
/// </summary>
/// <remarks>
/// Both strides of A are free, so that the same code does <c>H Wᵀ</c>, <c>R W</c> and <c>Hᵀ R</c>. Rows come in
/// multiples of <see cref="DenseCut.RowQuantum"/>, columns in whole vectors: callers pad their scratch. Sums run over
/// the depth in order, so a result depends on the operands alone, never on the shape of the block that computed it. The
/// blocks keep their sums in named locals: an array of vectors would live in memory.
/// </remarks>
internal static unsafe partial class MicroKernel<T, TVector, TSimd>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TVector : unmanaged
    where TSimd : struct, ISimd<TVector, T>
{
    /// <summary>Vectors side by side in the widest block: the panels of B that are packed for speed
    /// have this width.</summary>
    public const int PanelVectors = 3;

    /// <inheritdoc cref="Multiply(T*, nint, nint, T*, nint, nint, T*, nint, nint, nint, bool, ref TileAhead)"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        T* a,
        nint rowStride,
        nint depthStride,
        T* b,
        nint bStride,
        nint depth,
        T* c,
        nint cStride,
        nint rows,
        nint vectors,
        bool accumulate)
    {
        var ahead = TileAhead.Nothing;
        Multiply(a, rowStride, depthStride, b, bStride, depth, c, cStride, rows, vectors, accumulate, ref ahead);
    }

    /// <summary>Multiplies panels.</summary>
    /// <param name="a">A, rows x depth.</param>
    /// <param name="rowStride">Distance between rows of A.</param>
    /// <param name="depthStride">Distance between columns of A.</param>
    /// <param name="b">B, depth x vectors · lanes, row-major.</param>
    /// <param name="bStride">Distance between rows of B.</param>
    /// <param name="depth">Number of terms of each sum.</param>
    /// <param name="c">C, rows x vectors · lanes, row-major.</param>
    /// <param name="cStride">Distance between rows of C.</param>
    /// <param name="rows">Number of rows, a multiple of <see cref="DenseCut.RowQuantum"/>.</param>
    /// <param name="vectors">Number of columns of B and C in vectors.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    /// <param name="ahead">Data to ask for before every register block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(
        T* a,
        nint rowStride,
        nint depthStride,
        T* b,
        nint bStride,
        nint depth,
        T* c,
        nint cStride,
        nint rows,
        nint vectors,
        bool accumulate,
        ref TileAhead ahead)
    {
        while (vectors > 0)
        {
            var width = Width(vectors);
            var tall = Height(width);
            nint i = 0;
            for (; i + tall <= rows; i += tall)
            {
                ahead.Ask();
                Tall(
                    width, a + (i * rowStride), rowStride, depthStride, b, bStride, depth, c + (i * cStride), cStride,
                    accumulate);
            }

            for (; i < rows; i += DenseCut.RowQuantum)
            {
                ahead.Ask();
                Short(
                    width, a + (i * rowStride), rowStride, depthStride, b, bStride, depth, c + (i * cStride), cStride,
                    accumulate);
            }

            vectors -= width;
            b += width * TSimd.Count;
            c += width * TSimd.Count;
        }
    }

    /// <summary>The share of every register block of a product, where something goes on between them.</summary>
    /// <param name="count">How much there is to do.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="vectors">Columns of C in vectors.</param>
    public static nint Share(nint count, nint rows, nint vectors)
    {
        nint blocks = 0;
        while (vectors > 0)
        {
            var width = Width(vectors);
            var tall = Height(width);
            blocks += (rows / tall) + ((rows % tall) / DenseCut.RowQuantum);
            vectors -= width;
        }

        return (count + blocks - 1) / nint.Max(1, blocks);
    }

    // Four vectors go as 2 + 2: a block one vector wide loads as much as it multiplies.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Width(nint vectors)
        => vectors >= PanelVectors && vectors != 4 ? PanelVectors : nint.Min(vectors, 2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Height(nint width)
        => width == 3 ? (VectorRegisters.AreThirtyTwo ? 8 : 4)
            : width == 2 && !VectorRegisters.AreThirtyTwo ? 4
            : 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tall(
        nint width, T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride,
        bool accumulate)
    {
        if (width == 3 && VectorRegisters.AreThirtyTwo)
            Tile8x3(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
        else if (width == 3)
            Tile4x3(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
        else if (width == 2 && VectorRegisters.AreThirtyTwo)
            Tile12x2(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
        else if (width == 2)
            Tile4x2(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
        else
            Tile12x1(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Short(
        nint width, T* a, nint rowStride, nint depthStride, T* b, nint bStride, nint depth, T* c, nint cStride,
        bool accumulate)
    {
        if (width == 3)
            Tile4x3(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
        else if (width == 2)
            Tile4x2(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
        else
            Tile4x1(a, rowStride, depthStride, b, bStride, depth, c, cStride, accumulate);
    }
}
