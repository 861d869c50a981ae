using Nmf.Hyperspectral;

namespace HyperspectralUnmixing;

/// <summary>What is known of a picture: its spectra, and perhaps its abundances, pixel after pixel.</summary>
internal sealed record Truth(SpectralLibrary Endmembers, float[]? Abundances)
{
    /// <summary>Reads what the user gave.</summary>
    /// <param name="options">Paths.</param>
    /// <param name="unmixing">The picture that was unmixed.</param>
    /// <exception cref="UserErrorException">It does not fit the picture.</exception>
    public static Truth? Read(Options options, Unmixing unmixing)
    {
        if (options.Endmembers is not { } path)
            return null;
        var library = SpectralLibrary.Read(path);
        if (library.Bands != unmixing.Bands.Count)
        {
            // Spectra of all bands of a picture some of whose bands are bad.
            if (library.Bands != unmixing.Header.Bands)
                throw new UserErrorException(
                    $"{path} has spectra of {library.Bands} bands, but the picture has {unmixing.Header.Bands}, "
                    + $"{unmixing.Bands.Count} of them good.");
            library = new SpectralLibrary(
                library.Names,
                [.. library.Spectra.Select(spectrum => unmixing.Bands.Select(band => spectrum[band]).ToArray())]);
        }

        if (options.Abundances is null)
            return new Truth(library, null);
        using var maps = EnviCube.Open(options.Abundances);
        var (expected, header) = (unmixing.Header, maps.Header);
        return (header.Lines, header.Samples, maps.BandCount) == (expected.Lines, expected.Samples,
            library.Spectra.Count)
            ? new Truth(library, maps.ReadAll())
            : throw new UserErrorException(
                $"{options.Abundances} has {header.Lines} lines, {header.Samples} samples and {maps.BandCount} bands; "
                + $"{expected.Lines}, {expected.Samples} and one for each of the {library.Spectra.Count} spectra are "
                + "needed.");
    }
}
