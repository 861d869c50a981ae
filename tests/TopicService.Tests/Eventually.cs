using System.Diagnostics;

namespace TopicService.Tests;

/// <summary>Waits for what must happen. The time-out is there to end a broken run, not to measure.</summary>
internal static class Eventually
{
    public static async Task True(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"Never happened: {what}");
            await Task.Delay(5);
        }
    }
}
