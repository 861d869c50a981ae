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

    /// <summary>Shows what the factorisation says while it works, about once a second; other components'
    /// messages are left out.</summary>
    public void ShowProgress(MLContext ml)
        => ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Info
                && message.Source.StartsWith(nameof(NmfEstimator), StringComparison.Ordinal)
                && message.RawMessage.StartsWith("Iteration", StringComparison.Ordinal))
            {
                Line(message.RawMessage);
            }
        };

    public void Topics(IReadOnlyList<Topic> topics)
    {
        var table = new Table(">#", ">share", "label", "most frequent words", "words that set it apart");
        foreach (var topic in topics)
            table.Add(
                $"{topic.Number}", Format.Percent(topic.Share), topic.Label ?? "", Words(topic.TopWords, 46),
                Words(topic.Keywords, 36));
        Show(table);
    }

    public void Comparison(Comparison comparison, string labelMeaning)
    {
        Line(
            $"Logistic regression learns the {labelMeaning} of {Format.Count(comparison.TrainingDocuments)} texts "
            + $"({comparison.Classes} classes)");
        Line($"and is judged on {Format.Count(comparison.TestDocuments)} others, which no step has seen.");
        output.WriteLine();
        Show(Tables.Scores(comparison));
        Judgements(comparison.Judgements);
    }

    public void Judgements(IReadOnlyList<TopicJudgement> judgements)
    {
        output.WriteLine();
        Show(Tables.Judgements(judgements));
        Line(TopicJudgement.Meaning);
    }

    public void Answer(Answer answer)
    {
        if (answer.Topics.Count == 0)
            Line("The model knows none of its words.");
        foreach (var (topic, share) in answer.Topics)
            Line(
                $"{Format.Percent(share),7}  topic {topic.Number}, {topic.Title}: "
                + string.Join(", ", topic.TopWords.Take(5)));
        if (answer.ClosestDocuments.Count == 0)
            return;
        Line("Texts with similar topics:");
        foreach (var document in answer.ClosestDocuments)
            Line("         " + document.Name);
    }

    private void Show(Table table)
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
