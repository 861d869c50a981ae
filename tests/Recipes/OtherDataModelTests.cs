using Nmf;
using Nmf.Kernels;
using Nmf.Kernels.Tests;
using Nmf.Tests;

namespace Recipes;

/// <summary>What the contract of solvers asks, of a model that is not a solver.</summary>
public sealed class OtherDataModelTests
{
    private const int Samples = 37;
    private const int Rank = 4;

    private static readonly IterationOptions Sixty = new()
    {
        MaximumIterations = 60, CheckInterval = 7, Tolerance = 0,
    };

    private static NmfData<double> First { get; } =
        TestData.Dense<double>(TestData.Counts(Samples, 29, Rank, 1), Samples, 29);

    // The other view is stored sparsely: the views need not be of one kind.
    private static NmfData<double> Second { get; } =
        TestData.Sparse<double>(TestData.Counts(Samples, 13, Rank, 2), Samples, 13);

    [Fact]
    public void The_objective_never_increases_and_a_step_allocates_nothing()
    {
        using var team = new WorkTeam(1);
        var model = new TwoViewModel<double>(First, Second, Rank, new Random(3), team);
        var previous = model.Objective();
        for (var i = 0; i < 120; i++)
        {
            model.Step();
            var current = model.Objective();
            Assert.True(current <= previous + (1e-9 * previous), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Allocation.AssertNone(() =>
        {
            for (var i = 0; i < 60; i++)
            {
                model.Step();
                model.Objective();
            }
        });
    }

    [Fact]
    public void Factors_that_fit_exactly_are_a_fixed_point()
    {
        using var team = new WorkTeam(1);
        var truth = new TwoViewModel<double>(First, Second, Rank, new Random(5), team);
        var exact = truth.Dictionaries.Select(w => Product(truth.H, w)).ToArray();
        var model = new TwoViewModel<double>(exact[0], exact[1], Rank, new Random(5), team);
        Assert.Equal(0, model.Objective(), 1e-9);
        for (var i = 0; i < 3; i++)
            model.Step();
        foreach (var (before, after) in Factors(truth).Zip(Factors(model)))
            Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void One_view_cut_in_two_is_fitted_like_the_whole()
    {
        var values = TestData.Counts(Samples, 42, Rank, 1);
        NmfData<double> Part(int from, int count) => TestData.Dense<double>(
            [.. values.Chunk(42).SelectMany(row => row.Skip(from).Take(count))], Samples, count);
        using var team = new WorkTeam(1);
        var model = new TwoViewModel<double>(Part(0, 29), Part(29, 13), Rank, new Random(3), team);
        var stacked = new double[42 * Rank];
        var dictionaries = model.Dictionaries.ToArray();
        dictionaries[0].ToRowMajor().CopyTo(stacked, 0);
        dictionaries[1].ToRowMajor().CopyTo(stacked, 29 * Rank);
        var solver = new MultiplicativeSolver<double>(
            Part(0, 42), 1, 1, NmfStart<double>.FromRowMajor(stacked, model.H.ToRowMajor(), Rank), team);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(solver.Objective(), model.Objective(), 1e-9 * solver.Objective());
            solver.Step();
            model.Step();
        }
    }

    [Fact]
    public void The_best_start_is_kept_and_threads_change_no_bit()
    {
        var one = TwoViewNmf.Fit(First, Second, Rank, Sixty, starts: 3, seed: 1);
        var two = TwoViewNmf.Fit(First, Second, Rank, Sixty, starts: 3, seed: 1, threads: 2);
        Assert.Equal(one.Report.StartObjectives.Min(), one.Report.Objective);
        Assert.Equal(Factors(one.Model), Factors(two.Model));
        Assert.Equal(3, one.Report.StartObjectives.Distinct().Count());
    }

    [Fact]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var whole = TwoViewNmf.Fit(First, Second, Rank, Sixty, starts: 2);
            TwoViewModel<double>? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = TwoViewNmf.Fit(
                        First, Second, Rank, Sixty, starts: 2, checkpoint: checkpoint, progress: new Watch(p =>
                        {
                            // The second report of a run comes after its first checkpoint.
                            if (p.Iteration is > 0 and < 60 && ++reports == 2)
                                throw new OperationCanceledException();
                        })).Model;
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                }
            }

            Assert.True(interruptions > 5, $"The fit was interrupted {interruptions} times only.");
            Assert.Equal(Factors(whole.Model), Factors(resumed));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void A_cancelled_fit_ends()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => TwoViewNmf.Fit(First, Second, Rank, Sixty, cancellationToken: source.Token));
    }

    private static double[][] Factors(TwoViewModel<double> model)
        => [model.H.ToRowMajor(), .. model.Dictionaries.Select(w => w.ToRowMajor())];

    private static NmfData<double> Product(Matrix<double> h, Matrix<double> w)
    {
        var values = new double[h.Rows * w.Rows];
        for (var n = 0; n < h.Rows; n++)
            for (var f = 0; f < w.Rows; f++)
                for (var k = 0; k < h.Columns; k++)
                    values[(n * w.Rows) + f] += h[n, k] * w[f, k];
        return NmfData<double>.FromDense(values, h.Rows, w.Rows);
    }

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
