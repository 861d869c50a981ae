using System.Globalization;
using Nmf.Kernels;

namespace Nmf.Benchmarks;

/// <summary>Searches for pure pixels without and with white noise: mean of the shares of the materials in the pixels
/// that were picked for them.</summary>
internal static class WhiteningTable
{
    public static void Print(string[] arguments)
    {
        var spectra = LibraryScene.Library()
            ?? throw new FileNotFoundException("shared/data/hyperspectral/usgs_library is not beside the repository.");
        var seeds = int.Parse(arguments.FirstOrDefault() ?? "20", CultureInfo.InvariantCulture);
        foreach (var loudest in new[] { 1.0, 10, 30 })
        {
            foreach (var search in Enum.GetValues<EndmemberSearch>())
            {
                if (search == EndmemberSearch.SuccessiveNonnegativeProjection)
                    continue;
                var (plain, white) = (0.0, 0.0);
                for (var seed = 1; seed <= seeds; seed++)
                {
                    var scene = SparseScene.Create(
                        spectra, seed, size: 100, decibels: 25, hasEdges: true, loudest: loudest);
                    var data = NmfData<float>.FromMatrix(scene.Pixels);
                    plain += scene.Purity(SeparableNmf.Pick(data, scene.Chosen.Length, search)) / seeds;
                    white += scene.Purity(SeparableNmf.Pick(HySime.Whiten(data), scene.Chosen.Length, search)) / seeds;
                }

                Console.WriteLine(FormattableString.Invariant(
                    $"noise {loudest,2} to 1, {search,-22} {plain:F3} {white:F3}"));
            }
        }
    }
}
