using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What missing entries of the input look like, and which output column has them filled in. Models of complete
/// data do not have it.</summary>
internal sealed record MissingEntriesSection(
    MissingValues MissingValues, AbsentEntries AbsentEntries, string? ImputedColumnName)
    : IModelSection
{
    public const string TagInFile = "MissingEntries1";

    public string Tag => TagInFile;

    // *** Binary format ***
    // byte: missing values; byte: absent entries; byte: whether there is an imputed column; string: its name
    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)MissingValues);
        writer.Write((byte)AbsentEntries);
        writer.Write(ImputedColumnName is not null);
        if (ImputedColumnName is not null)
            writer.Write(ImputedColumnName);
    }

    public static MissingEntriesSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var missing = reader.ReadEnum<MissingValues>("meaning of NaN");
        var absent = reader.ReadEnum<AbsentEntries>("meaning of absent entries");
        var hasName = reader.ReadBoolean("presence of an imputed column");
        return new MissingEntriesSection(
            missing, absent, hasName ? reader.ReadText("name of the imputed column") : null);
    }
}
