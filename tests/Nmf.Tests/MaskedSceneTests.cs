using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Pixels without light, as of a masked background, change nothing but their own rows.</summary>
public sealed class MaskedSceneTests
{
    private const int Samples = 300;
    private const int Features = 30;
    private const int Rank = 3;

    public static IEnumerable<TheoryDataRow<AbundanceConstraint, int, bool, float>> Cases =>
        from sum in new[] { AbundanceConstraint.Auto, AbundanceConstraint.SumToOne,
            AbundanceConstraint.SumToAtMostOne, AbundanceConstraint.Shaded }
        from dark in new[] { 1, 6, Samples, 3 * Samples }
        from light in new[] { false, true }
        from level in new[] { 0, 1e-4f }
        where level == 0 || dark == Samples
        select new TheoryDataRow<AbundanceConstraint, int, bool, float>(sum, dark, light, level);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pixels_without_light_change_no_endmember(AbundanceConstraint sum, int dark, bool light, float level)
    {
        var (pixels, truth) = Scene(light, seed: dark);
        var (masked, lit) = Masked(pixels, dark, level);
        var options = Options(sum);
        var expected = NmfFactorizer.Fit(NmfData<float>.FromMatrix(pixels), options);
        var data = NmfData<float>.FromMatrix(masked);
        var model = NmfFactorizer.Fit(data, options);
        Assert.Equal(expected.Options.Problem, model.Options.Problem);
        Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
        Assert.Equal(Samples + dark, model.Activations.Rows);
        for (var n = 0; n < Samples; n++)
            Assert.Equal(expected.Activations.Row(n).ToArray(), model.Activations.Row(lit[n]).ToArray());
        Assert.Equal(model.Transform(data).ToRowMajor(), model.Activations.ToRowMajor());
        for (var n = 0; n < masked.Rows; n++)
        {
            var total = TensorPrimitives.Sum<float>(model.Activations.Row(n));
            Assert.Equal(
                sum == AbundanceConstraint.SumToAtMostOne ? (lit.Contains(n) ? total : 0) : 1, total, 1e-3f);
        }

        var isShaded = ((AbundanceNmf)model.Options.Problem).Sum == AbundanceConstraint.Shaded;
        Assert.Equal(HalfOfSquares(pixels, expected, isShaded), model.Objective, 1e-3 * model.Objective);
        Assert.Equal((expected.Objective, expected.ExplainedPart), (model.Objective, model.ExplainedPart));
        if (dark > Samples)
        {
            var sparse = NmfFactorizer.Fit(
                TestData.Sparse<float>(Array.ConvertAll(masked.ToRowMajor(), v => (double)v), masked.Rows, Features),
                options);
            Assert.Equal(model.Dictionary.ToRowMajor(), sparse.Dictionary.ToRowMajor());
            Assert.Equal(model.Activations.ToRowMajor(), sparse.Activations.ToRowMajor());
            Assert.Equal(model.Objective, sparse.Objective, 1e-9 * model.Objective);
        }

        if (sum == AbundanceConstraint.Auto)
            Assert.InRange(
                ComponentMatching.Match(truth, model.Dictionary, ComponentDistance.SpectralAngle).MeanDistance, 0,
                0.03);
    }

    [Theory]
    [InlineData(1e5f)]
    [InlineData(9.97e36f)]
    public void A_few_pixels_that_are_far_too_bright_do_not_put_out_the_others(float brightness)
    {
        var (pixels, _) = Scene(light: false, seed: 5);
        foreach (var n in new[] { 3, 77, 140, 201 })
            pixels.Row(n).Fill(brightness);
        Assert.Null(LitPixels.Of(NmfData<float>.FromMatrix(pixels)));
    }

    [Theory]
    [InlineData(2, NmfSolver.MajorizationMinimization, AbundanceConstraint.SumToOne)]
    [InlineData(1, NmfSolver.Auto, AbundanceConstraint.SumToOne)]
    [InlineData(1, NmfSolver.Auto, AbundanceConstraint.SumToAtMostOne)]
    [InlineData(0.5, NmfSolver.Auto, AbundanceConstraint.SumToOne)]
    public void Nor_do_they_for_other_measures_of_sparse_data_and_from_a_start(
        double beta, NmfSolver solver, AbundanceConstraint sum)
    {
        var (pixels, _) = Scene(light: false, seed: 3);
        var (masked, lit) = Masked(pixels, Samples, 0);
        var options = Options(sum) with
        {
            Problem = new AbundanceNmf(beta) { Sum = sum }, Solver = solver,
            Iterations = new() { MaximumIterations = 30 },
        };
        var expected = NmfFactorizer.Fit(NmfData<float>.FromMatrix(pixels), options);
        var model = NmfFactorizer.Fit(NmfData<float>.FromMatrix(masked), options);
        Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, model.Objective);
        var sparse = NmfFactorizer.Fit(
            TestData.Sparse<float>(Array.ConvertAll(masked.ToRowMajor(), v => (double)v), masked.Rows, Features),
            options);
        Assert.Equal(model.Dictionary.ToRowMajor(), sparse.Dictionary.ToRowMajor(), (a, b) => Math.Abs(a - b) < 0.01);
        var continued = NmfFactorizer.Fit(
            NmfData<float>.FromMatrix(masked), options, new NmfStart<float>(model.Dictionary, model.Activations));
        var alone = NmfFactorizer.Fit(
            NmfData<float>.FromMatrix(pixels), options, new NmfStart<float>(
                expected.Dictionary, LitPixels.Rows(model.Activations, lit)));
        Assert.Equal(alone.Dictionary.ToRowMajor(), continued.Dictionary.ToRowMajor());
    }

    [Theory]
    [InlineData(EndmemberSearch.SuccessiveProjection)]
    [InlineData(EndmemberSearch.SuccessiveNonnegativeProjection)]
    [InlineData(EndmemberSearch.VertexComponentAnalysis)]
    [InlineData(EndmemberSearch.NFindr)]
    [InlineData(EndmemberSearch.PixelPurityIndex)]
    public void No_search_picks_them(EndmemberSearch search)
    {
        var (pixels, _) = Scene(light: false, seed: 4);
        var (masked, lit) = Masked(pixels, Samples, 0);
        Assert.Equal(
            SeparableNmf.Pick(NmfData<float>.FromMatrix(pixels), Rank, search).Select(n => lit[n]),
            SeparableNmf.Pick(NmfData<float>.FromMatrix(masked), Rank, search));
    }

    [Fact]
    public void They_say_nothing_of_the_noise()
    {
        var (pixels, _) = Scene(light: false, seed: 5);
        var expected = HySime.Estimate(NmfData<float>.FromMatrix(pixels));
        var found = HySime.Estimate(NmfData<float>.FromMatrix(Masked(pixels, 2 * Samples, 0).Pixels));
        Assert.Equal(expected.Endmembers, found.Endmembers);
        Assert.Equal(expected.NoiseDeviations, found.NoiseDeviations);
    }

    [Fact]
    public void A_dark_material_has_light()
    {
        var (pixels, _) = Scene(light: false, seed: 6);
        for (var n = 0; n < Samples / 2; n++)
            TensorPrimitives.Multiply(pixels.Row(n), 0.01f, pixels.Row(n));
        pixels.Row(Samples - 1).Fill(1000);
        Assert.Null(LitPixels.Of(NmfData<float>.FromMatrix(pixels)));
    }

    private static NmfOptions Options(AbundanceConstraint sum) => new()
    {
        Rank = Rank, Problem = new AbundanceNmf { Sum = sum }, Iterations = new() { MaximumIterations = 100 },
    };

    private static (Matrix<float> Pixels, Matrix<float> Spectra) Scene(bool light, int seed)
    {
        var (values, truth) = UnmixingScene.Create(Samples, Features, Rank, 40, 1, seed);
        var pixels = Matrix<float>.FromRowMajor([.. values.Select(v => (float)v)], Samples, Features);
        for (var n = 0; light && n < Samples; n++)
            TensorPrimitives.Multiply(pixels.Row(n), (float)(0.65 + (0.35 * Math.Sin(n / 30.0))), pixels.Row(n));
        return (pixels, truth.Endmembers);
    }

    // Where the pixels of a scene are among others that have next to no light.
    private static (Matrix<float> Pixels, int[] Lit) Masked(Matrix<float> pixels, int dark, float level)
    {
        var random = new Random(dark);
        int[] places = [.. Enumerable.Range(0, pixels.Rows + dark)];
        random.Shuffle(places);
        int[] lit = [.. places.Take(pixels.Rows).Order()];
        var masked = new Matrix<float>(places.Length, pixels.Columns);
        for (var n = 0; n < masked.Rows; n++)
        {
            for (var f = 0; f < masked.Columns; f++)
                masked[n, f] = level * random.NextSingle();
        }

        for (var n = 0; n < lit.Length; n++)
            pixels.Row(n).CopyTo(masked.Row(lit[n]));
        return (masked, lit);
    }

    private static double HalfOfSquares(Matrix<float> pixels, NmfModel<float> model, bool isShaded)
    {
        double sum = 0;
        var fitted = model.Reconstruct(model.Activations);
        for (var n = 0; n < pixels.Rows; n++)
        {
            double product = 0, squares = 0;
            for (var f = 0; f < pixels.Columns; f++)
            {
                product += pixels[n, f] * (double)fitted[n, f];
                squares += fitted[n, f] * (double)fitted[n, f];
            }

            var brightness = isShaded ? product / squares : 1;
            for (var f = 0; f < pixels.Columns; f++)
                sum += Math.Pow(pixels[n, f] - (brightness * fitted[n, f]), 2);
        }

        return sum / 2;
    }
}
