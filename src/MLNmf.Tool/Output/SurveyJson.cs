using Nmf;

namespace MLNmf.Tool;

/// <summary>Surveys for other programs.</summary>
internal static class SurveyJson
{
    public static object Of(RankReport report) => new
    {
        report.Ranks,
        Suggestions = report.Suggestions.Select(
            suggestion => new { suggestion.Index, suggestion.Question, suggestion.Rank, suggestion.Reason }),
        Fits = report.Survey?.Entries.Select(entry => new
        {
            entry.Rank,
            entry.ObjectivePerEntry,
            Stability = entry.Alignment?.MeanStability,
            Consensus = entry.Consensus?.CopheneticCorrelation,
            entry.BayesianInformationCriterion,
        }),
        HeldOut = report.CrossValidation?.Entries.Select(
            entry => new { entry.Rank, entry.Error, entry.StandardError, entry.TrainingError }),
    };

    public static object Of(MeasureSurveyResult result) => new
    {
        result.HeldOutEntries,
        Best = result.Best.Noise.ToString(),
        Plausible = result.Plausible.Select(entry => entry.Noise.ToString()),
        Measures = result.Entries.Select(entry => new
        {
            Noise = entry.Noise.ToString(),
            entry.Beta,
            entry.Rank,
            entry.HeldOutPerEntry,
            entry.BehindBest,
            entry.StandardError,
            entry.Objection,
        }),
    };
}
