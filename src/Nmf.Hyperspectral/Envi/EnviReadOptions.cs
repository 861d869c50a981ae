namespace Nmf.Hyperspectral;

/// <summary>What becomes of stored values when an ENVI picture is read.</summary>
public sealed record EnviReadOptions
{
    /// <summary>Whether bands that the list "bbl" calls bad are left out. The default keeps all.</summary>
    public bool DropBadBands { get; init; }

    /// <summary>Whether values equal to <see cref="EnviHeader.DataIgnoreValue"/> are read as NaN, which is what ML.NET calls missing. The default is true.</summary>
    public bool IgnoredAsMissing { get; init; } = true;

    /// <summary>Whether values are divided by <see cref="EnviHeader.ReflectanceScaleFactor"/>. The default is true.</summary>
    public bool ScaleToReflectance { get; init; } = true;

    /// <summary>Indices of the bands that are read, in their order.</summary>
    internal int[] Bands(EnviHeader header)
    {
        var good = DropBadBands && !header.IsSpectralLibrary ? header.GoodBands : null;
        return [.. Enumerable.Range(0, header.Bands).Where(band => good is null || good[band])];
    }
}
