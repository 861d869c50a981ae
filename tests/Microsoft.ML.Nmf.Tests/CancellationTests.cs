using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

public class CancellationTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void Cancelling_the_context_stops_the_iterations()
    {
        // Without cancellation this fit would not end in the lifetime of the test run.
        _context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Trace && e.Message.Contains("iteration 5:"))
                _context.CancelExecution();
        };

        Assert.ThrowsAny<OperationCanceledException>(() => Endless().Fit(TestRows.View(_context, TestRows.Values())));
    }

    [Fact]
    public void A_token_stops_the_iterations_and_the_estimator_stays_usable()
    {
        using var source = new CancellationTokenSource();
        var stop = true;
        _context.Log += (_, e) =>
        {
            if (stop && e.Message.Contains("iteration 5:"))
                source.Cancel();
        };
        var view = TestRows.View(_context, TestRows.Values());

        Assert.ThrowsAny<OperationCanceledException>(() => Endless(source.Token).Fit(view));
        stop = false;
        Assert.Equal(
            2, _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 2).Fit(view).Model.Rank);
    }

    [Fact]
    public void Cancelling_the_context_stops_the_reading_of_rows()
    {
        var rows = 0;
        IEnumerable<Row> Rows()
        {
            while (true)
            {
                if (++rows == 1000)
                    _context.CancelExecution();
                yield return new Row();
            }
        }

        Assert.ThrowsAny<OperationCanceledException>(() => Endless().Fit(_context.Data.LoadFromEnumerable(Rows())));

        Assert.InRange(rows, 1000, 2000);
    }

    private NmfEstimator Endless(CancellationToken token = default)
        => _context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "H", InputColumnName = "Features", Rank = 2, Problem = 1,
            Iterations = new() { MaximumIterations = int.MaxValue, Tolerance = 0 }, CancellationToken = token,
        });

    private sealed class Row
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [1, 2, 3, 4];
    }
}
