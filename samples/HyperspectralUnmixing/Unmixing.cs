using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Hyperspectral;
using Nmf.Kernels;

namespace HyperspectralUnmixing;

/// <summary>A picture unmixed: spectra of the materials and their maps.</summary>
/// <param name="Header">The picture.</param>
/// <param name="Bands">The bands that were used, indices in the file.</param>
/// <param name="Endmembers">Found spectra over these bands.</param>
/// <param name="Abundances">Abundances, pixel after pixel; NaN for pixels without data.</param>
/// <param name="Pixels">Number of pixels with data.</param>
/// <param name="Estimate">What HySime says of the number of materials and of the noise; null where there are too
/// few pixels for it.</param>
/// <param name="ExplainedPart">By how much the model fits better than a constant, the mean of the data: 1 -
/// D(V | WH) / D(V | c).</param>
/// <param name="Iterations">Iterations of the fit.</param>
/// <param name="FitTime">Time to read the picture and find the spectra.</param>
/// <param name="MapTime">Time to read the picture again, infer the abundances and write them.</param>
internal sealed record Unmixing(
    EnviHeader Header,
    IReadOnlyList<int> Bands,
    IReadOnlyList<float[]> Endmembers,
    float[] Abundances,
    int Pixels,
    HySimeEstimate? Estimate,
    double ExplainedPart,
    int Iterations,
    TimeSpan FitTime,
    TimeSpan MapTime)
{
    public const string AbundanceColumn = "Abundances";
    public const string SpectrumColumn = "Spectrum";

    /// <summary>Unmixes an ENVI picture as an ML.NET pipeline does, and writes the maps beside it as ENVI.</summary>
    /// <param name="cubePath">Header of the picture.</param>
    /// <param name="options">Number of materials and weight of the volume.</param>
    /// <param name="mapsPath">Header of the maps that are written.</param>
    public static Unmixing Run(string cubePath, Options options, string mapsPath)
    {
        var ml = new MLContext(options.Seed);
        var clock = Stopwatch.StartNew();
        var read = new EnviReadOptions { DropBadBands = true };
        var view = ml.Data.FilterRowsByMissingValues(ml.Data.LoadFromEnvi(cubePath, read), SpectrumColumn);
        var unmixing = ml.Transforms.UnmixingNmf(Settings(options)).Fit(view);
        var fitTime = clock.Elapsed;
        clock.Restart();
        ml.Data.SaveAsEnvi(unmixing.Transform(view), mapsPath, AbundanceColumn, EnviHeader.Read(cubePath));
        var mapTime = clock.Elapsed;
        using var cube = EnviCube.Open(cubePath, read);
        using var written = EnviCube.Open(mapsPath);
        var model = unmixing.Model;
        return new Unmixing(
            cube.Header,
            [.. cube.Bands],
            [.. Enumerable.Range(0, model.Rank).Select(k => model.GetComponent(k).ToArray())],
            written.ReadAll(),
            model.TrainingRows,
            model.TrainingRows > cube.BandCount ? ml.Model.EstimateEndmembers(view, SpectrumColumn) : null,
            model.ExplainedPart,
            model.Iterations,
            fitTime,
            mapTime);
    }

    private static NmfEstimator.Options Settings(Options options) => new()
    {
        OutputColumnName = AbundanceColumn,
        InputColumnName = SpectrumColumn,
        Rank = options.Materials,
        Problem =
            new AbundanceNmf() { Volume = options.Volume is { } weight ? new VolumePenalty { Weight = weight } : null },
        Iterations = new() { MaximumIterations = 500, Tolerance = 1e-6 },
        Seed = options.Seed,
    };
}
