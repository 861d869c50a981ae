using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using TopicModel.Evaluation;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>Tells the user on the console what happens, section by section.</summary>
internal sealed class Narration(TextWriter output)
{
    private bool _first = true;

    /// <summary>Begins a section.</summary>
    public void Section(string title)
    {
        if (!_first)
            output.WriteLine();
        _first = false;
        output.WriteLine(title);
        output.Flush();
    }

    /// <summary>A line of the current section.</summary>
    public void Line(string text)
    {
        output.WriteLine("  " + text);
        output.Flush();
    }

    /// <summary>Shows what the factorisation says while it works, about once a second; other components' messages are left out.</summary>
    public void ShowProgress(MLContext ml)
        => ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Info && message.Source.StartsWith(nameof(NmfEstimator), StringComparison.Ordinal) && message.RawMessage.StartsWith("Iteration", StringComparison.Ordinal))
                Line(message.RawMessage);
        };

    public void Topics(IReadOnlyList<Topic> topics)
    {
        var table = new TextTable(">#", ">share", "most frequent words", "words that set it apart");
        foreach (var topic in topics)
            table.Add($"{topic.Number}", Format.Percent(topic.Share), Words(topic.TopWords, 52), Words(topic.Keywords, 46));
        Table(table);
    }

    public void Comparison(Comparison comparison, string labelMeaning)
    {
        Line($"Logistic regression learns the {labelMeaning} of {Format.Count(comparison.TrainingDocuments)} texts ({comparison.Classes} classes)");
        Line($"and is judged on {Format.Count(comparison.TestDocuments)} others, which no step has seen.");
        output.WriteLine();
        var table = new TextTable("features", ">columns", ">learn", ">apply", ">train classifier", ">accuracy", ">per class");
        foreach (var score in comparison.Scores)
        {
            table.Add(
                score.Features, Format.Count(score.Dimension), Format.Seconds(score.LearningTime), Format.Seconds(score.ApplyingTime),
                Format.Seconds(score.TrainingTime), Format.Percent(score.Accuracy), Format.Percent(score.MacroAccuracy));
        }

        table.Add("largest class", "–", "–", "–", "–", Format.Percent(comparison.LargestClass), Format.Percent(1.0 / comparison.Classes));
        Table(table);
        Judgements(comparison.Judgements);
    }

    public void Judgements(IReadOnlyList<TopicJudgement> judgements)
    {
        output.WriteLine();
        var table = new TextTable("coherence of the topics", ">mean NPMI", ">diversity");
        foreach (var judgement in judgements)
            table.Add(judgement.Name, Format.Figure(judgement.Quality.MeanNpmi), Format.Figure(judgement.Quality.Diversity));
        Table(table);
        Line(TopicJudgement.Meaning);
    }

    public void Answer(Answer answer)
    {
        if (answer.Topics.Count == 0)
            Line("The model knows none of its words.");
        foreach (var (topic, share) in answer.Topics)
            Line($"{Format.Percent(share),7}  topic {topic.Number}: {string.Join(", ", topic.TopWords.Take(5))}");
        if (answer.ClosestDocuments.Count == 0)
            return;
        Line("Texts with similar topics:");
        foreach (var document in answer.ClosestDocuments)
            Line("         " + document.Name);
    }

    private void Table(TextTable table)
    {
        foreach (var line in table.Lines())
            Line(line);
    }

    /// <summary>As many words as fit.</summary>
    private static string Words(IReadOnlyList<string> words, int width)
    {
        var line = "";
        foreach (var word in words.TakeWhile(w => line.Length + w.Length + 1 <= width))
            line += line.Length == 0 ? word : " " + word;
        return line;
    }
}
