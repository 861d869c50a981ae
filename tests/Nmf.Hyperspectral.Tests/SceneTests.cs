using HyperspectralUnmixing;

namespace Nmf.Hyperspectral.Tests;

/// <summary>The landscape of the sample: what it promises of mixtures and noise.</summary>
public sealed class SceneTests
{
    private const int Side = 30;
    private const int Bands = 40;

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 0.8)]
    [InlineData(6, 0.6)]
    public void Abundances_sum_to_one_and_keep_to_the_purity(int materials, double purity)
    {
        var scene = Scene.Create(new SceneOptions(Side, Bands, materials, 40, purity, Seed: 2));
        var rows = scene.Abundances.Chunk(materials).ToArray();
        Assert.Equal(Side * Side, rows.Length);
        Assert.All(rows, row =>
        {
            Assert.Equal(1, row.Sum(), 1e-6f);
            Assert.InRange(row.Min(), 0, 1);
            Assert.InRange(row.Max(), 0, (float)purity);
        });

        // The greatest share is reached for every material that leads somewhere, and pixels lie on
        // the faces of the simplex.
        Assert.Contains(rows, row => row.Max() == (float)purity);
        Assert.Contains(rows, row => row.Min() == 0);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(20)]
    public void Noise_has_the_decibels_that_were_asked_for(double decibels)
    {
        const int Materials = 4;
        var scene = Scene.Create(new SceneOptions(Side, Bands, Materials, decibels, Purity: 0.8, Seed: 3));
        var (signal, noise) = (0.0, 0.0);
        for (var n = 0; n < Side * Side; n++)
        {
            for (var f = 0; f < Bands; f++)
            {
                double clean = Enumerable.Range(0, Materials).Sum(
                    k => scene.Abundances[(n * Materials) + k] * scene.Endmembers.Spectra[k][f]);
                signal += clean * clean;
                noise += Math.Pow(scene.Pixels[(n * Bands) + f] - clean, 2);
            }
        }

        Assert.Equal(decibels, 10 * Math.Log10(signal / noise), 0.3);
    }

    [Fact]
    public void Materials_are_reflectances_that_differ()
    {
        var library = Materials.Library(Materials.Count, 200);
        Assert.Equal((0.4, 2.5), (library.Wavelengths![0], library.Wavelengths[^1]));
        Assert.All(library.Spectra, spectrum => Assert.All(spectrum, value => Assert.InRange(value, 0, 1)));
        for (var a = 0; a < Materials.Count; a++)
        {
            for (var b = 0; b < a; b++)
                Assert.InRange(Cosine(library.Spectra[a], library.Spectra[b]), 0, 0.995);
        }

        static double Cosine(float[] x, float[] y)
            => x.Zip(y, (p, q) => (double)p * q).Sum() / Math.Sqrt(
                x.Sum(v => (double)v * v) * y.Sum(v => (double)v * v));
    }

    [Fact]
    public void A_seed_makes_one_scene()
    {
        var options = new SceneOptions(10, 20, 3, 40, 1, Seed: 7);
        Assert.Equal(Scene.Create(options).Pixels, Scene.Create(options).Pixels);
        Assert.NotEqual(Scene.Create(options).Pixels, Scene.Create(options with { Seed = 8 }).Pixels);
    }
}
