using AutomaticRelevance;
using Microsoft.ML;
using PartsOfObjects.Decompositions;
using PartsOfObjects.Images;
using PartsOfObjects.Report;

namespace PartsOfObjects.Tests;

public sealed class DecompositionTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageSet _images = Swimmers.Draw();

    [Fact]
    public void Every_component_of_the_swimmers_is_one_limb_in_one_position_with_a_share_of_the_torso()
    {
        var parts = PartsDecomposition.Fit(_context, _images.ToDataView(_context), _images, Swimmer.LimbPositions);
        Assert.True(parts.RelativeError(_images.Rows) < 0.01);
        var found = parts.Components.Select(component =>
        {
            var largest = component.Max();
            var limb = Enumerable.Range(0, Swimmer.Pixels)
                .Where(i => component[i] > 0.2 * largest && !Swimmer.Torso.Contains(i)).ToHashSet();
            return Swimmer.Limbs.ToList().FindIndex(pixels => limb.SetEquals(pixels));
        });
        Assert.Equal(Enumerable.Range(0, Swimmer.LimbPositions), found.Order());
    }

    [Fact]
    public void Principal_components_are_orthonormal_and_give_the_images_back()
    {
        const int rank = 12;
        var principal = PrincipalComponents.Fit(_context, _images.ToDataView(_context), _images, rank);
        for (var k = 0; k < rank; k++)
        {
            for (var j = 0; j <= k; j++)
                Assert.Equal(
                    j == k ? 1 : 0,
                    principal.Components[k].Zip(principal.Components[j]).Sum(pair => pair.First * (double)pair.Second),
                    1e-3);
        }

        // The images have rank 13, one of which is the mean: twelve directions are enough.
        Assert.True(principal.RelativeError(_images.Rows) < 0.01, $"{principal.RelativeError(_images.Rows)}");
    }

    [Fact]
    public void A_prototype_is_the_mean_of_its_images()
    {
        var prototypes = Prototypes.Fit(_context, _images.ToDataView(_context), _images, 5);
        Assert.All(prototypes.Weights, row => Assert.Equal(1, row.Sum()));
        for (var k = 0; k < 5; k++)
        {
            var members = _images.Rows.Where((_, n) => prototypes.Weights[n][k] == 1).ToArray();
            for (var i = 0; i < _images.Pixels && members.Length > 0; i++)
                Assert.Equal(members.Average(row => row[i]), prototypes.Components[k][i], 0.05);
        }
    }

    [Fact]
    public void The_report_shows_every_decomposition_and_the_sum()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            Decomposition[] all = [Prototypes.Fit(_context, _images.ToDataView(_context), _images, 4)];
            var path = Path.Combine(folder.FullName, "parts.html");
            new PartsReport(_images, all, 27).Write(path, Comparison.Table(all, _images));
            var html = File.ReadAllText(path);
            Assert.Contains("<h2>k-means</h2>", html, StringComparison.Ordinal);
            Assert.Contains("Image 27 as the sum of its parts", html, StringComparison.Ordinal);
            Assert.Contains("torso", html, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(true);
        }
    }
}
