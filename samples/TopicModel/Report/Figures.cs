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

/// <summary>The tables that the console and the report share.</summary>
internal static class Tables
{
    /// <summary>One row per set of features.</summary>
    public static Table Scores(Comparison comparison)
    {
        var table = new Table(
            "features", ">columns", ">learn", ">apply", ">train classifier", ">accuracy", ">per class");
        foreach (var score in comparison.Scores)
        {
            table.Add(
                score.Features, Format.Count(score.Dimension), Format.Seconds(score.LearningTime),
                Format.Seconds(score.ApplyingTime), Format.Seconds(score.TrainingTime), Format.Percent(score.Accuracy),
                Format.Percent(score.MacroAccuracy));
        }

        return table.Add(
            "largest class", "–", "–", "–", "–", Format.Percent(comparison.LargestClass),
            Format.Percent(1.0 / comparison.Classes));
    }

    /// <summary>One row per model.</summary>
    public static Table Judgements(IEnumerable<TopicJudgement> judgements)
    {
        var table = new Table("coherence of the topics", ">mean NPMI", ">diversity");
        foreach (var judgement in judgements)
            table.Add(
                judgement.Name, Format.Figure(judgement.Quality.MeanNpmi), Format.Figure(judgement.Quality.Diversity));
        return table;
    }
}
