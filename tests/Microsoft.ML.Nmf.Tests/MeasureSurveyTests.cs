using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MLNmf.Tests;

public sealed class MeasureSurveyTests
{
    private const int Features = 20;

    [Fact]
    public void A_column_of_overdispersed_counts_asks_for_negative_binomial_noise()
    {
        var ml = new MLContext(seed: 3);
        var messages = new List<string>();
        ml.Log += (_, e) => messages.Add(e.Message);
        var result = ml.Model.SurveyNmfMeasure(View(ml), "Counts", ranks: [2], folds: 3);
        Assert.IsType<NegativeBinomialNoise>(result.Best.Noise);
        Assert.Equal(BetaDivergence.KullbackLeibler, result.Best.Beta);
        Assert.Contains("negative binomial", result.ToText(), StringComparison.Ordinal);
        Assert.Contains(messages, m => m.Contains("negative binomial noise", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("hold out 0.1 of the entries", StringComparison.Ordinal));

        // Seeds of the context decide, and options say the same.
        var again = new MLContext(seed: 3);
        Assert.Equal(result.ToText(), again.Model.SurveyNmfMeasure(View(again), "Counts", [2], folds: 3).ToText());
        var seeded = ml.Model.SurveyNmfMeasure(View(ml), "Counts", [2], folds: 3, seed: 5);
        var options = new NmfMeasureOptions
        {
            ColumnName = "Counts",
            Survey = new() { Ranks = [2], Folds = 3, Fit = new NmfOptions { Rank = 1, Seed = 5 } },
        };
        Assert.Equal(seeded.ToText(), ml.Model.SurveyNmfMeasure(View(ml), options).ToText());
    }

    [Fact]
    public void What_is_wrong_is_named()
    {
        var ml = new MLContext(seed: 3);
        var view = View(ml);
        void Names(string word, NmfMeasureOptions options) => Assert.Contains(
            word, Assert.ThrowsAny<ArgumentException>(() => ml.Model.SurveyNmfMeasure(view, options)).Message,
            StringComparison.OrdinalIgnoreCase);
        MeasureSurveyOptions survey = new() { Ranks = [2] };
        Names("ColumnName", new() { Survey = survey });
        Names("Survey", new() { ColumnName = "Counts" });
        Names("folds", new() { ColumnName = "Counts", Survey = survey with { Folds = 1 } });
        Names("missing", new() { ColumnName = "Counts", Survey = survey, MissingValues = (MissingValues)7 });
        Assert.ThrowsAny<ArgumentException>(() => ml.Model.SurveyNmfMeasure(view, "Nothing", [2]));
        Assert.ThrowsAny<ArgumentException>(() => ml.Model.SurveyNmfMeasure(view, "Counts", []));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ml.Model.SurveyNmfMeasure(
            view, new NmfMeasureOptions
            {
                ColumnName = "Counts", Survey = survey, CancellationToken = cancelled.Token,
            }));
    }

    private static IDataView View(MLContext ml)
    {
        var random = new Random(2);
        Matrix<float> Factor(int rows) => Matrix<float>.FromRowMajor(
            [.. Enumerable.Range(0, rows * 2).Select(_ => 1 + (3 * random.NextSingle()))], rows, 2);
        var drawn = NoiseSampling.Draw(Factor(Features), Factor(60), new NegativeBinomialNoise(0.6), seed: 1);
        return ml.Data.LoadFromEnumerable(
            Enumerable.Range(0, 60).Select(n => new Row { Counts = drawn.Row(n).ToArray() }).ToList());
    }

    private sealed class Row
    {
        [VectorType(Features)]
        public float[] Counts { get; set; } = [];
    }
}
