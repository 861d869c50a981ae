using Restoration.Analysis;

namespace Restoration.Tests;

public sealed class GroupTests
{
    [Fact]
    public void Groups_are_numbers_from_one()
    {
        var groups = GroupList.Parse("1, 3;2,10", 10);
        Assert.Equal([0, 2], groups[0]);
        Assert.Equal([1, 9], groups[1]);
    }

    [Theory]
    [InlineData("", "\"\" is none")]
    [InlineData("1;;2", "\"\" is none")]
    [InlineData("1,11", "\"11\" is none")]
    [InlineData("0", "from 1 to 10")]
    [InlineData("1,2;2", "Component 2 is twice")]
    public void Other_lists_are_refused(string text, string message)
        => Assert.Contains(
            message, Assert.Throws<UserErrorException>(() => GroupList.Parse(text, 10)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("0.5", "There are 2 groups, but 1 places")]
    [InlineData("0;1.5", "\"1.5\" is none")]
    [InlineData("0;left", "\"left\" is none")]
    public void Places_that_make_no_sense_are_refused(string text, string message)
        => Assert.Contains(
            message, Assert.Throws<UserErrorException>(() => GroupList.ParsePlaces(text, 2)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Places_belong_to_the_groups_whichever_option_comes_first()
    {
        var options = CommandLine.Parse(["--pan", "-1;0", "--groups", "1;2"])!;
        Assert.Equal([-1, 0], options.Places);
        Assert.Throws<UserErrorException>(() => CommandLine.Parse(["--pan", "-1;0;1", "--groups", "1;2"]));
    }

    [Fact]
    public void Partials_at_the_same_frequencies_are_together_and_noise_is_in_no_group()
    {
        // Two comps of one comb with different strengths, another comb, and flat spectra. All sound at the same time.
        Component[] components = [Comb(0, 20, p => 1.0 / p), Flat(1), Comb(2, 33, p => 1), Comb(3, 20, p => p), Flat(4),
            Comb(5, 33, p => Math.Exp(-p))];
        Assert.Equal([[0, 3], [2, 5]], GroupGuess.Guess(components, 2).OrderBy(group => group[0]));
        Assert.Equal(4, GroupGuess.Guess(components, 8).Count);
    }

    [Fact]
    public void The_mean_of_the_channels_is_the_sum_of_the_signals_for_any_places()
    {
        float[][] signals = [[1, -2, 0.5f], [0.25f, 3, -1], [0, 0, 8]];
        var (left, right) = StereoMix.Mix(signals, [-1, 0.3, 0.9]);
        for (var t = 0; t < 3; t++)
            Assert.Equal(signals.Sum(signal => signal[t]), 0.5 * (left[t] + right[t]), 1e-6);
        Assert.Equal(2, left[0] - (0.7f * 0.25f), 1e-6);
        Assert.Equal([-0.8, 0, 0.8], StereoMix.EvenPlaces(3).Select(place => Math.Round(place, 12)));
    }

    private static Component Comb(int index, int spacing, Func<int, double> strength)
    {
        var power = Enumerable.Repeat(1e-6, 400).ToArray();
        for (var p = 1; p * spacing < power.Length; p++)
            power[p * spacing] = strength(p);
        return Describe(index, power);
    }

    private static Component Flat(int index)
    {
        var random = new Random(index);
        return Describe(index, [.. Enumerable.Range(0, 400).Select(_ => -Math.Log(1 - random.NextDouble()))]);
    }

    private static Component Describe(int index, double[] power) => Component.Describe(index, 0.1, power, [1, 2, 1]);
}
