using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class CheckpointedFitTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_cancelled_fit_goes_on_where_it_was_and_only_with_the_same_column()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "fit.checkpoint");
            var values = TestRows.Values(rows: 60);
            var names = Enumerable.Range(0, 12).Select(f => $"word{f}").ToArray();
            using var source = new CancellationTokenSource();
            var context = new MLContext(1);
            var iterations = new List<string>();
            context.Log += (_, e) =>
            {
                if (e.Message.Contains("Start 0, iteration "))
                    iterations.Add(e.Message);
                if (e.Message.Contains("Start 0, iteration 25:"))
                    source.Cancel();
            };
            void Checkpointed(NmfEstimator.Options options) => (options.Checkpoint,
                options.CancellationToken) = (new(path) { Interval = TimeSpan.Zero }, source.Token);
            Assert.ThrowsAny<OperationCanceledException>(
                () => Estimator(context, Checkpointed).Fit(TestRows.View(context, values, slotNames: names)));
            Assert.True(File.Exists(path));

            var error = Assert.Throws<NmfCheckpointException>(() =>
                Estimator(_context, options => options.Checkpoint = new(path)).Fit(TestRows.View(_context, values)));
            Assert.Contains("label is column 'Features' with slots from 'word0' to 'word11'", error.Message);
            Assert.Equal(path, error.Path);

            iterations.Clear();
            var resumed = Estimator(context, options => options.Checkpoint = new(path))
                .Fit(TestRows.View(context, values, slotNames: names)).Model;
            var whole = Estimator(_context).Fit(TestRows.View(_context, values, slotNames: names)).Model;
            Assert.DoesNotContain(iterations, message => message.Contains("iteration 20:"));
            Assert.Equal(Components(whole), Components(resumed));
            Assert.Equal(
                whole.ObjectiveHistory.Select(p => p.Objective), resumed.ObjectiveHistory.Select(p => p.Objective));
            Assert.False(File.Exists(path));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public void Options_that_cannot_be_are_named()
    {
        foreach (var (words, change) in new (string, Action<NmfEstimator.Options>)[]
        {
            ("The path of the checkpoint must not be empty.", options => options.Checkpoint = new(" ")),
            ("The interval between checkpoints must not be negative.",
                options => options.Checkpoint = new("fit.checkpoint") { Interval = TimeSpan.FromSeconds(-1) }),
        })
        {
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(() => Estimator(_context, change)).Message);
        }
    }

    private static float[][] Components(NmfModelParameters model)
        => [.. Enumerable.Range(0, model.Rank).Select(k => model.GetComponent(k).ToArray())];

    private static NmfEstimator Estimator(MLContext context, Action<NmfEstimator.Options>? change = null)
    {
        var options = new NmfEstimator.Options { OutputColumnName = "H", InputColumnName = "Features", Rank = 3,
            Problem = 1, Seed = 3, Iterations = new() { MaximumIterations = 60, Tolerance = 0 } };
        change?.Invoke(options);
        return context.Transforms.NonnegativeMatrixFactorization(options);
    }
}
