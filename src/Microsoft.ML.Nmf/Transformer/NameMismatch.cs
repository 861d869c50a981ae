using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>
/// What happens when names that a model was fitted with are not those of the data that it is to transform: slot names
/// of a vector, or the values of keys. Then the same numbers mean something else, as after a word bag or a mapping to
/// keys that was fitted again. Names are compared where both sides have them.
/// </summary>
public enum NameMismatch
{
    /// <summary>An error that names the first that differs.</summary>
    Error,

    /// <summary>A warning in the log of the <see cref="MLContext"/>.</summary>
    Warn,

    /// <summary>Nothing.</summary>
    Ignore,
}

/// <summary>The names of the places of a column.</summary>
/// <param name="Place">What a place is called.</param>
/// <param name="First">The number of the first.</param>
/// <param name="Column">The column.</param>
/// <param name="Names">The names, or null where there are none.</param>
internal sealed record NamedPlaces(string Place, int First, string Column, ReadOnlyMemory<char>[]? Names)
{
    /// <summary>What differs from names that were stored, or null where nothing does. An empty name is
    /// unknown.</summary>
    public string? DifferenceFrom(IReadOnlyList<string>? before, string what)
    {
        if (before is null || Names is null)
            return null;
        var (first, count) = (-1, 0);
        for (var i = 0; i < Math.Min(before.Count, Names.Length); i++)
        {
            var now = Names[i].Span;
            if (now.IsEmpty || before[i].Length == 0 || now.SequenceEqual(before[i]))
                continue;
            first = first < 0 ? i : first;
            count++;
        }

        return first < 0 ? null
            : $"{Place} {First + first} of column '{Column}' is '{Names[first]}', but the {what} was fitted with "
                + $"'{before[first]}' there ({count} of {Names.Length} names differ).";
    }

    /// <summary>Requires names to be those of a fit, or says that they are not.</summary>
    public void RequireThoseOf(IHost host, IReadOnlyList<string>? before, NameMismatch reaction)
    {
        if (reaction == NameMismatch.Ignore || DifferenceFrom(before, "model") is not { } difference)
            return;
        if (reaction == NameMismatch.Error)
            throw host.ExceptUserArg(
                "inputSchema", difference + " Transform with the pipeline of the fit instead of one that was fitted "
                + "again, or set the option NameMismatch when the model is fitted.");
        using var channel = host.Start("Names");
        channel.Warning(difference);
    }
}
