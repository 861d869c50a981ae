using System.Text;
using Microsoft.ML;
using Nmf.Topics;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>The parts of the report about classes, topics of topics and topics that are nearly the same.</summary>
internal static class Readings
{
    private const int TopicsOfClass = 3;
    private const int WordsOfNode = 6;
    private const int PairsShown = 5;

    /// <summary>The largest topics of every class, with intervals.</summary>
    public static string[] Classes(Study study)
    {
        var topics = study.Fit.Topics;
        var rows = study.Fit.Readings.Classes.Select(group =>
        {
            var largest = group.Shares.Select((share, k) => (Share: share, Topic: topics[k]))
                .OrderByDescending(entry => entry.Share.Share).Take(TopicsOfClass)
                .Select(entry => $"<td>{entry.Topic.Number}: {Html.Text(entry.Topic.Title)}<br>"
                    + $"{Format.Percent(entry.Share.Share)} <span class=\"names\">"
                    + $"({Format.Percent(entry.Share.Lower)} to {Format.Percent(entry.Share.Upper)})</span></td>");
            return $"<tr><td>{Html.Text(group.Name)}</td><td class=\"number\">{Format.Count(group.Texts)}</td>"
                + $"{string.Concat(largest)}</tr>";
        });
        return
        [
            Html.Paragraph(
                $"The mean share of a topic in the texts of each {study.Corpus.LabelMeaning}, of the largest ones, and "
                + "in brackets where it is in 19 of 20 cases, were there other texts of the kind. Look for classes "
                + "that are one topic, and for topics that several share; where intervals overlap, the order of two "
                + "may be chance."),
            $"""
            <table><thead><tr><th>{Html.Text(study.Corpus.LabelMeaning)}</th><th class="number">texts</th>
            <th>largest topic</th><th>second</th><th>third</th></tr></thead><tbody>{string.Concat(rows)}</tbody></table>
            """,
        ];
    }

    /// <summary>The hierarchy, of which every part opens and closes.</summary>
    public static string[] Tree(Study study)
    {
        var tree = study.Fit.Readings.Tree;
        var html = new StringBuilder("<div class=\"tree\"><ul>");
        Write(tree.Root);
        html.Append("</ul></div>");
        return
        [
            Html.Paragraph(
                "The same texts by another way: split into two, then the part whose halves are most clearly topics of "
                + $"their own, and so on to {Leaves(tree.Root)} parts. Look from the top which subjects are told apart "
                + "first; a click closes a part."),
            html.ToString(),
        ];

        void Write(TopicNode node)
        {
            var words = Html.Text(string.Join(
                ", ", node.TopWords(WordsOfNode).Select(word => tree.Words?[word] ?? $"word {word}")));
            var line = $"<span>{Format.Count(node.Texts.Count)} texts:</span> {words}";
            if (node.Children.Count == 0)
            {
                html.Append($"<li>{line}</li>");
                return;
            }

            html.Append($"<li><details open><summary>{line}</summary><ul>");
            foreach (var child in node.Children)
                Write(child);
            html.Append("</ul></details></li>");
        }
    }

    /// <summary>The most similar pairs.</summary>
    public static string[] Pairs(Study study)
    {
        var (pairs, topics) = (study.Fit.Readings.Pairs, study.Fit.Topics);
        var same = pairs.Count(pair => pair.Similarity >= TopicReadings.NearDuplicate);
        var most = Format.Percent(TopicReadings.NearDuplicate);
        var verdict = pairs.Count == 0 ? "No two topics have a word in common."
            : same == 0 ? $"No two topics are nearly the same (a cosine of their words of {most} or more); below are "
                + "the pairs that are nearest to it."
            : $"{same} {(same == 1 ? "pair is" : "pairs are")} nearly the same (a cosine of their words of {most} or "
                + "more): fewer topics may do, or these can be merged.";
        if (pairs.Count == 0)
            return [Html.Paragraph(verdict)];
        var table = new Table(">cosine", "topic", "and topic");
        foreach (var pair in pairs.Take(Math.Max(PairsShown, Math.Min(same, 4 * PairsShown))))
            table.Add(Format.Percent(pair.Similarity), Name(pair.First), Name(pair.Second));
        return [Html.Paragraph(verdict), table.ToHtml()];

        string Name(int topic) => $"{topics[topic].Number}: {topics[topic].Title}";
    }

    private static int Leaves(TopicNode node) => node.Children.Count == 0 ? 1 : node.Children.Sum(Leaves);
}
