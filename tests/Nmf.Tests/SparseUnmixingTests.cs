using Nmf.Benchmarks;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Unmixing with a library against scipy and coordinate descent in numpy, the conditions of the optimum, and
/// what it finds in scenes of USGS spectra.</summary>
public sealed class SparseUnmixingTests
{
    [Fact]
    public void Sparsity_of_pixels_is_that_of_scipy()
    {
        foreach (var golden in LibraryProblem.Cases)
        {
            var problem = new LibraryProblem(golden.Seed);
            Assert.Equal(golden.Sum, problem.Values.Sum(), 1e-9 * golden.Sum);
            var solver = new AbundanceNmf { Sum = AbundanceConstraint.Nonnegative }.CreateRowSolver(
                problem.Library, new InferenceOptions(), new RowPenalty { Linear = Weights(1) });
            var (h, scratch) = (new double[LibraryProblem.Spectra], solver.CreateScratch());
            for (var n = 0; n < LibraryProblem.Pixels; n++)
            {
                solver.Solve(problem.Values.AsSpan(n * LibraryProblem.Bands, LibraryProblem.Bands), h, scratch);
                Assert.True(scratch.Converged);
                for (var m = 0; m < h.Length; m++)
                    Assert.Equal(golden.Pixels[(n * LibraryProblem.Spectra) + m], h[m], 1e-8);
            }
        }
    }

    [Fact]
    public void Sparsity_of_the_picture_is_that_of_coordinate_descent()
    {
        foreach (var golden in LibraryProblem.Cases)
        {
            var problem = new LibraryProblem(golden.Seed);
            var (x, report) = Regress(problem, 2, tolerance: 1e-10, threads: 1);
            Assert.Equal(StopReason.Converged, report.StopReason);
            Assert.Equal(golden.Objective, report.Objective, 2e-10 * golden.Objective);
            for (var i = 0; i < x.Length; i++)
                Assert.Equal(golden.Picture[i], x[i], 1e-4);
        }
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(2)]
    [InlineData(20)]
    public void The_gap_is_one_and_threads_do_not_matter(double scale)
    {
        var problem = new LibraryProblem(5);
        var (expected, exact) = Regress(problem, scale, 1e-11, threads: 1);
        foreach (var tolerance in new[] { 1e-2, 1e-4, 1e-6 })
        {
            var (x, report) = Regress(problem, scale, tolerance, threads: 1);
            Assert.Equal(StopReason.Converged, report.StopReason);
            Assert.InRange(report.Objective, exact.Objective * (1 - 1e-9), exact.Objective * (1 + tolerance));
            Assert.Equal(x, Regress(problem, scale, tolerance, threads: 3).X);
        }

        // Some spectra have no abundance at all, the more the larger the weight.
        var absent = Enumerable.Range(0, LibraryProblem.Spectra).Count(m => Row(expected, m).All(v => v == 0));
        Assert.InRange(absent, 1, LibraryProblem.Spectra);
        Assert.All(expected, value => Assert.True(value >= 0));
    }

    [Fact]
    public void Iterations_have_an_end_that_is_told()
    {
        var (_, report) = Regress(new LibraryProblem(1), 1, 1e-9, threads: 1, maximumIterations: 3);
        Assert.Equal((3, StopReason.MaximumIterations), (report.Iterations, report.StopReason));
    }

    [Theory]
    [InlineData(LibrarySparsity.Picture)]
    [InlineData(LibrarySparsity.Pixel)]
    public void The_unit_of_data_and_library_and_threads_and_storage_do_not_matter(LibrarySparsity sparsity)
    {
        var problem = new LibraryProblem(4);
        var options = new SparseUnmixingOptions { Sparsity = sparsity, Threads = 1 };
        var expected = SparseUnmixing.Fit(problem.Data, problem.Components, options);
        foreach (var exponent in new[] { -60, 40 })
        {
            double[] values = Array.ConvertAll(problem.Values, value => Math.ScaleB(value, exponent));
            var library = problem.Library.Clone();
            for (var f = 0; f < library.Rows; f++)
            {
                for (var m = 0; m < library.Columns; m++)
                    library[f, m] = Math.ScaleB(library[f, m], exponent);
            }

            var scaled = SparseUnmixing.Fit(
                NmfData<double>.FromDense(values, LibraryProblem.Pixels, LibraryProblem.Bands),
                KnownComponents.FromDictionary(library), options);
            AssertSame(expected, scaled);
        }

        AssertSame(expected, SparseUnmixing.Fit(problem.Data, problem.Components, options with { Threads = 3 }));
        AssertSame(expected, SparseUnmixing.Fit(
            TestData.Sparse<double>(problem.Values, LibraryProblem.Pixels, LibraryProblem.Bands), problem.Components,
            options));
        Assert.Equal(
            expected.Model.Activations.ToRowMajor(), expected.Model.Transform(problem.Data).ToRowMajor());
    }

    [Theory]
    [InlineData(AbundanceConstraint.SumToOne)]
    [InlineData(AbundanceConstraint.SumToAtMostOne)]
    public void Abundances_of_selected_spectra_have_the_sum_asked_for(AbundanceConstraint sum)
    {
        var problem = new LibraryProblem(6);
        var found = SparseUnmixing.Fit(problem.Data, problem.Components, new() { Sum = sum });
        for (var n = 0; n < LibraryProblem.Pixels; n++)
        {
            var total = 0.0;
            foreach (var value in found.Model.Activations.Row(n))
                total += value;
            Assert.InRange(total, sum == AbundanceConstraint.SumToOne ? 1 - 1e-12 : 0, 1 + 1e-12);
        }

        for (var k = 0; k < found.Spectra.Count; k++)
        {
            for (var f = 0; f < LibraryProblem.Bands; f++)
                Assert.Equal(problem.Library[f, found.Spectra[k].Index], found.Model.Dictionary[f, k]);
        }

        Assert.Equal(sum, Assert.IsType<AbundanceNmf>(found.Model.Options.Problem).Sum);
        Assert.Contains(found.Spectra, spectrum => spectrum is { Index: 7, Name: "Spectrum7", Pixels: > 20 });
        Assert.Equal(LibraryProblem.Pixels, found.Spectra.Sum(s => s.Abundance), 0.2 * LibraryProblem.Pixels);
    }

    [Theory]
    [InlineData(100, 11)]
    [InlineData(200, 12)]
    [InlineData(300, 13)]
    public void The_default_finds_the_minerals_of_a_scene_among_hundreds_that_are_alike(int size, int seed)
    {
        if (LibraryScene.Library() is not { } spectra)
        {
            Assert.Skip("shared/data/hyperspectral/usgs_library is not here.");
            return;
        }

        var scene = SparseScene.Create(spectra, seed, size, decibels: 32);
        var data = NmfData<float>.FromMatrix(scene.Pixels);
        var picture = SparseUnmixing.Fit(data, scene.Library);
        Assert.Equal(StopReason.Converged, picture.Model.Report.StopReason);
        var error = scene.Error([.. picture.Spectra.Select(s => s.Index)], picture.Model.Activations);
        Assert.InRange(error, 0, 0.08);
        Assert.InRange(picture.Spectra.Count, 3, 10);
        var pixel = SparseUnmixing.Fit(data, scene.Library, new() { Sparsity = LibrarySparsity.Pixel });
        Assert.Equal(size, pixel.Spectra.Count);
        Assert.InRange(scene.Error([.. pixel.Spectra.Select(s => s.Index)], pixel.Model.Activations), 0, 0.09);
        AssertOptimal(scene, pixel);
    }

    [Fact]
    public void What_does_not_go_is_refused_by_name()
    {
        var problem = new LibraryProblem(1);
        Refused("Weight", new() { Weight = 0 });
        Refused("Weight", new() { Weight = double.NaN });
        Refused("Weight", new() { Weight = 1e6 });
        Refused("Sparsity", new() { Sparsity = (LibrarySparsity)7 });
        Refused("Sum", new() { Sum = AbundanceConstraint.Shaded });
        Refused("Sum", new() { Sum = AbundanceConstraint.SumToOne, Sparsity = LibrarySparsity.Pixel });
        Refused("Tolerance", new() { Tolerance = 0 });
        Refused("MaximumIterations", new() { MaximumIterations = 0 });
        Refused("Threads", new() { Threads = 0 });
        Assert.Contains("48 bands", Assert.Throws<ArgumentException>(() => SparseUnmixing.Fit(
            problem.Data, KnownComponents.FromColumns(new[] { new double[48] }))).Message);
        var few = NmfData<double>.FromDense(problem.Values.AsSpan(0, 10 * LibraryProblem.Bands), 10, 24);
        Assert.Contains("more pixels", Assert.Throws<ArgumentException>(
            () => SparseUnmixing.Fit(few, problem.Components)).Message);
        Assert.Contains("3 names", Assert.Throws<ArgumentException>(
            () => problem.Components.Named(["a", "b", "c"])).Message);
        Assert.Contains("known", Assert.Throws<ArgumentException>(() => NmfFactorizer.Fit(problem.Data, new()
        {
            Rank = 3, Problem = new AbundanceNmf { Sum = AbundanceConstraint.Nonnegative },
        })).Message);

        void Refused(string name, SparseUnmixingOptions options) => Assert.Equal(
            name, Assert.Throws<ArgumentException>(
                () => SparseUnmixing.Fit(problem.Data, problem.Components, options)).ParamName);
    }

    [Fact]
    public void Cancellation_stops_the_regression()
    {
        var problem = new LibraryProblem(1);
        using var source = new CancellationTokenSource();
        var seen = 0;
        Assert.Throws<OperationCanceledException>(() => SparseUnmixing.Fit(
            problem.Data, problem.Components, new() { Tolerance = 1e-15 }, new Immediate(_ =>
            {
                seen++;
                source.Cancel();
            }), source.Token));
        Assert.Equal(1, seen);
    }

    private sealed class Immediate(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }

    // The conditions of ℓ1: a gradient of zero where there is an abundance, and none downhill elsewhere.
    private static void AssertOptimal(SparseScene scene, LibraryModel<float> found)
    {
        var weights = found.Model.Penalty!.Linear;
        var w = found.Model.Dictionary;
        for (var n = 0; n < found.Model.Activations.Rows; n += 97)
        {
            var h = found.Model.Activations.Row(n).ToArray();
            var rest = new double[w.Rows];
            for (var f = 0; f < w.Rows; f++)
                rest[f] = scene.Pixels[n, f] - Enumerable.Range(0, h.Length).Sum(m => (double)w[f, m] * h[m]);
            for (var m = 0; m < h.Length; m++)
            {
                var gradient = Enumerable.Range(0, w.Rows).Sum(f => w[f, m] * rest[f]) - weights[m];
                var length = Enumerable.Range(0, w.Rows).Sum(f => (double)w[f, m] * w[f, m]);
                Assert.InRange(gradient / length, h[m] > 0 ? -1e-5 : double.NegativeInfinity, 1e-5);
            }
        }
    }

    private static void AssertSame(LibraryModel<double> expected, LibraryModel<double> found)
    {
        Assert.Equal(expected.Spectra.Select(s => s.Index), found.Spectra.Select(s => s.Index));
        var (a, b) = (expected.Model.Activations.ToRowMajor(), found.Model.Activations.ToRowMajor());
        for (var i = 0; i < a.Length; i++)
            Assert.Equal(a[i], b[i], 1e-9);
    }

    private static double[] Weights(double scale)
        => [.. Enumerable.Range(0, LibraryProblem.Spectra).Select(m => scale * (0.05 + (0.01 * m)))];

    private static IEnumerable<double> Row(double[] x, int m)
        => Enumerable.Range(0, LibraryProblem.Pixels).Select(n => x[(n * LibraryProblem.Spectra) + m]);

    private static (double[] X, FitReport Report) Regress(
        LibraryProblem problem, double scale, double tolerance, int threads, int maximumIterations = 20000)
    {
        using var team = new WorkTeam(threads);
        var regression = new CollaborativeRegression<double>(
            problem.Data, problem.Library, Weights(scale), team, CancellationToken.None);
        var report = regression.Run(tolerance, maximumIterations, null);
        var x = new double[LibraryProblem.Pixels * LibraryProblem.Spectra];
        for (var n = 0; n < LibraryProblem.Pixels; n++)
        {
            for (var k = 0; k < regression.Present.Length; k++)
                x[(n * LibraryProblem.Spectra) + regression.Present[k]] = regression.Abundances[n, k];
        }

        return (x, report);
    }
}
