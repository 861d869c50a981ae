namespace MLNmf.Tool.Input;

/// <summary>One text.</summary>
/// <param name="Text">The text; may be empty.</param>
/// <param name="Name">What to call it: its identifier, or the line or file that it is from.</param>
/// <param name="Date">Its date as it is written, or null.</param>
/// <param name="Class">Its class, or null.</param>
internal sealed record TextItem(string Text, string Name, string? Date = null, string? Class = null);
