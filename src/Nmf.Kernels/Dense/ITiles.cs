using System.Numerics;

namespace Nmf.Kernels.Dense;

/// <summary>
/// What a dense walk does with a tile: entry by entry (<see cref="EntryTiles{T,TVector,TSimd,TDivergence}"/>), the
/// observed entries only (<see cref="ObservedTiles{T,TVector,TSimd,TDivergence}"/>), or row by row
/// (<see cref="BregmanTiles{T,TVector,TSimd}"/>).
/// </summary>
/// <remarks>A struct given as a type argument: the JIT makes code of its own for each. The model is in scratch that
/// stays in the first-level cache, where the parts take its place.</remarks>
internal unsafe interface ITiles<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Where the positive part comes from.</summary>
    static abstract PositivePart PositivePart { get; }

    /// <summary>Copies a tile of V to scratch, where the micro-kernel may read whole register blocks.</summary>
    void Copy(in DataTile<T> data, T* tile, nint tileStride, nint rows, nint columns);

    /// <summary>Replaces the model by the negative part, and writes the positive one where it is a product.</summary>
    /// <param name="data">V at the tile.</param>
    /// <param name="floor">Least value of the model.</param>
    /// <param name="scratch">The model, and room for the positive part.</param>
    /// <param name="tileStride">Distance between rows of the tile.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    void Parts(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns);

    /// <summary>The divergence of a tile. Rows are summed in the element type, the rows in double.</summary>
    /// <param name="data">V at the tile.</param>
    /// <param name="floor">Least value of the model.</param>
    /// <param name="scratch">The model, and scratch.</param>
    /// <param name="tileStride">Distance between rows of the tile.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    double Value(in DataTile<T> data, T floor, TileScratch<T> scratch, nint tileStride, nint rows, nint columns);
}
