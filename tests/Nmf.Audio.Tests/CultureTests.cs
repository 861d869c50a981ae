using MLNmf.Tests.Common;

namespace Nmf.Audio.Tests;

public sealed class CultureTests
{
    [Fact]
    public void No_text_depends_on_the_culture_of_the_machine()
        => Assert.Empty(CultureScan.Find(typeof(AudioClip).Assembly));

    /// <summary>The scan finds what it is for.</summary>
    [Fact]
    public void Numbers_in_the_culture_of_the_machine_are_found()
        => Assert.Equal(4, CultureScan.Find(typeof(CultureTests).Assembly).Count(
            found => found.Contains(nameof(Samples), StringComparison.Ordinal)));

    private static class Samples
    {
        public static string Interpolated(double number) => $"It is {number}.";

        public static string Shown(int? number) => $"It is {number:F2}, {Right(1)}.";

        public static string Plain(float number) => number.ToString("F2");

        public static string Built(int number) => new System.Text.StringBuilder().Append($"It is {number}.").ToString();

        private static string Right(double number)
            => FormattableString.Invariant($"{number}")
                + string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{number}") + Others('a');

        private static string Others(char character) => $"{nameof(Right)}{DayOfWeek.Monday}{character}";
    }
}
