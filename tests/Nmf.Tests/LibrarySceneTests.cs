using System.Globalization;
using Nmf.Benchmarks;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>
/// Scenes of library spectra with a dark material, light from 0.3 to 1, spectra that vary and noise, and scenes with
/// neither: the default against VCA with constrained least squares. <c>perf/Nmf.Benchmarks scenes</c> prints the table
/// over more of them.
/// </summary>
public sealed class LibrarySceneTests
{
    private const int Seeds = 5;

    [Theory]
    [InlineData(true, 0.03, 0.05, 0.13)]
    [InlineData(true, 0, 0.02, 0.08)]
    [InlineData(false, 0, 0.02, 0.03)]
    public void The_default_finds_materials_under_changing_light_and_under_even_light(
        bool shaded, double variability, double largestAngle, double largestError)
    {
        var library = Library();
        double angle = 0, error = 0, angleOfVca = 0, errorOfVca = 0;
        using var team = new WorkTeam(Environment.ProcessorCount);
        foreach (var part in new[] { 0, 1 })
        {
            for (var seed = 21; seed < 21 + Seeds; seed++)
            {
                var scene = LibraryScene.Create(library, seed, shaded, variability, part);
                var model = Fit(scene, AbundanceConstraint.Auto);
                Assert.Equal(
                    shaded ? AbundanceConstraint.Shaded : AbundanceConstraint.SumToOne,
                    ((AbundanceNmf)model.Options.Problem).Sum);
                var found = scene.Score(model.Dictionary, model.Activations);
                var (spectra, abundances) = scene.VertexComponents(team);
                var reference = scene.Score(spectra, abundances);
                angle += found.Angle / (2 * Seeds);
                error += found.Error / (2 * Seeds);
                angleOfVca += reference.Angle / (2 * Seeds);
                errorOfVca += reference.Error / (2 * Seeds);
            }
        }

        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"{angle:F4} rad and {error:F4}, VCA {angleOfVca:F4} and {errorOfVca:F4}");
        TestContext.Current.TestOutputHelper?.WriteLine(row);
        Assert.True(angle <= largestAngle && error <= largestError, row);
        Assert.True(angle < angleOfVca && error < (shaded ? 0.75 : 1.05) * errorOfVca, row);
    }

    [Fact]
    public void Shadow_is_no_material()
    {
        var scene = LibraryScene.Create(Library(), 1, shaded: true, 0, part: 0);
        var model = Fit(scene, AbundanceConstraint.Shaded);
        var pixel = scene.Pixels.Row(7).ToArray();
        var abundances = new float[scene.Rank];
        var halved = new float[scene.Rank];
        var rows = model.CreateRowSolver();
        rows.Solve(pixel, abundances, rows.CreateScratch());
        rows.Solve(Array.ConvertAll(pixel, value => 0.5f * value), halved, rows.CreateScratch());
        Assert.Equal(1, abundances.Sum(), 1e-5);
        Assert.Equal(abundances, halved, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(abundances, model.Activations.Row(7).ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.True(model.ExplainedPart > 0.98, $"{model.ExplainedPart}");
        rows.Solve(new float[pixel.Length], abundances, rows.CreateScratch());
        Assert.All(abundances, value => Assert.Equal(1f / scene.Rank, value, 1e-6f));
    }

    [Theory]
    [InlineData(AbundanceConstraint.Auto)]
    [InlineData(AbundanceConstraint.SumToOne)]
    public void Threads_and_powers_of_two_change_no_bit(AbundanceConstraint sum)
    {
        var scene = LibraryScene.Create(Library(), 2, shaded: true, 0.03, part: 0);
        var model = Fit(scene, sum);
        var single = Fit(scene, sum, threads: 1);
        Assert.Equal(model.Dictionary.ToRowMajor(), single.Dictionary.ToRowMajor());
        Assert.Equal(model.Activations.ToRowMajor(), single.Activations.ToRowMajor());
        var scaled = Fit(
            scene with { Pixels = Matrix<float>.FromRowMajor(
                Array.ConvertAll(scene.Pixels.ToRowMajor(), v => v * 1024), scene.Pixels.Rows, scene.Pixels.Columns) },
            sum);
        Assert.Equal(model.Activations.ToRowMajor(), scaled.Activations.ToRowMajor());
        Assert.Equal(
            Array.ConvertAll(model.Dictionary.ToRowMajor(), v => v * 1024), scaled.Dictionary.ToRowMajor());
    }

    [Fact]
    public void A_brightness_of_its_own_needs_least_squares_and_dense_data()
    {
        var shaded = new NmfOptions { Rank = 2, Problem = new AbundanceNmf(1) { Sum = AbundanceConstraint.Shaded } };
        var data = NmfData<float>.FromDense([1, 2, 3, 4, 5, 6], 3, 2);
        Assert.Contains("beta = 2", Assert.Throws<ArgumentException>(
            () => NmfFactorizer.Fit(data, shaded)).Message, StringComparison.Ordinal);
    }

    private static NmfModel<float> Fit(LibraryScene scene, AbundanceConstraint sum, int? threads = null)
        => NmfFactorizer.Fit(
            NmfData<float>.FromMatrix(scene.Pixels),
            new NmfOptions { Rank = scene.Rank, Problem = new AbundanceNmf { Sum = sum }, Threads = threads });

    private static Matrix<float> Library()
    {
        var library = LibraryScene.Library();
        Assert.SkipWhen(library is null, "The USGS library is not there.");
        return library!;
    }
}
