#:project ../../src/Microsoft.ML.Nmf.Hyperspectral/Microsoft.ML.Nmf.Hyperspectral.csproj
// An ENVI picture in, maps of abundances out: pixels are rows, read by blocks.
using Microsoft.ML;
using Nmf.Hyperspectral;

// A picture of 20 x 30 pixels and 16 bands, from one material on the left to another on the right.
var scene = new EnviHeader
{
    Lines = 20,
    Samples = 30,
    Bands = 16,
    Wavelengths = [.. Enumerable.Range(0, 16).Select(f => 400 + (40.0 * f))],
    WavelengthUnits = "Nanometers",
};
using (var writer = EnviWriter.Create("scene.hdr", scene))
{
    for (var pixel = 0; pixel < 20 * 30; pixel++)
    {
        var share = (pixel % 30) / 29f;
        writer.Write([.. Enumerable.Range(0, 16).Select(f => ((share * (f + 1)) + ((1 - share) * (16 - f))) / 16)]);
    }

    writer.Complete();
}

var ml = new MLContext(seed: 1);
var pixels = ml.Data.LoadFromEnvi("scene.hdr");
var model = ml.Transforms.UnmixingNmf("Abundances", "Spectrum", rank: 2).Fit(pixels);
ml.Data.SaveAsEnvi(model.Transform(pixels), "abundances.hdr", "Abundances", EnviHeader.Read("scene.hdr"));

using var maps = EnviCube.Open("abundances.hdr");
var abundances = maps.ReadAll();
Console.WriteLine($"abundances.hdr: {maps.Header.Lines} x {maps.Header.Samples} pixels, {maps.Header.Bands} maps");
foreach (var column in new[] { 0, 10, 20, 29 })
{
    var (one, other) = (abundances[2 * column], abundances[(2 * column) + 1]);
    Console.WriteLine($"Column {column,2}: {one:P0} of one material, {other:P0} of the other");
}
