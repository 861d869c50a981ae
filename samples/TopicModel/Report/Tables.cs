using TopicModel.Evaluation;

namespace TopicModel.Report;

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
