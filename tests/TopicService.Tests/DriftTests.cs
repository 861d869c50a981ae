using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace TopicService.Tests;

/// <summary>How recent rows compare with the training.</summary>
public sealed class DriftTests
{
    private const int Features = 6;

    // The training data as recent rows are explained as well as the fit says of itself.
    [Theory]
    [InlineData(2.0)]
    [InlineData(1.0)]
    [InlineData(0.5)]
    [InlineData(0.0)]
    public void Of_the_training_rows_the_explained_part_is_that_of_the_fit(double beta)
    {
        var (model, rows) = Fit(beta);
        using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { Window = rows.Length, FewestRows = 1 });
        foreach (var (row, activations) in rows)
            monitor.Observe(model, row, activations);
        Assert.Equal(model.ExplainedPart, monitor.Status.ExplainedPart!.Value, 1e-3);
        Assert.Equal(1, monitor.Status.Fit!.Value, 2e-3);
        Assert.Null(monitor.Status.UnseenShare);
    }

    [Fact]
    public void Activations_may_be_normalised()
    {
        var (model, rows) = Fit(1);
        double[] explained = [.. new[] { false, true }.Select(normalised =>
        {
            using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { Window = rows.Length, FewestRows = 1 });
            foreach (var (row, activations) in rows)
            {
                var sum = normalised ? activations.Sum() : 1;
                monitor.Observe(model, row, [.. activations.Select(h => h / sum)]);
            }

            return monitor.Status.ExplainedPart!.Value;
        })];
        Assert.Equal(explained[0], explained[1], 1e-4);
    }

    [Fact]
    public void Numbers_at_the_end_of_single_or_beyond_do_not_spoil_the_others()
    {
        var (model, rows) = Fit(2);
        using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { FewestRows = 1 });
        foreach (var (row, activations) in rows)
            monitor.Observe(model, row, activations);
        var before = monitor.Status.ExplainedPart!.Value;
        float[] huge = [.. Enumerable.Repeat(float.MaxValue, Features)];
        monitor.Observe(model, new VBuffer<float>(Features, huge), [float.MaxValue, float.MaxValue]);
        Assert.Equal(before, monitor.Status.ExplainedPart!.Value);
        foreach (var bad in new[] { float.NaN, -1, float.PositiveInfinity })
            Assert.Throws<ArgumentException>(() => monitor.Observe(model, rows[0].Row, [1, bad]));
        Assert.Equal(rows.Length + 1, monitor.Status.Rows);
    }

    [Fact]
    public void Rows_of_another_kind_are_explained_less()
    {
        var (model, rows) = Fit(1);
        using var monitor = new NmfDriftMonitor(
            "m", new NmfDriftOptions { Window = rows.Length, FewestRows = rows.Length, SmallestFit = 0.8 });
        foreach (var (row, _) in rows.Skip(1))
            monitor.Observe(model, row, rows[0].Activations);
        Assert.Equal(0, monitor.Status.Rows);
        Assert.False(monitor.Status.HasDrifted);
        monitor.Observe(model, rows[0].Row, rows[1].Activations);
        Assert.Equal(rows.Length, monitor.Status.Rows);
        Assert.True(monitor.Status.HasDrifted);
        Assert.Contains("threshold", monitor.Status.Drift);
    }

    // By hand: half of the rows are of each component in the training, none of the second in the recent rows, which are
    // all the same, so that chance adds nothing.
    [Fact]
    public void A_shift_of_the_components_is_the_distance_of_their_shares()
    {
        var (model, rows) = Fit(1);
        var parts = model.Contributions.Select(c => c / model.Contributions.Sum()).ToArray();
        using var monitor = new NmfDriftMonitor(
            "m", new NmfDriftOptions { Window = 60, FewestRows = 1, LargestComponentShift = 0.3 });
        monitor.Observe(model, rows[0].Row, [3, 0]);
        double[] mean = [(1 + parts[0]) / 2, parts[1] / 2];
        var divergence = (Math.Log2(1 / mean[0]) + (parts[0] * Math.Log2(parts[0] / mean[0]))
            + (parts[1] * Math.Log2(parts[1] / mean[1]))) / 2;
        Assert.Equal(Math.Sqrt(divergence), monitor.Status.ComponentShift!.Value, 1e-9);
        Assert.Contains("threshold 0.30", monitor.Status.Drift);
        foreach (var (row, activations) in rows.Concat(rows))
            monitor.Observe(model, row, activations);
        Assert.InRange(monitor.Status.ComponentShift!.Value, 0, 0.05);
        Assert.Null(monitor.Status.Drift);
        Assert.Throws<ArgumentException>(() => new NmfDriftMonitor("m", new() { LargestComponentShift = 2 }));
    }

    // Windows of rows drawn from those of the training are on average at no distance, however few they are.
    [Fact]
    public void Chance_alone_is_no_shift()
    {
        var (model, rows) = Fit(1);
        var random = new Random(2);
        var squares = Enumerable.Range(0, 300).Select(_ =>
        {
            using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { Window = 10, FewestRows = 10 });
            for (var i = 0; i < 10; i++)
            {
                var (row, activations) = rows[random.Next(rows.Length)];
                monitor.Observe(model, row, activations);
            }

            return Math.Pow(monitor.Status.ComponentShift!.Value, 2);
        }).Average();

        // Chance adds about 1 / (8 ln 2 · 10) to a divergence between two halves; what is cut off at zero remains.
        Assert.InRange(squares, 0, 0.012);
    }

    [Fact]
    public void Words_that_the_topics_of_a_text_lack_cost_something_and_not_everything()
    {
        var (model, rows) = Fit(1);
        using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { Window = 60, FewestRows = 1 });
        foreach (var (row, _) in rows)
            monitor.Observe(model, row, [0, 0]);

        // As if each row were spread evenly, a tenth as thin: the divergence from that is ln 10 - 0.9 of its sum above
        // that from its mean.
        var (cost, constant) = (0.0, 0.0);
        var overall = rows.Average(r => r.Row.Items().Sum(x => (double)x.Value)) / Features;
        foreach (var (row, _) in rows)
        {
            var values = row.Items().Select(x => (double)x.Value).ToArray();
            var (sum, mean) = (values.Sum(), values.Average());
            cost += values.Sum(v => v * Math.Log(v / mean)) + (sum * (Math.Log(10) - 0.9));
            constant += values.Sum(v => v * Math.Log(v / overall)) - sum + (Features * overall);
        }

        Assert.Equal(1 - (cost / constant), monitor.Status.ExplainedPart!.Value, 1e-4);
    }

    [Fact]
    public void Only_the_window_counts_and_another_model_starts_anew()
    {
        var (model, rows) = Fit(1);
        var (other, _) = Fit(1);
        using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { Window = 4, FewestRows = 1 });
        for (var i = 0; i < 4; i++)
            monitor.Observe(model, rows[i].Row, rows[i].Activations, words: 1000);
        Assert.True(monitor.Status.UnseenShare > 0.5);
        for (var i = 0; i < 4; i++)
            monitor.Observe(model, rows[i].Row, rows[i].Activations, words: (int)rows[i].Row.Items().Sum(x => x.Value));
        Assert.Equal(0, monitor.Status.UnseenShare!.Value, 1e-6);
        monitor.Observe(other, rows[0].Row, rows[0].Activations);
        Assert.Equal(1, monitor.Status.Rows);
    }

    [Fact]
    public void Wrong_lengths_and_numbers_are_refused()
    {
        var (model, rows) = Fit(2);
        using var monitor = new NmfDriftMonitor("m");
        Assert.Contains("6 features", Assert.Throws<ArgumentException>(
            () => monitor.Observe(model, new VBuffer<float>(2, [1, 2]), rows[0].Activations)).Message);
        Assert.Contains("components", Assert.Throws<ArgumentException>(
            () => monitor.Observe(model, rows[0].Row, new float[7])).Message);
        foreach (var bad in new[] { -1f, float.NaN, float.PositiveInfinity })
            Assert.Contains("nonnegative and finite", Assert.Throws<ArgumentException>(
                () => monitor.Observe(model, new(Features, [1, 2, bad, 4, 5, 6]), rows[0].Activations)).Message);
        Assert.Equal(0, monitor.Status.Rows);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => monitor.Observe(model, rows[0].Row, rows[0].Activations, words: -1));
        Assert.Throws<ArgumentException>(() => new NmfDriftMonitor("m", new NmfDriftOptions { SmallestFit = 2 }));
    }

    [Fact]
    public void A_status_goes_to_json_and_back()
    {
        var (model, rows) = Fit(1);
        using var monitor = new NmfDriftMonitor("m", new NmfDriftOptions { FewestRows = 1, SmallestFit = 1 });
        monitor.Observe(model, rows[0].Row, rows[1].Activations, words: 10_000);
        var status = monitor.Status;
        Assert.True(status.HasDrifted);
        Assert.Equal(status, JsonSerializer.Deserialize<NmfDriftStatus>(JsonSerializer.Serialize(status)));
    }

    private static (NmfModelParameters Model, (VBuffer<float> Row, float[] Activations)[] Rows) Fit(double beta)
    {
        var context = new MLContext(1);
        var random = new Random(5);
        Counts[] rows = [.. Enumerable.Range(0, 60).Select(n => new Counts
        {
            Values = [.. Enumerable.Range(0, Features).Select(
                f => 1 + (float)Math.Round((f % 2 == n % 2 ? 20 : 3) * random.NextDouble()))],
        })];
        var data = context.Data.LoadFromEnumerable(rows);
        var transformer = context.Transforms.NonnegativeMatrixFactorization("H", "Values", rank: 2, beta: beta)
            .Fit(data);
        var activations = context.Data.CreateEnumerable<Found>(transformer.Transform(data), false).ToArray();
        return (transformer.Model,
            [.. rows.Select((row, n) => (new VBuffer<float>(Features, row.Values), activations[n].H))]);
    }

    private sealed class Counts
    {
        [VectorType(Features)]
        public float[] Values { get; set; } = [];
    }

    private sealed class Found
    {
        public float[] H { get; set; } = [];
    }
}
