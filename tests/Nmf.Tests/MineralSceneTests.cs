using System.Buffers.Binary;
using System.Globalization;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>
/// Harder scenes from the spectra of the USGS library in the folder <c>shared/data</c> beside the repository, which
/// most clones do not have: 4, 6 and 10 minerals, 30 and 40 dB, with pure pixels and without.
/// </summary>
public sealed class MineralSceneTests
{
    private const int Samples = 600;

    private static readonly string[] Minerals =
    ["Alunite GDS84 Na03", "Kaolinite CM9", "Calcite WS272", "Muscovite GDS107", "Nontronite NG-1.a",
        "Jarosite GDS99 K,Sy 200C", "Goethite WS222", "Olivine GDS70.a GSB 165um", "Buddingtonite GDS85 D-206",
        "Montmorillonite SWy-1",
    ];

    /// <summary>
    /// With pure pixels the endmembers are nearer to the truth than a noisy pixel is (0.57° at 40 dB, 1.8° at 30 dB);
    /// without, the default at least halves the angle of the search.
    /// </summary>
    [Theory]
    [InlineData(4, 40, 1, 0.02)]
    [InlineData(6, 40, 1, 0.02)]
    [InlineData(10, 40, 1, 0.02)]
    [InlineData(4, 30, 1.8, 0.04)]
    [InlineData(6, 30, 1.8, 0.04)]
    [InlineData(10, 30, 1.8, 0.04)]
    public void The_minerals_are_found_by_default(int rank, double decibels, double largestAngle, double largestError)
    {
        var spectra = Spectra(rank);
        var plain = new NmfOptions { Rank = rank, Problem = new AbundanceNmf() };
        foreach (var purity in new[] { 1, 0.8 })
        {
            for (var seed = 1; seed <= 2; seed++)
            {
                var search = Unmix(
                    spectra, decibels, purity, seed,
                    plain with { Iterations = new() { MaximumIterations = 0 }, Initialization =
                        NmfInitialization.SuccessiveProjection });
                var found = Unmix(spectra, decibels, purity, seed, plain);
                var row = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rank} minerals, {decibels} dB, purity {purity}, seed {seed}: "
                    + $"search {search.Angle:F2}° {search.Error:F4}, default {found.Angle:F2}° {found.Error:F4}");
                TestContext.Current.TestOutputHelper?.WriteLine(row);
                Assert.True(found.Error <= (purity < 1 ? 2 * largestError : largestError), row);
                Assert.True(found.Angle <= (purity < 1 ? search.Angle / 2 : largestAngle), row);
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void The_number_of_minerals_is_found_without_a_fit(int count)
    {
        var spectra = Spectra(count);
        foreach (var decibels in new[] { 30, 40, 50 })
        {
            var (values, _) = UnmixingScene.Mix(
                spectra, 4 * Samples, decibels, purity: 1, parts: count, new Random(decibels));
            var data = NmfData<float>.FromDense(Array.ConvertAll(values, v => (float)v), 4 * Samples, spectra.Rows);
            var estimate = HySime.Estimate(data);
            Assert.Equal(count, estimate.Endmembers);
            Assert.Equal(decibels, estimate.SignalToNoiseRatio, 1.5);
        }
    }

    private static (double Angle, double Error) Unmix(
        Matrix<float> spectra, double decibels, double purity, int seed, NmfOptions options)
    {
        var (values, truth) = UnmixingScene.Mix(spectra, Samples, decibels, purity, parts: 4, new Random(seed));
        var data = NmfData<float>.FromDense(Array.ConvertAll(values, v => (float)v), Samples, spectra.Rows);
        var model = NmfFactorizer.Fit(data, options);
        return truth.Compare(model);
    }

    /// <summary>The first minerals of the list, bands x minerals.</summary>
    private static Matrix<float> Spectra(int rank)
    {
        var folder = Find();
        var names = File.ReadAllLines(Path.Combine(folder, "names_498.txt"));
        var file = File.ReadAllBytes(Path.Combine(folder, "spectra_224x498_float32.npy"));

        // NumPy's format: ten bytes, the last two of them the length of a text, then the values, here one
        // mineral after the other.
        var values = file.AsSpan(10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)));
        var spectra = new Matrix<float>(values.Length / sizeof(float) / names.Length, rank);
        for (var k = 0; k < rank; k++)
        {
            var column = Array.IndexOf(names, Minerals[k]);
            Assert.True(column >= 0, Minerals[k]);
            for (var band = 0; band < spectra.Rows; band++)
                spectra[band, k] = BinaryPrimitives.ReadSingleLittleEndian(
                    values[(sizeof(float) * ((column * spectra.Rows) + band))..]);
        }

        return spectra;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "hyperspectral", "usgs_library");
            if (Directory.Exists(candidate))
                return candidate;
        }

        Assert.Skip("The USGS library is not there.");
        return "";
    }
}
