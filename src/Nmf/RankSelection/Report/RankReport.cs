using System.Text;

namespace Nmf;

/// <summary>Everything that is known about the rank of some data, side by side: a survey, a cross-validation, and other
/// methods' answers.</summary>
/// <remarks>The indices answer different questions and need not agree; none of them knows what the components
/// are wanted for.</remarks>
public sealed class RankReport
{
    /// <summary>Collects results.</summary>
    /// <param name="survey">A survey, or null.</param>
    /// <param name="crossValidation">A cross-validation of the same data, or null.</param>
    /// <param name="others">Answers of other methods, or null.</param>
    /// <exception cref="ArgumentException">All are missing.</exception>
    public RankReport(
        RankSurveyResult? survey, RankCrossValidationResult? crossValidation = null,
        IReadOnlyList<RankSuggestion>? others = null)
    {
        if (survey is null && crossValidation is null && others is not { Count: > 0 })
            throw new ArgumentException("There is nothing to report.", nameof(survey));
        Survey = survey;
        CrossValidation = crossValidation;
        Suggestions =
        [
            .. crossValidation is null ? [] : RankSuggestions.Of(crossValidation),
            .. survey is null ? [] : RankSuggestions.Of(survey),
            .. others ?? [],
        ];
    }

    /// <summary>The survey, or null.</summary>
    public RankSurveyResult? Survey { get; }

    /// <summary>The cross-validation, or null.</summary>
    public RankCrossValidationResult? CrossValidation { get; }

    /// <summary>What every index suggests; cross-validation first, which asks the question that
    /// most users have.</summary>
    public IReadOnlyList<RankSuggestion> Suggestions { get; }

    /// <summary>The ranks of the survey and of the cross-validation, increasing.</summary>
    public IReadOnlyList<int> Ranks =>
        [.. (Survey?.Entries.Select(e => e.Rank) ?? [])
            .Concat(CrossValidation?.Entries.Select(e => e.Rank) ?? []).Distinct().Order()];

    /// <summary>Two tables in plain text: the indices of every rank, and what each index suggests.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        RankColumn[] columns = [.. RankColumn.All.Where(c => c.Exists(this))];
        if (columns.Length > 0)
        {
            AppendTable(
                text, [["rank", .. columns.Select(c => c.Name)],
                    .. Ranks.Select(rank => (string[])[$"{rank}", .. columns.Select(c => c.Cell(this, rank))])],
                rightFrom: 0);
            text.AppendLine();
        }

        AppendTable(
            text, [["index", "rank", "because"],
                .. Suggestions.Select(s => (string[])[s.Index, s.Rank is { } rank ? $"{rank}" : "–", s.Reason])],
            rightFrom: int.MaxValue);
        return text.ToString();
    }

    /// <summary>A report with plots as one HTML page that refers to nothing outside itself.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="description">A sentence about the data, or null.</param>
    /// <param name="leafOrder">Whether the samples of the consensus matrices are shown in the order of the tree, in
    /// which groups are blocks, or in that of the data.</param>
    public string ToHtml(string title = "Choosing the rank", string? description = null, bool leafOrder = true)
    {
        ArgumentNullException.ThrowIfNull(title);
        return RankReportHtml.Render(this, title, description, leafOrder);
    }

    private static void AppendTable(StringBuilder text, string[][] rows, int rightFrom)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            text.AppendLine(string.Join(
                "  ", row.Select((cell, c) => c >= rightFrom ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c])))
                .TrimEnd());
    }
}
