using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Nmf.Kernels.Dense;

/// <summary>
/// The tile of V that will be wanted next, asked for a few rows at a time, between the register blocks of a product:
/// its rows are too short for the hardware to guess them. Many lines at once would fill the core's queue of misses, and
/// whatever else is not in the first-level cache would wait until they have come from memory. They go into the
/// second-level cache: the first is full.
/// </summary>
internal unsafe struct TileAhead
{
    private const int CacheLine = 64;

    private byte* _row;
    private nint _weights;
    private nint _stride;
    private nint _width;
    private nint _left;
    private nint _atOnce;

    /// <summary>Asks for nothing.</summary>
    public static TileAhead Nothing => default;

    /// <summary>Asks for a tile of V, and for its weights where it has some.</summary>
    /// <param name="data">A tile.</param>
    /// <param name="next">Distance from it to the one that comes next, in elements.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="atOnce">How many rows to ask for at once.</param>
    public static TileAhead Of<T>(in DataTile<T> data, nint next, nint rows, nint columns, nint atOnce)
        where T : unmanaged
        => !Sse.IsSupported ? default : new TileAhead
        {
            _row = (byte*)(data.Data + next),
            _weights = data.Weights == null ? 0 : (nint)((byte*)data.Weights - (byte*)data.Data),
            _stride = data.Stride * sizeof(T),
            _width = columns * sizeof(T),
            _left = rows,
            _atOnce = atOnce,
        };

    /// <summary>Asks for the rows that are left.</summary>
    public void AskAll()
    {
        _atOnce = _left;
        Ask();
    }

    /// <summary>Asks for some rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ask()
    {
        if (_left <= 0)
            return;
        var row = _row;
        var end = row + (nint.Min(_atOnce, _left) * _stride);
        _left -= _atOnce;
        _row = end;
        for (; row < end; row += _stride)
        {
            for (nint j = 0; j < _width; j += CacheLine)
                Sse.Prefetch1(row + j);
            if (_weights != 0)
            {
                for (nint j = 0; j < _width; j += CacheLine)
                    Sse.Prefetch1(row + _weights + j);
            }
        }
    }
}
