using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>The error about a column that is not there, with those that are.</summary>
internal static class MissingColumn
{
    private const int MostNames = 30;

    public static Exception In(IHost host, DataViewSchema schema, string role, string name)
    {
        string[] there = [.. schema.Where(column => !column.IsHidden).Select(column => column.Name)];
        var more = there.Length > MostNames ? $" and {there.Length - MostNames} more" : "";
        return host.ExceptUserArg(
            "data", $"Could not find {role} column '{name}'. There are the columns "
            + $"{string.Join(", ", there.Take(MostNames).Select(column => $"'{column}'"))}{more}.");
    }
}
