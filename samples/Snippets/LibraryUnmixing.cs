#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Which of sixty spectra of a library are in a picture, how much of each, and maps of them without noise.
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;

// Spectra of 40 bands, many of them alike: a slope and a band at a place of its own.
var random = new Random(1);
var library = Enumerable.Range(0, 60).Select(m => Enumerable.Range(0, 40)
    .Select(f => (float)(0.5 + (0.004 * f) - (0.3 * Math.Exp(-Math.Pow((f - (m * 40 / 60.0)) / 3, 2))))).ToArray())
    .ToArray();

// A picture of 30 x 30 pixels: mineral 12 on the left, 40 on the right, 33 in a square between them.
double[][] truth = [.. Enumerable.Range(0, 900).Select(n =>
{
    var (x, y) = (n % 30, n / 30);
    var right = x / 29.0;
    var square = x is > 9 and < 20 && y is > 9 and < 20 ? 0.6 : 0;
    return new[] { (1 - right) * (1 - square), square, right * (1 - square) };
})];
var pixels = truth.Select(shares => new Pixel
{
    Spectrum = [.. Enumerable.Range(0, 40).Select(f => (float)((shares[0] * library[12][f])
        + (shares[1] * library[33][f]) + (shares[2] * library[40][f]) + (0.02 * (random.NextDouble() - 0.5))))],
}).ToArray();

var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(pixels);
var minerals = KnownComponents.FromColumns(library).Named([.. Enumerable.Range(0, 60).Select(m => $"Mineral {m}")]);
var model = ml.Transforms.SparseUnmixing("Abundances", "Spectrum", minerals).Fit(data);
foreach (var spectrum in model.Model.LibrarySpectra!)
    Console.WriteLine($"{spectrum.Name}: {spectrum.Abundance / 900:P0} of the picture, in {spectrum.Pixels} pixels");

var abundances = model.Transform(data).GetColumn<float[]>("Abundances").ToArray();
var maps = ml.Model.SmoothAbundances(data, "Spectrum", model.Model, width: 30);
Console.WriteLine($"Error of the abundances: {Error(abundances):F3} pixel by pixel, {Error(maps):F3} as smooth maps");

double Error(float[][] found) => Math.Sqrt(Enumerable.Range(0, 900).Average(
    n => truth[n].Zip(found[n], (expected, value) => Math.Pow(expected - value, 2)).Average()));

class Pixel
{
    [VectorType(40)]
    public float[] Spectrum { get; set; } = [];
}
