using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using TopicModel.Pipeline;

namespace Drift;

/// <summary>What a drift monitor says about texts, window by window.</summary>
/// <param name="Unseen">Shares of unseen words.</param>
/// <param name="Shift">Distances of the components' shares from those of the training.</param>
/// <param name="Fit">Explained parts over that of the training.</param>
internal sealed record Windows(double[] Unseen, double[] Shift, double[] Fit);

/// <summary>A model of one collection, and what a monitor says about texts of all.</summary>
internal sealed class Study
{
    private const double TrainingPart = 0.6;
    private const int MostTraining = 20_000;
    private const int WindowCount = 200;

    private readonly MLContext _ml = new(seed: 1);
    private readonly ITransformer _counts;
    private readonly NmfTransformer _topics;

    /// <summary>Learns topics of a part of the texts.</summary>
    public Study(Collection collection, int rank)
    {
        Trained = Math.Min(MostTraining, (int)(TrainingPart * collection.Texts.Count));
        var rows = Rows(collection.Texts.Take(Trained));
        _counts = WordCounts.Fit(_ml, rows, collection.StopWords);
        _topics = _ml.Transforms.NonnegativeMatrixFactorization(
            "Topics", WordCounts.Column, rank: rank, beta: BetaDivergence.KullbackLeibler)
            .Fit(_counts.Transform(rows));
    }

    /// <summary>Number of texts that were learnt from; those behind them are new.</summary>
    public int Trained { get; }

    /// <summary>Number of words that the model knows.</summary>
    public int Words => _topics.Model.FeatureCount;

    /// <summary>The explained part of the training texts.</summary>
    public double? ExplainedPart => _topics.Model.ExplainedPart;

    /// <summary>Shows texts to a monitor and reads what it says of windows drawn from them.</summary>
    /// <param name="texts">Texts that the model was not trained on.</param>
    /// <param name="size">Texts in a window.</param>
    public Windows Watch(IEnumerable<string> texts, int size)
    {
        var data = _topics.Transform(_counts.Transform(Rows(texts)));
        var counts = data.GetColumn<VBuffer<float>>(WordCounts.Column).ToArray();
        var topics = data.GetColumn<float[]>("Topics").ToArray();
        var words = data.GetColumn<string[]>("Tokens").Select(tokens => tokens.Length).ToArray();
        using var monitor = new NmfDriftMonitor("study", new() { Window = size, FewestRows = size });
        var random = new Random(1);
        var (unseen, shift, fit) = (new double[WindowCount], new double[WindowCount], new double[WindowCount]);
        for (var w = 0; w < WindowCount; w++)
        {
            // A tenth of a long window is new each time, all of a short one.
            for (var i = 0; i < (w == 0 ? size : Math.Min(size, 100)); i++)
            {
                var n = random.Next(counts.Length);
                monitor.Observe(_topics.Model, counts[n], topics[n], words[n]);
            }

            var status = monitor.Status;
            (unseen[w], shift[w], fit[w]) = (
                status.UnseenShare ?? double.NaN, status.ComponentShift ?? double.NaN, status.Fit ?? double.NaN);
        }

        return new Windows(unseen, shift, fit);
    }

    private IDataView Rows(IEnumerable<string> texts)
        => _ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Text = text }).ToArray());
}
