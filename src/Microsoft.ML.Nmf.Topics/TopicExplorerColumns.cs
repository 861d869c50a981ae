namespace Microsoft.ML.Transforms;

/// <summary>The columns that the readers of a <see cref="global::Nmf.Topics.TopicExplorer"/> see of each
/// text.</summary>
public sealed record TopicExplorerColumns
{
    /// <summary>Name of the column of texts. "Text" by default.</summary>
    public string Text { get; init; } = "Text";

    /// <summary>Name of a column of titles, or null. Text, or anything that can be written as text.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// Name of a column of dates, or null: DateTime, DateTimeOffset, numbers of years, or text that .NET reads as a
    /// date in the invariant culture (2026-11-30), or as a year (1999). Missing and empty ones are no dates.
    /// </summary>
    public string? Date { get; init; }

    /// <summary>Name of a column of classes, or null: text, keys, or anything else that can be written as
    /// text. An empty one is none.</summary>
    public string? Class { get; init; }

    /// <summary>Name of the column of activations, where the model makes several; null for the last.</summary>
    public string? Topics { get; init; }
}
