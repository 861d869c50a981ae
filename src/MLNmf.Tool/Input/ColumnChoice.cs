using System.Globalization;

namespace MLNmf.Tool.Input;

/// <summary>Which column is meant.</summary>
internal static class ColumnChoice
{
    private static readonly string[] TextNames =
        ["text", "texts", "document", "content", "body", "description", "review", "abstract", "message", "comment",
            "sentence", "title"];

    /// <summary>The name among these that usually stands above texts, or null.</summary>
    public static string? Usual(IReadOnlyList<string> names) => TextNames
        .Select(usual => names.FirstOrDefault(name => name.Trim().Equals(usual, StringComparison.OrdinalIgnoreCase)))
        .FirstOrDefault(name => name is not null);

    /// <summary>The column that a user has named, or numbered from 1.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="names">Names of the columns, or null where there is no header.</param>
    /// <param name="count">Number of columns.</param>
    /// <param name="wanted">Name or number.</param>
    /// <param name="option">What the user calls the option.</param>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static int Find(string path, IReadOnlyList<string>? names, int count, string wanted, string option)
    {
        for (var c = 0; c < names?.Count; c++)
        {
            if (names[c].Trim().Equals(wanted.Trim(), StringComparison.OrdinalIgnoreCase))
                return c;
        }

        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= count)
        {
            return number - 1;
        }

        throw new UserErrorException(
            $"{path}: there is no column \"{wanted}\" ({option}). "
            + (names is null ? $"There are the numbers 1 to {count}." : $"There are {string.Join(", ", names)}."));
    }
}
