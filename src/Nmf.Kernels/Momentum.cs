using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// What an extrapolated update remembers of a factor: how far each entry grew in the last one. The next update starts
/// from <c>factor + Weight · growth</c> instead of <c>factor</c>, row by row and without a copy of the factor.
/// </summary>
/// <remarks>
/// <para>Growth is kept with sixteen bits of a Single, rounded towards zero: a direction needs no more digits, and half
/// the memory is what lets a fit of large factors stay within its bounds. Entries that shrink do not move, so that
/// nothing becomes zero or negative on the way (Hien, Leplat and Gillis, "Block majorization minimization with
/// extrapolation and application to β-NMF", 2024).</para>
/// <para>Guarded row by row: see <see cref="DivergencePass{T}.UpdateActivations"/>. Not thread-safe.</para>
/// </remarks>
/// <typeparam name="T">float or double: the type of the factor.</typeparam>
internal sealed unsafe class Momentum<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int KeptBits = 16;

    private readonly nint _stride;
    private readonly PinnedMemory<ushort> _growth;

    /// <summary>No momentum yet, for a factor of a shape.</summary>
    /// <param name="rows">Rows of the factor.</param>
    /// <param name="rank">Its columns.</param>
    public Momentum(int rows, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        (Rows, Rank) = (rows, rank);
        _stride = (rank + 7) / 8 * 8;
        _growth = new PinnedMemory<ushort>(rows * (long)_stride);
    }

    /// <summary>Rows of the factor.</summary>
    public int Rows { get; }

    /// <summary>Columns of the factor.</summary>
    public int Rank { get; }

    /// <summary>How many times the last growth an update moves on before it starts, from 0 to 1.</summary>
    public double Weight { get; set; }

    /// <summary>The growth of one row: the leading sixteen bits of a nonnegative Single for each column. To be saved,
    /// and taken over again.</summary>
    /// <param name="row">0 to <see cref="Rows"/> - 1.</param>
    public Span<ushort> Growth(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _growth.Span(row * _stride, Rank);
    }

    /// <summary>Follows a change of scale of the columns of the factor; exact for powers of two.</summary>
    /// <param name="scale">What every column was multiplied by.</param>
    public void ScaleColumns(ReadOnlySpan<double> scale)
    {
        if (scale.Length != Rank)
            throw new ArgumentException(
                $"A factor of rank {Rank} needs {Rank} numbers, not {scale.Length}.", nameof(scale));
        for (var i = 0; i < Rows; i++)
        {
            var row = Growth(i);
            for (var k = 0; k < scale.Length; k++)
            {
                if (row[k] != 0)
                    row[k] = Pack((float)Math.Min(float.MaxValue, Unpack(row[k]) * scale[k]));
            }
        }
    }

    internal void RequireShape(Matrix<T> factor)
    {
        if (factor.Rows != Rows || factor.Columns != Rank)
            throw new ArgumentException(
                $"The momentum is that of a {Rows} x {Rank} factor, "
                + $"but the factor is {factor.Rows} x {factor.Columns}.", nameof(factor));
    }

    /// <summary>The growth of one row, packed.</summary>
    internal ushort* Row(int row) => _growth.Pointer + (row * _stride);

    /// <summary>A nonnegative number with the leading sixteen bits of a Single.</summary>
    internal static ushort Pack(float value) => (ushort)(BitConverter.SingleToUInt32Bits(value) >> KeptBits);

    /// <summary>The number that <see cref="Pack"/> kept.</summary>
    internal static float Unpack(ushort packed) => BitConverter.UInt32BitsToSingle((uint)packed << KeptBits);
}
