using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class MessageTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ConcurrentQueue<LoggingEventArgs> _log = new();

    public MessageTests() => _context.Log += (_, e) => _log.Enqueue(e);

    [Fact]
    public void A_fit_logs_the_data_the_settings_the_objective_and_the_result()
    {
        var model = Fit(new NmfEstimator.Options { Rank = 3, Problem = 1, Seed = 42,
            Iterations = new() { MaximumIterations = 10, Tolerance = 0 } });

        Assert.Contains(
            Messages(ChannelMessageKind.Info),
            m => m.Contains("Read column 'Features': 40 rows, 12 features, 480 non-zeros (100%), stored dense."));
        Assert.Contains(
            Messages(ChannelMessageKind.Info), m => m.Contains("Factorizing 40 x 12 with rank 3, beta 1, solver")
                && m.Contains("at most 10 iterations, 1 start(s), seed 42."));
        Assert.Contains(
            Messages(ChannelMessageKind.Info),
            m => m.Contains($"Stopped after {model.Model.Iterations} iterations ({model.Model.StopReason})"));
        Assert.Equal(
            model.Model.ObjectiveHistory.Count,
            Messages(ChannelMessageKind.Trace).Count(m => m.Contains("Start 0, iteration")));
        Assert.Empty(Messages(ChannelMessageKind.Warning));
    }

    [Fact]
    public void A_rank_above_the_size_of_the_data_is_a_warning()
    {
        Fit(new NmfEstimator.Options { Rank = 15, Iterations = new() { MaximumIterations = 3 } });

        Assert.Contains(
            Messages(ChannelMessageKind.Warning),
            m => m.Contains("The rank 15 is above 12, the smaller of 40 rows and 12 features"));
    }

    [Fact]
    public void What_a_fit_has_taken_from_the_data_is_told()
    {
        var model = Fit(new NmfEstimator.Options { Rank = 3, Problem = new Nmf.RobustNmf(2),
            Iterations = new() { MaximumIterations = 50 } });
        var lambda = ((Nmf.RobustNmf)model.Model.Problem).Lambda;
        Assert.Contains(
            Messages(ChannelMessageKind.Info), m => m.Contains("lambda of the outlier term is") && lambda > 0);
        Fit(new NmfEstimator.Options { Rank = 2, Problem = new Nmf.AbundanceNmf(),
            Iterations = new() { MaximumIterations = 5, Tolerance = 0 } });
        Assert.Contains(Messages(ChannelMessageKind.Info), m => m.Contains("From the data: the light "));
    }

    [Fact]
    public void A_penalty_that_only_scales_is_a_warning()
    {
        Fit(new NmfEstimator.Options { Rank = 3, Iterations = new() { MaximumIterations = 3, Tolerance = 0 },
            Problem = new Nmf.BetaNmf(1) { Penalties = [new Nmf.L1Penalty(0.5)] } });
        Assert.Contains(Messages(ChannelMessageKind.Warning), m => m.Contains("divides them by 1 + weight"));
    }

    [Fact]
    public void A_fit_that_has_not_converged_is_a_warning()
    {
        Fit(new NmfEstimator.Options { Rank = 3, Iterations = new() { MaximumIterations = 3, Tolerance = 1e-9 } });
        Assert.Contains(Messages(ChannelMessageKind.Warning), m => m.Contains("has not converged"));

        // All iterations were asked for, or it has converged.
        foreach (var iterations in new Nmf.IterationOptions[]
        {
            new() { MaximumIterations = 3, Tolerance = 0 },
            new() { MaximumIterations = 2000, Tolerance = 0.1 },
        })
        {
            _log.Clear();
            Fit(new NmfEstimator.Options { Rank = 3, Iterations = iterations });
            Assert.DoesNotContain(Messages(ChannelMessageKind.Warning), m => m.Contains("converged"));
        }
    }

    [Fact]
    public void A_dispersion_that_makes_everything_one_component_is_a_warning()
    {
        // Binary pictures of one or both of two parts: counts with a dispersion of one would not tell.
        var random = new Random(1);
        var values = Enumerable.Range(0, 12).Select(_ =>
        {
            var (one, other) = (random.Next(2), random.Next(2));
            return Enumerable.Range(0, 8).Select(f => f / 4 == one || f / 4 == other || f == 0 ? 1f : 0).ToArray();
        }).ToArray();
        Fit(
            new NmfEstimator.Options { Rank = 6, Seed = 0, Problem = new Nmf.AutomaticRelevance(1),
                Iterations = new() { MaximumIterations = 2000, Tolerance = 1e-6 } }, values);
        Assert.Contains(
            Messages(ChannelMessageKind.Warning), m => m.Contains("One component is relevant, because the dispersion"));
    }

    [Fact]
    public void Endmembers_that_have_collapsed_are_a_warning()
    {
        // Two materials and a rank of three with far too much volume penalty.
        float[][] rows = [.. Enumerable.Range(0, 60).Select(n => Enumerable.Range(0, 8).Select(
            f => 1 + ((n % 7) * f / 56f) + (0.001f * ((n * 31 * (f + 3)) % 11))).ToArray())];
        _context.Transforms.UnmixingNmf("H", "Features", rank: 3, minimumVolume: 50).Fit(TestRows.View(_context, rows));
        Assert.Contains(Messages(ChannelMessageKind.Warning), m => m.Contains("have collapsed: their distance is"));
        _log.Clear();
        _context.Transforms.UnmixingNmf("H", "Features", rank: 2).Fit(TestRows.View(_context, rows));
        Assert.DoesNotContain(Messages(ChannelMessageKind.Warning), m => m.Contains("collapsed"));
    }

    [Fact]
    public void Endmembers_of_one_direction_or_without_light_are_a_warning()
    {
        // One spectrum in changing light: with brightness of its own it is one endmember, however long.
        float[][] rows = [.. Enumerable.Range(0, 60).Select(n => Enumerable.Range(0, 8).Select(
            f => (0.2f + (0.01f * n)) * (1 + (f % 3))).ToArray())];
        Fit(AbundanceConstraint.Shaded, [rows[0], rows[^1]]);
        Assert.Contains(Messages(ChannelMessageKind.Warning), m => m.Contains("of their length, made equal"));
        Fit(AbundanceConstraint.SumToOne, [rows[0], rows[^1]]);
        Assert.DoesNotContain(Messages(ChannelMessageKind.Warning), m => m.Contains("collapsed"));

        // Under a sum of one a spectrum that is next to nothing is suspicious; with a brightness it is none.
        float[] dark = [0.001f, 0, 0.001f, 0, 0, 0, 0.002f, 0];
        Fit(AbundanceConstraint.Shaded, [dark, rows[^1]]);
        Assert.DoesNotContain(Messages(ChannelMessageKind.Warning), m => m.Contains("light"));
        Fit(AbundanceConstraint.SumToOne, [dark, rows[^1]]);
        Assert.Contains(
            Messages(ChannelMessageKind.Warning), m => m.Contains("Endmember 0 has hardly any light: its length is"));

        void Fit(AbundanceConstraint sum, float[][] spectra)
        {
            _log.Clear();
            _context.Transforms.UnmixingNmf("H", "Features", Nmf.KnownComponents.FromColumns(spectra), sum).Fit(
                TestRows.View(_context, rows));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_scene_of_fewer_materials_than_asked_for_is_fitted_with_a_warning(int rank)
    {
        foreach (var materials in Enumerable.Range(1, rank - 1))
        {
            _log.Clear();
            var view = TestRows.View(_context, [.. Enumerable.Range(0, 60).Select(n => Enumerable.Range(0, 20).Select(
                f => n % materials == 0 ? 0.3f + (0.01f * f) : 0.7f - (0.02f * f)).ToArray())]);
            var model = _context.Transforms.UnmixingNmf("H", "Features", rank).Fit(view);
            Assert.All(TestRows.Column(model.Transform(view), "H"), row => Assert.Equal(1, row.Sum(), 1e-5f));
            Assert.True(model.Model.ExplainedPart > 0.999);
            Assert.Contains(Messages(ChannelMessageKind.Warning), m => m.Contains("have collapsed"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_minimised_and_how_many_pixels_had_no_light_is_told(bool light)
    {
        var random = new Random(5);
        float[][] pixels = [.. Enumerable.Range(0, 200).Select(n =>
        {
            var (share, brightness) = (random.NextSingle(), light ? 0.3f + (0.7f * n / 200) : 1);
            return Enumerable.Range(0, 20).Select(f => brightness * (0.001f * random.NextSingle()
                + (share * (0.3f + (0.01f * f))) + ((1 - share) * (0.7f - (0.02f * f))))).ToArray();
        })];
        float[][] masked = [.. pixels.SelectMany(
            pixel => new[] { new float[20], pixel, new float[20], new float[20], new float[20] })];
        var alone = _context.Transforms.UnmixingNmf("H", "Features", 2).Fit(TestRows.View(_context, pixels));
        _log.Clear();
        var view = TestRows.View(_context, masked);
        var model = _context.Transforms.UnmixingNmf("H", "Features", 2).Fit(view);
        for (var k = 0; k < 2; k++)
            Assert.Equal(
                alone.Model.GetComponent(k).ToArray(), model.Model.GetComponent(k).ToArray(),
                (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(masked.Length, TestRows.Column(model.Transform(view), "H").Length);
        var message = Assert.Single(Messages(ChannelMessageKind.Info), m => m.Contains("Minimised"));
        Assert.Contains("800 of 1000 pixels have next to no light", message);
        Assert.Equal(light, message.Contains("a brightness of its own"));
    }

    [Fact]
    public void Features_without_data_and_components_without_weight_are_warnings()
    {
        // One direction only: a second component has nothing to do.
        var values = Enumerable.Range(1, 30).Select(n => new float[] { n, 2 * n, 0, 3 * n }).ToArray();
        Fit(
            new NmfEstimator.Options { Rank = 2, Solver = NmfSolver.Hals, Initialization = NmfInitialization.Nndsvd },
            values);

        Assert.Contains(
            Messages(ChannelMessageKind.Warning),
            m => m.Contains("1 of 4 features have zero weight in every component"));
        Assert.Contains(Messages(ChannelMessageKind.Warning), m => m.Contains("1 of 2 components are zero"));
    }

    [Fact]
    public void The_progress_channel_has_iterations_and_objective()
    {
        // Nothing under an MLContext shows progress events; the tracker of an environment collects them.
        var environment = new ConsoleEnvironment(seed: 1, outWriter: TextWriter.Null, errWriter: TextWriter.Null);
        var tracker = (ProgressReporting.ProgressTracker)typeof(HostEnvironmentBase<ConsoleEnvironment>)
            .GetField("ProgressTracker", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(environment)!;
        var estimator = new NmfEstimator(
            environment, new NmfEstimator.Options { OutputColumnName = "H", InputColumnName = "Features", Rank = 3,
                Iterations = new() { MaximumIterations = 20, Tolerance = 0 } });

        var model = estimator.Fit(TestRows.View(_context, TestRows.Values()));

        var checkpoints = tracker.GetAllProgress().Where(
            e => e.Kind == ProgressReporting.ProgressEvent.EventKind.Progress
                && e.ProgressEntry is { IsCheckpoint: true }).ToArray();
        Assert.Equal(model.Model.ObjectiveHistory.Count, checkpoints.Length);
        for (var i = 0; i < checkpoints.Length; i++)
        {
            var entry = checkpoints[i].ProgressEntry;
            Assert.Equal(["starts", "iterations"], entry.Header.UnitNames);
            Assert.Equal(["Objective"], entry.Header.MetricNames);
            Assert.Equal(model.Model.ObjectiveHistory[i].Iteration, entry.Progress[1]);
            Assert.Equal(model.Model.ObjectiveHistory[i].Objective, entry.Metrics[0]);
        }
    }

    private string[] Messages(ChannelMessageKind kind) => [.. _log.Where(e => e.Kind == kind).Select(e => e.Message)];

    private NmfTransformer Fit(NmfEstimator.Options options, float[][]? values = null)
    {
        (options.OutputColumnName, options.InputColumnName) = ("H", "Features");
        return _context.Transforms.NonnegativeMatrixFactorization(options)
            .Fit(TestRows.View(_context, values ?? TestRows.Values()));
    }
}
