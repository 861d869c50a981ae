using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class KilledFitTests
{
    private const int Kills = 4;

    [Theory]
    [InlineData(1, "stream")]
    [InlineData(2, "stream")]
    [InlineData(1, "memory")]
    public void A_fit_killed_at_random_moments_ends_with_the_bits_of_an_uninterrupted_one(double beta, string kind)
    {
        var context = new MLContext(seed: 1);
        var view = TestRows.View(context, TestRows.Values(rows: 800));
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (data, checkpoint) = (Path.Combine(folder.FullName, "data.idv"),
                Path.Combine(folder.FullName, "fit.checkpoint"));
            using (var stream = File.Create(data))
                context.Data.SaveAsBinary(view, stream);
            var expected = Expected(context, context.Data.LoadFromBinary(data), beta, kind);

            var random = new Random();
            var resumed = 0;
            for (var i = 0; i < Kills; i++)
            {
                resumed += File.Exists(checkpoint) ? 1 : 0;
                var delay = random.Next(5, 150);
                if (RunAndKill(data, checkpoint, beta, kind, checkpoint, delay) is { } early)
                    Assert.Equal(expected, early);
            }

            resumed += File.Exists(checkpoint) ? 1 : 0;
            Assert.Equal(expected, RunAndKill(data, checkpoint, beta, kind, null, 0));
            Assert.False(File.Exists(checkpoint));
            Assert.True(resumed > 0, "No process was killed between its first checkpoint and its end.");
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static string[] Expected(MLContext context, IDataView data, double beta, string kind)
    {
        var model = kind == "memory"
            ? context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = beta,
                Iterations = new() { MaximumIterations = 400, Tolerance = 0 }, Starts = 2, Seed = 1,
            }).Fit(data).Model
            : context.Transforms.OnlineNmf(new OnlineNmfEstimator.Options
            {
                OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Beta = beta, BatchSize = 16, Passes = 5,
                Tolerance = 0, Seed = 1,
            }).Fit(data).Model;
        return [.. Enumerable.Range(0, 3).Select(k => string.Join(' ', model.GetComponent(k).ToArray().Select(
            value => BitConverter.SingleToUInt32Bits(value).ToString("x8"))))];
    }

    /// <summary>Runs a fit, and kills it some time after its checkpoint has appeared, or lets it run where no file is
    /// to be waited for.</summary>
    /// <returns>What it printed when it ended by itself, or null.</returns>
    private static string[]? RunAndKill(
        string data, string checkpoint, double beta, string kind, string? waitFor, int delay)
    {
        using var process =
            Process.Start(Probe.Start("Microsoft.ML.Nmf.CheckpointProbe", data, checkpoint, beta.ToString("R"), kind))!;
        var errors = process.StandardError.ReadToEndAsync();
        Assert.Equal("begins", process.StandardOutput.ReadLine());
        if (waitFor is not null)
        {
            while (!process.HasExited && !File.Exists(waitFor))
                Thread.Sleep(1);

            // SIGKILL where there are signals: nothing of the process runs any more.
            if (!process.WaitForExit(delay))
            {
                process.Kill();
                process.WaitForExit();
                return null;
            }
        }

        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return [.. lines.Select(line => line.Trim())];
    }
}
