using System.Globalization;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Error of abundances without and with total variation, over scenes that are smooth and scenes with
/// edges.</summary>
internal static class SmoothingTable
{
    public static void Print(string[] arguments)
    {
        var spectra = LibraryScene.Library()
            ?? throw new FileNotFoundException("shared/data/hyperspectral/usgs_library is not beside the repository.");
        var seeds = int.Parse(arguments.FirstOrDefault() ?? "10", CultureInfo.InvariantCulture);
        double[] weights = [0, 0.005, 0.01, 0.02, 0.03, 0.1];
        Console.WriteLine("weights " + string.Join(" ", weights.Select(Text)));
        foreach (var hasEdges in new[] { false, true })
        {
            foreach (var decibels in new[] { 20, 25, 30 })
            {
                var errors = new double[weights.Length];
                for (var seed = 1; seed <= seeds; seed++)
                {
                    var scene = SparseScene.Create(spectra, seed, 100, decibels, hasEdges);
                    var data = NmfData<float>.FromMatrix(scene.Pixels);
                    var endmembers = new Matrix<float>(spectra.Rows, scene.Chosen.Length);
                    for (var f = 0; f < endmembers.Rows; f++)
                    {
                        for (var k = 0; k < endmembers.Columns; k++)
                            endmembers[f, k] = (float)scene.Materials.Column(k)[f];
                    }

                    for (var i = 0; i < weights.Length; i++)
                        errors[i] += scene.Error(scene.Chosen, SmoothAbundances.Find(
                            data, endmembers, LibraryScene.Side, new() { Weight = weights[i] })) / seeds;
                }

                Console.WriteLine(
                    $"{(hasEdges ? "edges " : "smooth")} {decibels} dB " + string.Join(" ", errors.Select(Text)));
            }
        }
    }

    private static string Text(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
