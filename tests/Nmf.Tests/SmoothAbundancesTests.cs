using Nmf.Benchmarks;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Abundances with total variation against a primal-dual program in numpy that checked its gap.</summary>
public sealed class SmoothAbundancesTests
{
    [Fact]
    public void Maps_and_objective_are_those_of_numpy()
    {
        foreach (var golden in LibraryProblem.Cases)
        {
            var (maps, objective) = Smooth(new LibraryProblem(golden.Seed), 0.05, 0.02, 1e-9);
            Assert.Equal(golden.SmoothObjective, objective, 1e-6 * golden.SmoothObjective);
            for (var i = 0; i < maps.Length; i++)
                Assert.Equal(golden.Smooth[i], maps[i], 2e-4);
            var (_, quick) = Smooth(new LibraryProblem(golden.Seed), 0.05, 0.02, 1e-5);
            Assert.InRange(quick, golden.SmoothObjective * (1 - 1e-6), golden.SmoothObjective * 1.001);
        }
    }

    [Theory]
    [InlineData(AbundanceConstraint.Nonnegative)]
    [InlineData(AbundanceConstraint.SumToOne)]
    public void Without_weight_it_is_least_squares_and_with_much_of_it_maps_are_even(AbundanceConstraint sum)
    {
        var problem = new LibraryProblem(2);
        var endmembers = Some(problem.Library, 2, 7, 11);
        var expected = new Matrix<double>(LibraryProblem.Pixels, 3);
        new AbundanceNmf { Sum = sum }.CreateRowSolver(endmembers, new InferenceOptions())
            .SolveAll(problem.Data.Dense!, expected, new WorkTeam(1));
        var options = new SmoothAbundancesOptions { Sum = sum, Weight = 0, Tolerance = 1e-9 };
        var found = SmoothAbundances.Find(problem.Data, endmembers, LibraryProblem.Width, options);
        AssertClose(expected, found, 1e-5);
        var even = SmoothAbundances.Find(
            problem.Data, endmembers, LibraryProblem.Width, options with { Weight = 1e4, Tolerance = 1e-7 });
        for (var n = 1; n < even.Rows; n++)
        {
            for (var k = 0; k < 3; k++)
                Assert.Equal(even[0, k], even[n, k], 1e-3);
            if (sum == AbundanceConstraint.SumToOne)
                Assert.Equal(1, even[n, 0] + even[n, 1] + even[n, 2], 1e-12);
        }
    }

    [Fact]
    public void Threads_the_unit_and_which_way_the_picture_lies_do_not_matter()
    {
        var problem = new LibraryProblem(3);
        var endmembers = Some(problem.Library, 2, 7, 11, 12);
        var options = new SmoothAbundancesOptions { Threads = 1, Tolerance = 1e-8 };
        var expected = SmoothAbundances.Find(problem.Data, endmembers, LibraryProblem.Width, options);
        Assert.Equal(
            expected.ToRowMajor(),
            SmoothAbundances.Find(
                problem.Data, endmembers, LibraryProblem.Width, options with { Threads = 3 }).ToRowMajor());
        var scaled = endmembers.Clone();
        for (var f = 0; f < scaled.Rows; f++)
        {
            for (var k = 0; k < scaled.Columns; k++)
                scaled[f, k] = Math.ScaleB(scaled[f, k], -40);
        }

        AssertClose(
            expected,
            SmoothAbundances.Find(
                NmfData<double>.FromDense(
                    Array.ConvertAll(problem.Values, value => Math.ScaleB(value, -40)), LibraryProblem.Pixels,
                    LibraryProblem.Bands),
                scaled, LibraryProblem.Width, options), 1e-12);

        const int Height = LibraryProblem.Pixels / LibraryProblem.Width;
        int[] turned = [.. Enumerable.Range(0, LibraryProblem.Pixels).Select(
            n => (n % Height * LibraryProblem.Width) + (n / Height))];
        var other = SmoothAbundances.Find(
            NmfData<double>.FromDense(
                [.. turned.SelectMany(n => problem.Values.AsSpan(n * LibraryProblem.Bands, LibraryProblem.Bands)
                    .ToArray())],
                LibraryProblem.Pixels, LibraryProblem.Bands),
            endmembers, Height, options);
        for (var n = 0; n < turned.Length; n++)
        {
            for (var k = 0; k < 4; k++)
                Assert.Equal(expected[turned[n], k], other[n, k], 1e-4);
        }
    }

    [Theory]
    [InlineData(false, 0.75)]
    [InlineData(true, 0.75)]
    public void Maps_of_noisy_scenes_come_nearer_to_the_truth(bool hasEdges, double part)
    {
        if (LibraryScene.Library() is not { } spectra)
        {
            Assert.Skip("shared/data/hyperspectral/usgs_library is not here.");
            return;
        }

        var scene = SparseScene.Create(spectra, 31, 100, decibels: 20, hasEdges);
        var data = NmfData<float>.FromMatrix(scene.Pixels);
        var endmembers = new Matrix<float>(spectra.Rows, scene.Chosen.Length);
        for (var f = 0; f < endmembers.Rows; f++)
        {
            for (var k = 0; k < endmembers.Columns; k++)
                endmembers[f, k] = (float)scene.Materials.Column(k)[f];
        }

        var without = SmoothAbundances.Find(data, endmembers, LibraryScene.Side, new() { Weight = 0 });
        var with = SmoothAbundances.Find(data, endmembers, LibraryScene.Side);
        Assert.InRange(scene.Error(scene.Chosen, with), 0, part * scene.Error(scene.Chosen, without));
    }

    [Fact]
    public void What_does_not_go_is_refused_by_name_and_cancellation_stops_it()
    {
        var problem = new LibraryProblem(1);
        Refused("Weight", 8, new() { Weight = -1 });
        Refused("Sparsity", 8, new() { Sparsity = double.NaN });
        Refused("Sum", 8, new() { Sum = AbundanceConstraint.SumToAtMostOne });
        Refused("Tolerance", 8, new() { Tolerance = 0 });
        Refused("MaximumIterations", 8, new() { MaximumIterations = 0 });
        Refused("Threads", 8, new() { Threads = 0 });
        Refused("width", 7, new());
        Refused("width", 0, new());
        Assert.Contains("2 x 3", Assert.Throws<ArgumentException>(
            () => SmoothAbundances.Find(problem.Data, new Matrix<double>(2, 3), 8)).Message);
        Assert.Throws<OperationCanceledException>(() => SmoothAbundances.Find(
            problem.Data, problem.Library, 8, cancellationToken: new CancellationToken(canceled: true)));

        void Refused(string name, int width, SmoothAbundancesOptions options) => Assert.Equal(
            name, Assert.Throws<ArgumentException>(
                () => SmoothAbundances.Find(problem.Data, problem.Library, width, options)).ParamName);
    }

    private static (double[] Maps, double Objective) Smooth(
        LibraryProblem problem, double lambda, double sparsity, double tolerance)
    {
        using var team = new WorkTeam(2);
        var data = problem.Data;
        var smoothing = new VariationSmoothing(
            SmallMatrices.Multiply(data.Dense!, problem.Library),
            SmallMatrices.TransposedProduct(problem.Library, problem.Library), data.SumOfSquares,
            LibraryProblem.Width, lambda, sparsity, sumsToOne: false, team, CancellationToken.None);
        Assert.True(smoothing.Run(tolerance, 200_000, null));
        return (smoothing.Result<double>().ToRowMajor(), smoothing.Objective);
    }

    private static Matrix<double> Some(Matrix<double> library, params int[] chosen)
    {
        var some = new Matrix<double>(library.Rows, chosen.Length);
        for (var f = 0; f < library.Rows; f++)
        {
            for (var k = 0; k < chosen.Length; k++)
                some[f, k] = library[f, chosen[k]];
        }

        return some;
    }

    private static void AssertClose(Matrix<double> expected, Matrix<double> found, double tolerance)
    {
        for (var n = 0; n < expected.Rows; n++)
        {
            for (var k = 0; k < expected.Columns; k++)
                Assert.Equal(expected[n, k], found[n, k], tolerance);
        }
    }
}
