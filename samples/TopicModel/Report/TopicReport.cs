using Microsoft.ML.Transforms;
using TopicModel.Corpus;
using TopicModel.Evaluation;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>What a study found, as one page.</summary>
internal static class TopicReport
{
    private const string Style = """
        .topics td:first-child { color: #5a6875; }
        .share { position: relative; min-width: 90px; white-space: nowrap; }
        .share i { display: block; height: 5px; margin: 3px 0; border-radius: 3px; background: #2a6fb0; }
        .topics { width: 100%; } .topics th:nth-child(3), .topics th:nth-child(4) { width: 30%; }
        .topics b { display: block; }
        .tree ul { list-style: none; margin: 0; padding-left: 20px; } .tree > ul { padding-left: 0; }
        .tree li { margin: 4px 0; } .tree summary { cursor: pointer; } .tree span { color: #5a6875; }
        .names { font-size: 13px; color: #5a6875; overflow-wrap: anywhere; }
        """;

    /// <summary>The page.</summary>
    public static HtmlPage Page(Study study)
    {
        var (model, topics) = (study.Model, study.Fit.Topics);
        var page = new HtmlPage(
            $"{model.Rank} topics in {Format.Count(study.Corpus.Documents.Count)} texts", study.Corpus.Source)
        {
            Style = Style,
            Footer = $"Word counts, a nonnegative matrix factorisation of rank {model.Rank} with the Kullback-Leibler "
                + $"divergence (β = 1), and nothing learnt from the test texts. Seed {study.Seed}. "
                + $"The whole run took {Format.Seconds(study.Elapsed)} on {Environment.ProcessorCount} processors.",
        };
        page.Tiles(
            [
                (Format.Count(study.TrainingDocuments), "texts to learn from"),
                (Format.Count(study.Words), "words in the vocabulary"),
                (Format.Percent(model.ExplainedPart), "better than a constant"),
                (Format.Seconds(study.Fit.Elapsed), $"for {model.Iterations} iterations"),
                .. study.Comparison is { } c
                    ? [(Format.Percent(c.Scores[0].Accuracy), $"right among {c.Classes} classes")]
                    : Array.Empty<(string, string)>(),
            ]);
        page.Section("Topics", Html.Paragraph(
            "Each topic has a label, a phrase that its texts have and others hardly, and texts that stand for it and "
            + "differ from each other: look whether label, words and texts are about one thing."), $"""
            <table class="topics">
            <thead><tr><th>#</th><th>Share</th><th>Label and most frequent words</th><th>Words that set it apart</th>
            <th>Texts that stand for it</th></tr></thead>
            <tbody>
            {string.Concat(topics.Select(t => TopicRow(t, topics[0].Share)))}
            </tbody>
            </table>
            """);
        page.Section(
            "",
            Html.SideBySide(
                Html.Chart(Charts.Sizes(topics), "Size of the topics", "Bar chart of the share of every topic."),
                Html.Chart(
                    Charts.Objective(model.ObjectiveHistory),
                    "Kullback-Leibler divergence of the data from the model, from the first check on",
                    "Line chart of the objective, which falls with every iteration.")));
        if (study.Fit.Readings.Classes.Count > 0)
            page.Section($"Topics by {study.Corpus.LabelMeaning}", Readings.Classes(study));
        page.Section("Topics of topics", Readings.Tree(study));
        page.Section("Are any two the same?", Readings.Pairs(study));
        if (study.Comparison is { } comparison)
            page.Section("Are the topics good features?", Features(comparison, study.Corpus.LabelMeaning));
        return page.Section($"“{study.Answer.Sentence}”", Answer(study.Answer));
    }

    private static string TopicRow(Topic topic, double largestShare) => $"""
        <tr><td>{topic.Number}</td><td class="share">{Bar(topic.Share / largestShare)}{Format.Percent(topic.Share)}</td>
        <td><b>{Html.Text(topic.Label ?? "")}</b>{Html.Text(string.Join(", ", topic.TopWords))}</td>
        <td>{Html.Text(string.Join(", ", topic.Keywords))}</td>
        <td class="names">{string.Join(" · ", topic.TypicalDocuments.Select(ShortName))}</td></tr>

        """;

    private static string Bar(double part) => FormattableString.Invariant($"<i style=\"width:{100 * part:0}%\"></i>");

    private static string ShortName(Document document)
        => $"<span title=\"{Html.Text(document.Name)}\">{Html.Text(document.ShortName)}</span>";

    private static string[] Features(Comparison comparison, string labelMeaning) =>
    [
        Html.Paragraph(
            $"The same logistic regression learns the {labelMeaning} of {Format.Count(comparison.TrainingDocuments)} "
            + $"texts ({comparison.Classes} classes) from each set of features and is judged on "
            + $"{Format.Count(comparison.TestDocuments)} others, which no step has seen."),
        Html.SideBySide(
            Tables.Scores(comparison).ToHtml(),
            Html.Chart(Charts.Accuracy(comparison), "Accuracy", "Bar chart of the accuracies in the table.")),
        Html.Note(
            "Accuracy is the part of the test texts whose class is found; per class, it is averaged over classes. "
            + $"LDA: {LdaTopics.Settings}."),
        Tables.Judgements(comparison.Judgements).ToHtml(),
        Html.Note(TopicJudgement.Meaning),
    ];

    private static string Answer(Answer answer) => $"""
    {(answer.Topics.Count == 0 ? Html.Paragraph("The model knows none of its words.") : "")}
    <div class="side">
    <table class="topics"><tbody>{string.Concat(answer.Topics.Select(t => ShareRow(t.Topic, t.Share)))}</tbody></table>
    {(answer.ClosestDocuments.Count == 0 ? "" : SimilarTexts(answer.ClosestDocuments))}
    </div>
    """;

    private static string ShareRow(Topic topic, double share)
        => $"<tr><td class=\"share\">{Bar(share)}{Format.Percent(share)}</td>"
            + $"<td>topic {topic.Number}: {Html.Text(topic.Title)}</td></tr>";

    private static string SimilarTexts(IEnumerable<Document> documents)
    {
        var names = documents.Select(document => $"<div>{Html.Text(document.Name)}</div>");
        return $"<div class=\"names\"><h3>Texts with similar topics</h3>{string.Concat(names)}</div>";
    }
}

/// <summary>Everything that a report tells.</summary>
/// <param name="Corpus">The texts.</param>
/// <param name="TrainingDocuments">Number of texts that the topics were learnt from.</param>
/// <param name="Words">Size of the vocabulary.</param>
/// <param name="Fit">The topics.</param>
/// <param name="Comparison">How good they are as features, or null where there were no labels.</param>
/// <param name="Answer">The example.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Elapsed">Duration of the run.</param>
internal sealed record Study(
    DocumentCollection Corpus, int TrainingDocuments, int Words, TopicFit Fit, Comparison? Comparison, Answer Answer,
    int Seed, TimeSpan Elapsed)
{
    public NmfModelParameters Model => Fit.Transformer.Model;
}
