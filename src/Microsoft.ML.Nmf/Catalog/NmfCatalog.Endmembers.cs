using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML;

public static partial class NmfCatalog
{
    /// <summary>
    /// Estimates how many endmembers the pixels of a scene are mixtures of, and the noise in each band, without a fit:
    /// <see cref="HySime"/> (Bioucas-Dias and Nascimento 2008). On real scenes the number is an upper bound: it counts
    /// every direction above the noise, of which changing light and spectral variability make many. Do not
    /// take it for the rank unseen.
    /// </summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">The data, more rows than the column has slots; read once.</param>
    /// <param name="columnName">Name of the column of spectra, a vector of numbers of known size, one
    /// row for each pixel.</param>
    /// <returns>The number, and what speaks for it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">There are not more rows than slots.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite; the message names column, row,
    /// slot and value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <example>
    /// <code>
    /// var estimate = mlContext.Model.EstimateEndmembers(pixels, "Spectrum");
    /// var materials = Math.Min(4, estimate.Endmembers);   // at most so many, however many you know of
    /// var pipeline = mlContext.Transforms.UnmixingNmf("Abundances", "Spectrum", materials);
    /// </code>
    /// </example>
    public static HySimeEstimate EstimateEndmembers(
        this ModelOperationsCatalog catalog, IDataView data, string columnName)
    {
        var host = Register(catalog, nameof(EstimateEndmembers));
        host.CheckValue(data, nameof(data));
        host.CheckNonWhiteSpace(columnName, nameof(columnName));
        var guard = ColumnGuard.ForInput(host, data.Schema, columnName, BetaDivergence.Euclidean);
        using var channel = host.Start("Endmembers");
        using var cancellation = new FitCancellation(host, default);
        var rows = RowReader.Read(channel, data, guard, cancellation);
        var estimate = cancellation.Guard(token => HySime.Estimate(rows, cancellationToken: token));
        channel.Info(
            "{0} endmembers, signal-to-noise ratio {1:0.0} dB.", estimate.Endmembers, estimate.SignalToNoiseRatio);
        return estimate;
    }

    /// <summary>
    /// Abundances of the endmembers of a model whose maps are smooth but for edges: total variation
    /// (<see cref="Nmf.SmoothAbundances"/>). Those of a pixel depend on its neighbours, so that this is a function on a
    /// whole picture, and no transformer.
    /// </summary>
    /// <param name="catalog">The catalog of model operations, <c>mlContext.Model</c>.</param>
    /// <param name="data">All pixels of the picture, its rows one after the other; read once.</param>
    /// <param name="columnName">Name of the column of spectra, a vector of numbers of known size.</param>
    /// <param name="model">Whose components to take (<see cref="NmfTransformer.Model"/>); what it says of sums and
    /// penalties does not matter.</param>
    /// <param name="width">Number of pixels in a row of the picture.</param>
    /// <param name="options">How smooth, or null for the default.</param>
    /// <returns>For each pixel its abundances.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">Sizes do not fit, the slots have other names than those of the model, or an
    /// option is out of range.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite; the message names column, row,
    /// slot and value.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static float[][] SmoothAbundances(
        this ModelOperationsCatalog catalog, IDataView data, string columnName, NmfModelParameters model, int width,
        SmoothAbundancesOptions? options = null)
    {
        var host = Register(catalog, nameof(SmoothAbundances));
        host.CheckValue(data, nameof(data));
        host.CheckNonWhiteSpace(columnName, nameof(columnName));
        host.CheckValue(model, nameof(model));
        var guard = ColumnGuard.ForInput(host, data.Schema, columnName, BetaDivergence.Euclidean);
        guard.RequireFeaturesOf(model, nameof(model), "model");
        guard.RequireNamesOf(model);
        options ??= new();
        using var channel = host.Start("Maps");
        using var cancellation = new FitCancellation(host, default);
        var rows = RowReader.Read(channel, data, guard, cancellation);
        using var progress = ProgressChannel.OfFit(host, channel, 1, options.MaximumIterations);
        var (maps, isSettled) = cancellation.Guard(token => Nmf.SmoothAbundances.Settle(
            rows, model.ToDictionary(), width, options, progress, token));
        if (!isSettled)
            FitMessages.WarnOfEnd(
                channel, StopReason.MaximumIterations, options.MaximumIterations, options.Tolerance);
        return [.. Enumerable.Range(0, maps.Rows).Select(n => maps.Row(n).ToArray())];
    }
}
