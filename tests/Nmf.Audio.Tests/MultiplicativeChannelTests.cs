using Nmf.Kernels;

namespace Nmf.Audio.Tests;

public sealed class MultiplicativeChannelTests
{
    [Fact]
    public void Five_iterations_are_those_of_numpy()
    {
        using var team = new WorkTeam(1);
        foreach (var golden in MultichannelGolden.All("multiplicative"))
        {
            var solver = Solver(golden.Mixture, golden.Start, golden.Exponent, team);
            foreach (var expected in golden.Objectives)
            {
                Assert.Equal(expected, solver.Objective(), 1e-9 * Math.Abs(expected));
                if (expected != golden.Objectives[^1])
                    solver.Step();
            }

            golden.AssertEqual(solver.Current, isMagnitude: true);
        }
    }

    [Theory]
    [MemberData(nameof(ExpectationMaximizationTests.Problems), MemberType = typeof(ExpectationMaximizationTests))]
    public void The_objective_never_increases_and_zeros_stay(
        int channels, int[] components, bool isInstantaneous, bool isPaper, bool isMasked)
    {
        using var team = new WorkTeam(1);
        var (mixture, start) = MultichannelGolden.Create(17, 23, channels, components, isInstantaneous, isMasked, 7);
        var solver = Solver(mixture, start, isPaper ? 1 : 0.5, team);
        ExpectationMaximizationTests.AssertDescent(solver, 60);
        for (var k = 0; k < start.Rank; k++)
        {
            for (var n = 0; n < start.Frames; n++)
                Assert.Equal(start.Activations[k, n] == 0, solver.Current.Activations[k, n] == 0);
        }
    }

    [Fact]
    public void Frames_in_which_all_sources_are_known_to_be_silent_are_left_out()
    {
        using var team = new WorkTeam(1);
        var (mixture, start) = MultichannelGolden.Create(9, 30, 2, [2, 2], false, false);
        for (var k = 0; k < start.Rank; k++)
            start.Activations.Row(k)[7..12].Clear();
        var solver = Solver(mixture, start, 0.5, team);
        ExpectationMaximizationTests.AssertDescent(solver, 60);
        var before = solver.Objective();
        for (var n = 7; n < 12; n++)
            mixture.Channels[0].Frame(n).Fill(5);
        Assert.Equal(before, Solver(mixture, Rooted(solver.Current), 0.5, team).Objective(), 1e-9 * before);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var team = new WorkTeam(1);
        foreach (var isInstantaneous in new[] { false, true })
        {
            var (mixture, start) = MultichannelGolden.Create(9, 30, 3, [2, 2], isInstantaneous, true);
            var solver = Solver(mixture, start, 1, team);
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

    private static MixingFactors Rooted(MixingFactors factors)
    {
        var copy = factors.Clone();
        copy.RootMixing();
        return copy;
    }

    internal static MultiplicativeChannelSolver Solver(
        MultichannelSpectrogram mixture, MixingFactors start, double exponent, WorkTeam team, KnownParts? known = null)
    {
        var powers = start.Clone();
        powers.SquareMixing();
        var data = MixtureData.From(mixture, 0);
        return new(data, powers, known ?? KnownParts.None(start.Sources), exponent, data.Floor, team);
    }
}
