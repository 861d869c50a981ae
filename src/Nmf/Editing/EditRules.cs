namespace Nmf;

/// <summary>Which models can be edited how.</summary>
internal static class EditRules
{
    /// <summary>Merging and splitting need components that have nothing but a column of W.</summary>
    /// <exception cref="InvalidOperationException">They have more.</exception>
    public static void RequireFreeComponents(string what, NmfProblem problem, bool isPenalized, bool hasRelevance)
    {
        var reason = hasRelevance ? "its components have relevances"
            : isPenalized ? "it has penalties of its activations, which a mixture of components does not have"
            : !problem.IsScaleFree ? "its activations are bounded, so that components cannot be weighted"
            : null;
        if (reason is not null)
            throw new InvalidOperationException(
                $"{what} components of this model is not possible: {reason}. Dropping and reordering are.");
    }
}

/// <summary>Names of components as users give them.</summary>
internal static class ComponentNameList
{
    /// <summary>A checked copy.</summary>
    /// <exception cref="ArgumentException">Their number is not the rank, or one is empty or there twice.</exception>
    public static string[]? Of(IReadOnlyList<string>? names, int rank)
    {
        if (names is null)
            return null;
        if (names.Count != rank)
            throw new ArgumentException($"There are {names.Count} names for {rank} components.", nameof(names));
        for (var k = 0; k < rank; k++)
        {
            if (string.IsNullOrWhiteSpace(names[k]))
                throw new ArgumentException($"The name of component {k} is empty.", nameof(names));
        }

        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two components have the name '{twice.Key}'.", nameof(names));
        return [.. names];
    }
}
