namespace Nmf.Hyperspectral;

/// <summary>What becomes of stored values when an ENVI picture is read.</summary>
public sealed record EnviReadOptions
{
    /// <summary>Whether bands that the list "bbl" calls bad are left out. The default keeps all.</summary>
    public bool DropBadBands { get; init; }

    /// <summary>Whether values equal to <see cref="EnviHeader.DataIgnoreValue"/> are read as NaN, which is what ML.NET
    /// calls missing. The default is true.</summary>
    public bool IgnoredAsMissing { get; init; } = true;

    /// <summary>Whether values are divided by <see cref="EnviHeader.ReflectanceScaleFactor"/>. The
    /// default is true.</summary>
    public bool ScaleToReflectance { get; init; } = true;

    /// <summary>Requires that the fields are understood without which the numbers that are asked for
    /// would be others.</summary>
    internal void RequireFields(EnviHeader header, string path)
    {
        Require(EnviHeader.BadBandsKey, header.GoodBands is null && DropBadBands, nameof(DropBadBands));
        Require(
            EnviHeader.IgnoreValueKey, header.DataIgnoreValue is null && IgnoredAsMissing, nameof(IgnoredAsMissing));
        Require(
            EnviHeader.ScaleFactorKey, header.ReflectanceScaleFactor is null && ScaleToReflectance,
            nameof(ScaleToReflectance));

        void Require(string key, bool isAskedFor, string option)
        {
            if (isAskedFor && header.OtherFields.FirstOrDefault(field => field.Key == key).Value is { } value)
                throw new EnviFormatException(
                    path, key, value,
                    $"is not understood: mend the header, or set {option} = false to read the numbers without it.");
        }
    }

    /// <summary>Indices of the bands that are read, in their order.</summary>
    internal int[] Bands(EnviHeader header)
    {
        var good = DropBadBands && !header.IsSpectralLibrary ? header.GoodBands : null;
        return [.. Enumerable.Range(0, header.Bands).Where(band => good is null || good[band])];
    }
}
