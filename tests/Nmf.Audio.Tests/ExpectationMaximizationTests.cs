using Nmf.Kernels;

namespace Nmf.Audio.Tests;

public sealed class ExpectationMaximizationTests
{
    [Fact]
    public void Five_iterations_are_those_of_numpy()
    {
        using var team = new WorkTeam(1);
        foreach (var golden in MultichannelGolden.All("expectation"))
        {
            var solver = Solver(
                golden.Mixture, golden.Start, golden.Is("estimate") ? MixtureNoise.Estimated() : MixtureNoise.OfStart,
                team);
            foreach (var expected in golden.Objectives)
            {
                Assert.Equal(expected, solver.Objective(), 1e-9 * Math.Abs(expected));
                if (expected != golden.Objectives[^1])
                    solver.Step();
            }

            golden.AssertEqual(solver.Current);
        }
    }

    public static TheoryData<int, int[], bool, bool, bool> Problems
    {
        get
        {
            var problems = new TheoryData<int, int[], bool, bool, bool>();
            foreach (var (channels, components) in new (int, int[])[]
            {
                (2, [3]), (2, [2, 2]), (2, [2, 1, 3]), (2, [1, 1, 1, 1, 1]), (3, [2, 2]), (3, [1, 2, 1]), (5, [2, 1]),
            })
            {
                for (var bits = 0; bits < 8; bits++)
                {
                    // Two sources that are silent at the ends leave no frame without any.
                    if ((bits & 4) == 0 || components.Length > 1)
                        problems.Add(channels, components, (bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0);
                }
            }

            return problems;
        }
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public void The_objective_never_increases_and_zeros_stay(
        int channels, int[] components, bool isInstantaneous, bool isEstimated, bool isMasked)
    {
        using var team = new WorkTeam(1);
        var (mixture, start) = MultichannelGolden.Create(17, 23, channels, components, isInstantaneous, isMasked, 7);
        var solver = Solver(mixture, start, isEstimated ? MixtureNoise.Estimated() : MixtureNoise.OfStart, team);
        AssertDescent(solver, 60);
        for (var k = 0; k < start.Rank; k++)
        {
            for (var n = 0; n < start.Frames; n++)
                Assert.Equal(start.Activations[k, n] == 0, solver.Current.Activations[k, n] == 0);
        }

        Assert.Equal(isEstimated, !start.Noise.SequenceEqual(solver.Current.Noise));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var team = new WorkTeam(1);
        foreach (var isInstantaneous in new[] { false, true })
        {
            var (mixture, start) = MultichannelGolden.Create(9, 30, 3, [2, 2], isInstantaneous, true);
            var solver = Solver(mixture, start, MixtureNoise.Estimated(), team);
            Kernels.Tests.Allocation.AssertNone(() =>
            {
                for (var i = 0; i < 30; i++)
                {
                    solver.Step();
                    solver.Objective();
                }
            });
        }
    }

    [Fact]
    public void Identical_channels_and_dead_components_and_silent_frames_are_no_harm()
    {
        using var team = new WorkTeam(1);
        foreach (var channels in new[] { 2, 3 })
        {
            var (mixture, start) = MultichannelGolden.Create(9, 30, channels, [2, 2, 1], false, false);
            for (var n = 0; n < mixture.Frames; n++)
            {
                for (var i = 1; i < channels; i++)
                    mixture.Channels[0].Frame(n).CopyTo(mixture.Channels[i].Frame(n));
                if (n is > 10 and < 16)
                {
                    foreach (var channel in mixture.Channels)
                        channel.Frame(n).Clear();
                }
            }

            start.Activations.Row(1).Clear();
            start.Activations.Row(4).Clear();
            for (var f = 0; f < start.Bins; f++)
                start.Dictionary[f, 2] = f % 2 == 0 ? 0 : start.Dictionary[f, 2];
            Array.Fill(start.Noise, 1e-9);
            var solver = Solver(mixture, start, MixtureNoise.OfStart, team);
            AssertDescent(solver, 100);

            // A source without activations keeps its mixing, what was zero stays zero.
            Assert.Equal(start.Mixing(3, 1, 2), solver.Current.Mixing(3, 1, 2));
            Assert.Equal(0, solver.Current.Activations[4, 3]);
            Assert.Equal(0, solver.Current.Dictionary[2, 2]);
            for (var k = 0; k < 4; k++)
                Assert.True(k == 1 || solver.Current.Activations[k, 12] < 1e-2 * solver.Current.Activations[k, 3]);
        }
    }

    [Fact]
    public void The_mixing_of_real_frequencies_stays_real()
    {
        using var team = new WorkTeam(1);
        var (mixture, start) = MultichannelGolden.Create(9, 30, 2, [2, 2, 1], false, false);
        var solver = Solver(mixture, start, MixtureNoise.Estimated(), team);
        for (var i = 0; i < 20; i++)
            solver.Step();
        foreach (var bin in new[] { 0, 8 })
            Assert.Equal(0, solver.Current.Mixing(bin, 1, 1).Imaginary);
        Assert.NotEqual(0, solver.Current.Mixing(3, 1, 1).Imaginary);
    }

    [Fact]
    public void What_is_known_stays_and_the_objective_still_never_increases()
    {
        using var team = new WorkTeam(1);
        foreach (var isInstantaneous in new[] { false, true })
        {
            var (mixture, start) = MultichannelGolden.Create(9, 30, 2, [2, 2, 1], isInstantaneous, false);
            var known = new KnownParts([true, false, false], [false, true, false]);
            var solver = Solver(mixture, start, MixtureNoise.Estimated(), team, known);
            AssertDescent(solver, 60);
            for (var f = 0; f < start.Bins; f++)
            {
                Assert.Equal(start.Mixing(f, 1, 0), solver.Current.Mixing(f, 1, 0));
                Assert.NotEqual(start.Mixing(f, 1, 1), solver.Current.Mixing(f, 1, 1));
                Assert.Equal(start.Dictionary[f, 3], solver.Current.Dictionary[f, 3]);
                Assert.NotEqual(start.Dictionary[f, 4], solver.Current.Dictionary[f, 4]);
            }
        }
    }

    internal static void AssertDescent(MultichannelSolver solver, int iterations)
    {
        var previous = solver.Objective();
        for (var i = 0; i < iterations; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(current <= previous + (1e-9 * Math.Abs(previous)), $"{i}: {previous:R} -> {current:R}");
            previous = current;
        }
    }

    internal static ExpectationMaximizationSolver Solver(
        MultichannelSpectrogram mixture, MixingFactors start, MixtureNoise noise, WorkTeam team,
        KnownParts? known = null)
        => new(MixtureData.From(mixture, 0), start.Clone(), known ?? KnownParts.None(start.Sources), noise, team);
}
