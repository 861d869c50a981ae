namespace Nmf.Hyperspectral;

/// <summary>Values that follow each other in the file and belong to one band, or to one pixel.</summary>
/// <param name="Offset">Index of the first value in the file.</param>
/// <param name="Length">Number of values.</param>
/// <param name="End">Index where the values end that lie behind <paramref name="Offset"/> without a gap and
/// are wanted as well.</param>
/// <param name="Pixel">Pixel of the first value, relative to the block.</param>
/// <param name="Slot">Slot of the first value in the spectrum that is read or written.</param>
/// <param name="AlongBands">Whether the next value is the next band of the pixel; otherwise it
/// is the next pixel.</param>
internal readonly record struct EnviRun(long Offset, int Length, long End, int Pixel, int Slot, bool AlongBands);

/// <summary>Where the values of a block of pixels lie. Pixels are numbered line by line.</summary>
internal sealed class EnviLayout
{
    private readonly EnviHeader _header;
    private readonly (int Band, int Length, int Slot)[] _ranges;

    /// <param name="header">Sizes and interleave.</param>
    /// <param name="bands">Indices of the bands that are wanted, ascending.</param>
    public EnviLayout(EnviHeader header, int[] bands)
    {
        _header = header;
        var ranges = new List<(int Band, int Length, int Slot)>();
        for (var slot = 0; slot < bands.Length; slot++)
        {
            if (ranges.Count > 0 && ranges[^1].Band + ranges[^1].Length == bands[slot])
                ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + 1 };
            else
                ranges.Add((bands[slot], 1, slot));
        }

        _ranges = [.. ranges];
    }

    /// <summary>The values of pixels <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> in
    /// the order of the file.</summary>
    public IEnumerable<EnviRun> Runs(long first, int count) => _header.Interleave switch
    {
        EnviInterleave.Bip => ByPixel(first, count),
        EnviInterleave.Bil => ByLine(first, count),
        _ => Sequential(first, count),
    };

    private IEnumerable<EnviRun> ByPixel(long first, int count)
    {
        var end = (first + count) * _header.Bands;
        for (var pixel = 0; pixel < count; pixel++)
        {
            foreach (var (band, length, slot) in _ranges)
                yield return new EnviRun(
                    ((first + pixel) * _header.Bands) + band, length, end, pixel, slot, AlongBands: true);
        }
    }

    private IEnumerable<EnviRun> Sequential(long first, int count)
    {
        foreach (var (band, slot) in Bands())
        {
            var offset = (band * _header.Pixels) + first;
            yield return new EnviRun(offset, count, offset + count, 0, slot, AlongBands: false);
        }
    }

    private IEnumerable<EnviRun> ByLine(long first, int count)
    {
        int length;
        for (var pixel = 0; pixel < count; pixel += length)
        {
            var (line, sample) = Math.DivRem(first + pixel, _header.Samples);
            length = (int)Math.Min(count - pixel, _header.Samples - sample);
            foreach (var (band, slot) in Bands())
            {
                var offset = (((line * _header.Bands) + band) * _header.Samples) + sample;
                var end = length == _header.Samples ? (line + 1) * _header.Bands * _header.Samples : offset + length;
                yield return new EnviRun(offset, length, end, pixel, slot, AlongBands: false);
            }
        }
    }

    private IEnumerable<(int Band, int Slot)> Bands()
    {
        foreach (var (band, length, slot) in _ranges)
        {
            for (var i = 0; i < length; i++)
                yield return (band + i, slot + i);
        }
    }
}
