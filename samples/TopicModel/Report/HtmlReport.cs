using System.Net;
using TopicModel.Corpus;
using TopicModel.Evaluation;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>Writes a study as one HTML file that refers to nothing outside itself.</summary>
internal static class HtmlReport
{
    /// <summary>Writes the file, over an older one.</summary>
    public static void Write(string path, Study study) => File.WriteAllText(path, Render(study));

    /// <summary>The text of the file.</summary>
    public static string Render(Study study) => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{study.Model.Rank}} topics</title>
        <style>
        {{HtmlStyle.Css}}
        </style>
        </head>
        <body>
        <header>
        <h1>{{study.Model.Rank}} topics in {{Format.Count(study.Corpus.Documents.Count)}} texts</h1>
        <p>{{Text(study.Corpus.Source)}}</p>
        </header>
        <section class="tiles">
        {{Tile(Format.Count(study.TrainingDocuments), "texts to learn from")}}
        {{Tile(Format.Count(study.Words), "words in the vocabulary")}}
        {{Tile(Format.Percent(study.Model.ExplainedPart), "of the data explained")}}
        {{Tile(Format.Seconds(study.Fit.Elapsed), $"for {study.Model.Iterations} iterations")}}
        {{(study.Comparison is { } c ? Tile(Format.Percent(c.Scores[0].Accuracy), $"right among {c.Classes} classes") : "")}}
        </section>
        <section>
        <h2>Topics</h2>
        <table class="topics">
        <thead><tr><th>#</th><th>Share</th><th>Most frequent words</th><th>Words that set it apart</th><th>Typical texts</th></tr></thead>
        <tbody>
        {{string.Concat(study.Fit.Topics.Select(t => TopicRow(t, study.Fit.Topics[0].Share)))}}
        </tbody>
        </table>
        </section>
        <section class="charts">
        {{Figure(Charts.Sizes(study.Fit.Topics), "Size of the topics", "Bar chart of the share of every topic.")}}
        {{Figure(Charts.Objective(study.Model.ObjectiveHistory), "Kullback-Leibler divergence of the data from the model, from the first check on", "Line chart of the objective, which falls with every iteration.")}}
        {{(Charts.HaveText ? "" : "<p class=\"note\">This report was made on a machine without fonts, so its charts have no text; install some (fonts-dejavu-core on Debian) and run again.</p>")}}
        </section>
        {{(study.Comparison is { } comparison ? ComparisonSection(comparison, study.Corpus.LabelMeaning) : "")}}
        {{AnswerSection(study.Answer)}}
        <footer>
        <p>Word counts, a nonnegative matrix factorisation of rank {{study.Model.Rank}} with the Kullback-Leibler divergence (β = 1), and nothing learnt from the test
        texts. Seed {{study.Seed}}. The whole run took {{Format.Seconds(study.Elapsed)}} on {{Environment.ProcessorCount}} processors.</p>
        </footer>
        </body>
        </html>

        """;

    private static string Tile(string value, string caption) => $"<div><b>{Text(value)}</b><span>{Text(caption)}</span></div>";

    private static string TopicRow(Topic topic, double largestShare) => $"""
        <tr><td>{topic.Number}</td><td class="share">{Bar(topic.Share / largestShare)}{Format.Percent(topic.Share)}</td><td>{Text(string.Join(", ", topic.TopWords))}</td><td>{Text(string.Join(", ", topic.Keywords))}</td><td class="names">{string.Join(" · ", topic.TypicalDocuments.Select(ShortName))}</td></tr>

        """;

    private static string Bar(double part) => FormattableString.Invariant($"<i style=\"width:{100 * part:0}%\"></i>");

    private static string ShortName(Document document) => $"<span title=\"{Text(document.Name)}\">{Text(document.ShortName)}</span>";

    private static string Name(Document document) => $"<div>{Text(document.Name)}</div>";

    private static string Figure(string dataUri, string caption, string alternative)
        => $"<figure><figcaption>{Text(caption)}</figcaption><img src=\"{dataUri}\" alt=\"{Text(alternative)}\"></figure>";

    private static string ComparisonSection(Comparison comparison, string labelMeaning) => $"""
        <section>
        <h2>Are the topics good features?</h2>
        <p>The same logistic regression learns the {Text(labelMeaning)} of {Format.Count(comparison.TrainingDocuments)} texts ({comparison.Classes} classes) from each set
        of features and is judged on {Format.Count(comparison.TestDocuments)} others, which no step has seen.</p>
        <div class="side">
        <table>
        <thead><tr><th>Features</th><th>Columns</th><th>Learn</th><th>Apply</th><th>Train classifier</th><th>Accuracy</th><th>Per class</th></tr></thead>
        <tbody>
        {string.Concat(comparison.Scores.Select(ScoreRow))}
        <tr><td>largest class</td><td></td><td></td><td></td><td></td><td>{Format.Percent(comparison.LargestClass)}</td><td>{Format.Percent(1.0 / comparison.Classes)}</td></tr>
        </tbody>
        </table>
        {Figure(Charts.Accuracy(comparison), "Accuracy", "Bar chart of the accuracies in the table.")}
        </div>
        <p class="note">Accuracy is the part of the test texts whose class is found; per class, it is averaged over classes. LDA: {Text(LdaTopics.Settings)}.</p>
        <table>
        <thead><tr><th>Coherence of the topics</th><th>Mean NPMI</th><th>Diversity</th></tr></thead>
        <tbody>{string.Concat(comparison.Judgements.Select(j => $"<tr><td>{Text(j.Name)}</td><td>{Format.Figure(j.Quality.MeanNpmi)}</td><td>{Format.Figure(j.Quality.Diversity)}</td></tr>"))}</tbody>
        </table>
        <p class="note">{Text(TopicJudgement.Meaning)}</p>
        </section>
        """;

    private static string ScoreRow(Score score) => $"""
        <tr><td>{Text(score.Features)}</td><td>{Format.Count(score.Dimension)}</td><td>{Format.Seconds(score.LearningTime)}</td><td>{Format.Seconds(score.ApplyingTime)}</td><td>{Format.Seconds(score.TrainingTime)}</td><td>{Format.Percent(score.Accuracy)}</td><td>{Format.Percent(score.MacroAccuracy)}</td></tr>

        """;

    private static string AnswerSection(Answer answer) => $"""
        <section>
        <h2>“{Text(answer.Sentence)}”</h2>
        {(answer.Topics.Count == 0 ? "<p>The model knows none of its words.</p>" : "")}
        <div class="side">
        <table class="topics"><tbody>{string.Concat(answer.Topics.Select(t => $"<tr><td class=\"share\">{Bar(t.Share)}{Format.Percent(t.Share)}</td><td>topic {t.Topic.Number}: {Text(t.Topic.Title)}</td></tr>"))}</tbody></table>
        {(answer.ClosestDocuments.Count == 0 ? "" : $"<div class=\"names\"><h3>Texts with similar topics</h3>{string.Concat(answer.ClosestDocuments.Select(Name))}</div>")}
        </div>
        </section>
        """;

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
