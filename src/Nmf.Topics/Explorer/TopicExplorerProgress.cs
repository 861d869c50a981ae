namespace Nmf.Topics;

/// <summary>How far the writing of a page is.</summary>
/// <param name="Stage">What is done, in plain words.</param>
/// <param name="Done">Number of its units that are done.</param>
/// <param name="Of">Number of its units.</param>
public readonly record struct TopicExplorerProgress(string Stage, int Done, int Of);
