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
    /// <summary>Characters of the longest name that a user may give.</summary>
    public const int Longest = 1000;

    // Of those that edits make: the names of ten merged components are no name any more.
    private const int LongestMade = 200;

    /// <summary>A checked copy.</summary>
    /// <exception cref="ArgumentException">Their number is not the rank, or one is empty, too long, no text that a
    /// file can hold, or there twice.</exception>
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
            if (names[k].Length > Longest)
                throw new ArgumentException(
                    $"The name of component {k} has {names[k].Length} characters. It may have {Longest}.",
                    nameof(names));

            // A file has another character in its place, so that two names may become one.
            if (!IsText(names[k]))
                throw new ArgumentException(
                    $"The name of component {k} has one half of a character of two (a surrogate), which no file can "
                    + "hold.", nameof(names));
        }

        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two components have the name '{twice.Key}'.", nameof(names));
        return [.. names];
    }

    /// <summary>A name that is not taken, and takes it.</summary>
    /// <param name="stem">What it begins with.</param>
    /// <param name="isNumbered">Whether it has a number in any case.</param>
    /// <param name="taken">The names of others.</param>
    public static string Free(string stem, bool isNumbered, HashSet<string> taken)
    {
        if (stem.Length > LongestMade)
            stem = stem[..(char.IsHighSurrogate(stem[LongestMade - 1]) ? LongestMade - 1 : LongestMade)] + "…";
        for (var number = 1; ; number++)
        {
            var name = number > 1 || isNumbered ? $"{stem} ({number})" : stem;
            if (taken.Add(name))
                return name;
        }
    }

    private static bool IsText(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
