using TopicModel.Evaluation;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>The charts of the report.</summary>
internal static class Charts
{
    /// <summary>The share of every topic, largest at the top.</summary>
    public static string Sizes(IReadOnlyList<Topic> topics)
        => Chart.Bars(
            "share of all words (%)", [.. topics.Select(t => ($"{t.Number}  {t.Title}", 100 * t.Share, true))]);

    /// <summary>The objective after every so many iterations.</summary>
    public static string Objective(IReadOnlyList<Nmf.ObjectivePoint> history)
        => Chart.Objective([.. history.Select(p => (p.Iteration, p.Objective / 1000))], "divergence (thousands)");

    /// <summary>Accuracy on the test part, in the order of the table.</summary>
    public static string Accuracy(Comparison comparison) => Chart.Bars(
        "accuracy on the test texts (%)",
        [.. comparison.Scores.Select((s, i) => (s.Features, 100 * s.Accuracy, i == 0)),
            ("largest class", 100 * comparison.LargestClass, false)],
        greatest: 100);
}
