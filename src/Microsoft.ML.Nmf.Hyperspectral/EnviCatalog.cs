using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Hyperspectral;
using Nmf.Hyperspectral;

namespace Microsoft.ML;

/// <summary>Hyperspectral pictures in the catalog of data.</summary>
public static class EnviCatalog
{
    /// <summary>Name of the annotation with the wavelengths of the slots, a vector of Doubles.</summary>
    public const string WavelengthsAnnotation = "Wavelengths";

    /// <summary>Name of the annotation with the unit of the wavelengths, a text.</summary>
    public const string WavelengthUnitsAnnotation = "WavelengthUnits";

    /// <summary>
    /// Loads the pixels of an ENVI picture, line by line: <c>Spectrum</c>, a vector of Singles whose slots
    /// are named by wavelength (or by the names of the bands), and the Int32 columns <c>Row</c> and
    /// <c>Column</c>, line and sample from 0.
    /// </summary>
    /// <remarks>
    /// The file is read when a cursor goes over the rows, in blocks of 4 MB at most for each cursor, whatever the
    /// interleave; nothing is read where only Row and Column are asked for. Any number of cursors may be open, one for
    /// each thread, and sets of parallel cursors split the picture by blocks. Shuffling permutes the blocks and the
    /// pixels within each. Annotations of the spectrum: SlotNames, <see cref="WavelengthsAnnotation"/> and
    /// <see cref="WavelengthUnitsAnnotation"/>. What of the header is left out or taken to be meant
    /// (<see cref="EnviCube.Warnings"/>) is a warning of the context's log.
    /// </remarks>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="path">Path of the data, or of the header (.hdr): the data are then looked for beside it.</param>
    /// <param name="options">What becomes of bad bands, ignored values and the scale of reflectance; null for the
    /// defaults: all bands, NaN, and reflectance.</param>
    /// <exception cref="EnviFormatException">The header cannot be read, or the data are shorter than it says or may be
    /// any of several files; the message names file, key and value.</exception>
    /// <exception cref="FileNotFoundException">The header or the data are missing.</exception>
    /// <example>
    /// <code>
    /// var pixels = mlContext.Data.LoadFromEnvi("scene.hdr", new EnviReadOptions { DropBadBands = true });
    /// var complete = mlContext.Data.FilterRowsByMissingValues(pixels, "Spectrum");
    /// var model = mlContext.Transforms.UnmixingNmf("Abundances", "Spectrum", rank: 6).Fit(complete);
    /// mlContext.Data.SaveAsEnvi(
    ///     model.Transform(complete), "abundances.hdr", "Abundances", EnviHeader.Read("scene.hdr"));
    /// </code>
    /// </example>
    public static IDataView LoadFromEnvi(
        this DataOperationsCatalog catalog, string path, EnviReadOptions? options = null)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register(nameof(LoadFromEnvi));
        host.CheckNonEmpty(path, nameof(path));
        return new EnviView(host, path, options ?? new EnviReadOptions());
    }

    /// <summary>
    /// Writes a column of vectors, such as abundances, as an ENVI picture with one band for each slot, named by the
    /// slot names. Rows belong to the pixels that the Int32 columns <c>Row</c> and <c>Column</c> name, in ascending
    /// order, and pixels without a row are NaN; a view without these columns has one row for each pixel. Wavelengths
    /// and their unit are kept where the column has the annotations <see cref="WavelengthsAnnotation"/> and
    /// <see cref="WavelengthUnitsAnnotation"/>.
    /// </summary>
    /// <param name="catalog">The catalog of data.</param>
    /// <param name="data">The rows; read once.</param>
    /// <param name="path">Path of the header to write, ending in ".hdr"; the data of "maps.hdr" are "maps.img".</param>
    /// <param name="columnName">Name of a column of vectors of known size of Singles, or of Singles.</param>
    /// <param name="scene">Header of the picture that the rows come from: its size and its position on the Earth are
    /// those of the new one.</param>
    /// <param name="interleave">Order of the values.</param>
    /// <exception cref="ArgumentException">The column does not fit, rows are not in the order of the pixels, or there
    /// are too many or too few.</exception>
    /// <exception cref="IOException">A file cannot be created.</exception>
    public static void SaveAsEnvi(
        this DataOperationsCatalog catalog, IDataView data, string path, string columnName, EnviHeader scene,
        EnviInterleave interleave = EnviInterleave.Bsq)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        var host = CatalogUtils.GetEnvironment(catalog).Register(nameof(SaveAsEnvi));
        host.CheckValue(data, nameof(data));
        host.CheckNonEmpty(path, nameof(path));
        host.CheckNonEmpty(columnName, nameof(columnName));
        host.CheckValue(scene, nameof(scene));
        new EnviExport(host, data, columnName, scene).Write(path, interleave);
    }
}
