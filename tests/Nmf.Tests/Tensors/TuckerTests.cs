using System.Text.Json;
using Nmf.Kernels;
using Nmf.Kernels.Tests;

namespace Nmf.Tests;

/// <summary>The Tucker model: golden values, what a fit has to keep, and its file.</summary>
public sealed class TuckerTests
{
    private static readonly JsonElement[] Goldens = [.. JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tucker.json"))).RootElement.EnumerateArray()];

    private static readonly IterationOptions Sixty = new() { MaximumIterations = 60, CheckInterval = 7, Tolerance = 0 };

    private static Planted Small { get; } = new([9, 8, 7], 2, seed: 1, noise: 0.3);

    private static TuckerOptions Options { get; } = new() { Ranks = [3, 2, 4], Beta = 1, Iterations = Sixty };

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Goldens.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Five_iterations_are_those_of_an_independent_program(int number)
    {
        var golden = Goldens[number];
        int[] Whole(string name) => [.. golden.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];
        var (shape, ranks) = (Whole("shape"), Whole("ranks"));
        int[] columns = [.. ranks, ranks[^1]];
        Matrix<double>[] factors = [.. golden.GetProperty("start").EnumerateArray().Select((factor, n) =>
        {
            var numbers = Flat(factor).ToArray();
            return Matrix<double>.FromRowMajor(numbers, numbers.Length / columns[n], columns[n]);
        })];
        using var team = new WorkTeam(2);
        var weights = golden.GetProperty("weights").ValueKind == JsonValueKind.Null
            ? [] : Flat(golden.GetProperty("weights")).ToArray();
        var solver = new TuckerSolver<double>(
            NmfTensor<double>.FromDense([.. Flat(golden.GetProperty("values"))], shape, weights: weights),
            new TuckerOptions { Ranks = ranks, Beta = golden.GetProperty("beta").GetDouble() }, factors, team,
            extrapolates: false);
        var objectives = Flat(golden.GetProperty("objectives")).ToArray();
        Assert.Equal(objectives[0], solver.Objective(), 1e-9 * objectives[0]);
        foreach (var expected in objectives[1..])
        {
            solver.Step();
            Assert.Equal(expected, solver.Objective(), 1e-9 * expected);
        }

        foreach (var (expected, actual) in golden.GetProperty("factors").EnumerateArray().Zip(solver.Factors))
        {
            var numbers = Flat(expected).ToArray();
            Assert.All(
                numbers.Zip(actual.ToRowMajor()),
                pair => Assert.Equal(pair.First, pair.Second, 1e-9 * numbers.Max()));
        }
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(1.4)]
    [InlineData(0.0)]
    [InlineData(3.0)]
    [InlineData(-1.0)]
    public void The_objective_never_increases_and_a_step_allocates_nothing(double beta)
    {
        using var team = new WorkTeam(1);
        var solver = new TuckerSolver<double>(
            Small.Dense<double>(), Options with { Beta = beta },
            TuckerNmf.Random<double>(Small.Shape, Options.Ranks, 1, 5, 0), team);
        var previous = solver.Objective();
        for (var i = 0; i < 120; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(current <= previous + (1e-10 * previous), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Allocation.AssertNone(() =>
        {
            solver.Step();
            solver.Objective();
        });
    }

    [Fact]
    public void A_planted_tensor_is_explained_units_and_threads_change_no_bit()
    {
        var data = new Planted([9, 8, 7], 2, seed: 1);
        var options = Options with { Ranks = [2, 2, 2], Iterations = new() { MaximumIterations = 2000 } };
        var model = TuckerNmf.Fit(data.Dense<double>(), options with { Threads = 1 });
        Assert.True(model.ExplainedPart > 0.995, $"{model.ExplainedPart}");
        Assert.Equal(data.Values[77], model.Predict(data.Indices(77)), 0.1 * (1 + data.Values[77]));
        for (var k = 0; k < 2; k++)
            Assert.All(model.Factors, factor => Assert.Equal(
                1, Enumerable.Range(0, factor.Rows).Sum(i => factor[i, k] * factor[i, k]), 1e-9));
        var scaled = TuckerNmf.Fit(data.Dense<double>(Math.ScaleB(1, 40)), options with { Threads = 3 });
        Assert.Equal(model.Core.Select(x => Math.ScaleB(x, 40)), scaled.Core);
        for (var n = 0; n < 3; n++)
            Assert.Equal(model.Factors[n].ToRowMajor(), scaled.Factors[n].ToRowMajor());
        Assert.Equal(model.Report!.StartObjectives.Min(), model.Report.Objective);
    }

    [Fact]
    public void A_fit_interrupted_after_every_checkpoint_ends_with_the_same_bits()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var checkpoint = new NmfCheckpoint(Path.Combine(folder.FullName, "fit")) { Interval = TimeSpan.Zero };
            var options = Options with { Starts = 2 };
            var whole = TuckerNmf.Fit(Small.Dense<float>(), options);
            TuckerNmfModel<float>? resumed = null;
            var interruptions = 0;
            while (resumed is null)
            {
                var reports = 0;
                try
                {
                    resumed = TuckerNmf.Fit(Small.Dense<float>(), options, checkpoint, new Watch(p =>
                    {
                        if (p.Iteration is > 0 and < 60 && ++reports == 2)
                            throw new OperationCanceledException();
                    }));
                }
                catch (OperationCanceledException)
                {
                    interruptions++;
                }
            }

            Assert.True(interruptions > 5, $"The fit was interrupted {interruptions} times only.");
            Assert.Equal(whole.Core, resumed.Core);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void Missing_entries_are_left_out_and_slices_without_any_get_zeros()
    {
        var data = new Planted([9, 8, 10], 2, seed: 4);
        var model = TuckerNmf.Fit(
            data.Dense<double>(isMissing: e => data.Indices(e)[1] == 3 || e * 31 % 37 < 5),
            Options with { Ranks = [2, 2, 2], Iterations = new() { MaximumIterations = 3000, Tolerance = 1e-9 } });
        Assert.Equal([0, 0], model.Factors[1].Row(3).ToArray());
        for (var e = 0; e < data.Values.Length; e++)
        {
            if (data.Indices(e)[1] != 3)
                Assert.Equal(data.Values[e], model.Predict(data.Indices(e)), 0.1 * (1 + data.Values[e]));
        }
    }

    [Fact]
    public void Models_are_saved_and_loaded_and_damaged_files_refused()
    {
        var model = TuckerNmf.Fit(Small.Dense<float>(), Options);
        using var stream = new MemoryStream();
        model.Save(stream);
        var file = stream.ToArray();
        var loaded = TuckerNmfModel<float>.Load(new MemoryStream(file));
        Assert.Equal(model.Core, loaded.Core);
        Assert.Equal(model.Predict(1, 2, 3), loaded.Predict(1, 2, 3));
        for (var length = 0; length < file.Length; length += 1 + (length / 16))
            Refused(file[..length]);
        var random = new Random(1);
        for (var i = 0; i < 400; i++)
        {
            var damaged = file.ToArray();
            damaged[random.Next(i < 200 ? 60 : file.Length)] ^= (byte)(1 << random.Next(8));
            Refused(damaged);

            // With a checksum that fits: it is refused, or it is a model.
            System.Security.Cryptography.SHA256.HashData(damaged.AsSpan()[12..^32]).CopyTo(damaged.AsSpan()[^32..]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Assert.True(TuckerNmfModel<float>.Load(new MemoryStream(damaged)).Core.All(double.IsFinite));
            }
            catch (InvalidDataException)
            {
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 << 20);
        }

        static void Refused(byte[] bytes)
            => Assert.Throws<InvalidDataException>(() => TuckerNmfModel<float>.Load(new MemoryStream(bytes)));
    }

    [Fact]
    public void What_cannot_be_fitted_is_refused()
    {
        var data = Small.Dense<double>();
        Refused("2 ranks for 3 modes", () => TuckerNmf.Fit(data, Options with { Ranks = [2, 2] }));
        Refused("rank", () => TuckerNmf.Fit(data, Options with { Ranks = [2, 0, 2] }));
        Refused("Beta", () => TuckerNmf.Fit(data, Options with { Beta = double.NaN }));
        Refused("dense", () => TuckerNmf.Fit(Small.Stored<double>(AbsentEntries.Missing), Options));
        var model = TuckerNmf.Fit(data, Options with { Starts = 1 });
        Assert.Throws<ArgumentException>(() => model.Predict(1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Predict(1, 8, 2));

        static void Refused(string words, Func<object> action) => Assert.Contains(
            words, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<double> Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? element.EnumerateArray().SelectMany(Flat) : [element.GetDouble()];

    private sealed class Watch(Action<FitProgress> action) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => action(value);
    }
}
