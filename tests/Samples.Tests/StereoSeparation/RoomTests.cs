using StereoSeparation.Sound;

namespace StereoSeparation.Tests;

public sealed class RoomTests
{
    private const int SampleRate = 16_000;

    private static readonly Room Studio = new(4.45, 3.55, 2.5, 0.2);

    [Fact]
    public void The_first_sound_comes_straight_and_fades_with_the_distance()
    {
        // 1.715 m at 343 m/s are 5 ms, 80 samples.
        var response = Studio.Response((1, 1, 1), (2.715, 1, 1), SampleRate);
        Assert.InRange(Array.FindIndex(response, x => x > 0.3), 79, 80);
        Assert.Equal(1 / 1.715, response[80], 0.02);
        Assert.All(response[..30], x => Assert.Equal(0, x));
    }

    [Fact]
    public void Floor_and_walls_answer_after_the_way_to_them_and_back()
    {
        // Both 1 m above the floor, 1 m apart: by the floor it is √5 m, and nothing else is as near.
        var response = Studio.Response((1.7, 1.7, 1), (2.7, 1.7, 1), SampleRate);
        var at = (int)Math.Round(Math.Sqrt(5) / 343 * SampleRate);
        Assert.InRange(response[at], 0.2, 1 / Math.Sqrt(5));
    }

    [Fact]
    public void The_sound_loses_sixty_decibels_in_about_the_time_of_decay()
    {
        var response = Studio.Response((1, 2, 1.2), (3, 1.5, 1.1), SampleRate);

        // Of what is still to come (Schroeder 1965), between 5 and 25 dB below the whole. Eyring's formula is for sound
        // that comes from everywhere, which that of flat walls does not quite.
        double[] rest = [.. Enumerable.Range(0, response.Length).Select(t => response.Skip(t).Sum(x => x * x))];
        double Reaches(double decibels)
            => Array.FindIndex(rest, x => x < rest[0] * Math.Pow(10, -decibels / 10)) / (double)SampleRate;
        Assert.InRange(3 * (Reaches(25) - Reaches(5)), 0.14, 0.34);
    }

    [Fact]
    public void What_is_heard_is_the_sum_of_delayed_copies()
    {
        float[] signal = [1, 2, 0, -1, 0.5f];
        double[] response = [0, 0.5, 0, 0.25];
        float[] heard = Room.Heard(signal, response);
        float[] expected = [0, 0.5f, 1, 0.25f, 0];
        for (var t = 0; t < heard.Length; t++)
            Assert.Equal(expected[t], heard[t], 1e-6);
    }
}
