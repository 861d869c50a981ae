using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using static TopicService.Tests.Scaling;

namespace TopicService.Tests;

public sealed partial class ReloadTests
{
    [Fact]
    public async Task A_replaced_model_does_not_stay_in_memory()
    {
        _folder.Replace(Halves);
        await using var predictor = Predictor(o => o.ReloadOnChange = false);
        var old = Transformer(predictor);
        _folder.Replace(Quarters);
        Assert.True(predictor.Refresh());
        await Eventually.True(
            () =>
            {
                GC.Collect();
                return !old.IsAlive;
            },
            "the old transformer is collected");
        Assert.Equal(0.25f, One(predictor));

        static WeakReference Transformer(NmfPredictor<Row, Scaled> predictor)
        {
            using var lease = predictor.Acquire();
            return new WeakReference(lease.Transformer);
        }
    }

    [Fact]
    public async Task Disposal_leaves_no_timer_and_ignores_later_files()
    {
        var time = new ManualTime();
        var interval = TimeSpan.FromMinutes(1);
        _folder.Replace(Halves);
        var predictor = Predictor(o => o.PollingInterval = interval, time);
        predictor.EnsureLoaded();
        Assert.Equal(1, time.Pending(interval));
        await predictor.DisposeAsync();
        Assert.Equal(0, time.Pending(interval));
        _folder.Replace(Quarters);
        time.Advance(interval);
        Assert.Equal(1, predictor.Status.Version);
        await predictor.DisposeAsync();
    }

    [Fact]
    public async Task Disposal_closes_what_watches_the_directory()
    {
        if (!Directory.Exists("/proc/self/fdinfo"))
            Assert.Skip("Counts the inotify watches that Linux lists under /proc.");
        _folder.Replace(Halves);
        await Task.Yield();
        var before = Watches();
        var predictors = Enumerable.Range(0, 10).Select(_ => Predictor()).ToList();
        predictors.ForEach(p => p.EnsureLoaded());
        Assert.True(Watches() > before);
        for (var i = 0; i < predictors.Count; i++)
        {
            if (i % 2 == 0)
                predictors[i].Dispose();
            else
                await predictors[i].DisposeAsync();
        }
        await Eventually.True(() => Watches() <= before, "the watches are gone");

        static int Watches()
        {
            var count = 0;
            foreach (var file in Directory.GetFiles("/proc/self/fdinfo"))
            {
                try
                {
                    count += File.ReadLines(file).Count(l => l.StartsWith("inotify", StringComparison.Ordinal));
                }
                catch (IOException)
                {
                    // Closed since it was listed.
                }
            }
            return count;
        }
    }
}
