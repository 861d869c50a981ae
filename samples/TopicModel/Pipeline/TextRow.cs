namespace TopicModel.Pipeline;

/// <summary>What the saved pipeline takes.</summary>
internal class TextRow
{
    /// <summary>Any text.</summary>
    public string Text { get; set; } = "";
}

/// <summary>A row that is shown.</summary>
internal sealed class ExplorerRow : TextRow
{
    /// <summary>What it is called.</summary>
    public string Title { get; set; } = "";

    /// <summary>Its class, or the empty string.</summary>
    public string Label { get; set; } = "";
}

/// <summary>A training row.</summary>
internal sealed class LabelledTextRow : TextRow
{
    /// <summary>Its class, or the empty string.</summary>
    public string Label { get; set; } = "";
}

/// <summary>What the saved pipeline gives.</summary>
internal sealed class TopicsRow
{
    /// <summary>The share of each topic in the text; they add up to one, or are all zero where no word of the
    /// text is known.</summary>
    public float[] Topics { get; set; } = [];
}
