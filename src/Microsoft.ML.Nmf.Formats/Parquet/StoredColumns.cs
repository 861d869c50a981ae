using System.Text.Json;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>What of columns of ML.NET has no place in a Parquet file: it is kept in its metadata.</summary>
/// <param name="Version">Of this record.</param>
/// <param name="Columns">By name.</param>
internal sealed record StoredColumns(int Version, Dictionary<string, StoredColumn> Columns)
{
    public const string Key = "MLNmf";
    public const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static StoredColumns None => new(CurrentVersion, []);

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>Reads what a file says; nothing where that is of another version, or damaged: the columns can be read
    /// without.</summary>
    public static StoredColumns Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Key, out var json))
            return None;
        try
        {
            return JsonSerializer.Deserialize<StoredColumns>(json, Options)
                is { Version: CurrentVersion, Columns: not null } stored ? stored : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }
}

/// <param name="Size">Number of values of a vector, or null for any.</param>
/// <param name="IsSingle">Whether values that are stored as doubles are Singles.</param>
/// <param name="SlotNames">Names of the slots, or null.</param>
internal sealed record StoredColumn(int? Size, bool IsSingle = false, string[]? SlotNames = null);
