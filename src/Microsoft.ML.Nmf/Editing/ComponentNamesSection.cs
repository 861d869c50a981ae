using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>The names that the components of a model have.</summary>
internal sealed class ComponentNamesSection(string[] names) : IModelSection
{
    public const string TagName = "component names";

    public string Tag => TagName;

    public IReadOnlyList<string> Names { get; } = Array.AsReadOnly(names);

    // K strings
    public void Save(BinaryWriter writer)
    {
        foreach (var name in Names)
            writer.Write(name);
    }

    // Names have been edited by whoever knows what new components are called.
    public IModelSection Edited(ComponentEdit edit) => this;

    public static ComponentNamesSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var names = reader.ReadArray("component names", model.Rank, 1, r => r.ReadText("name of a component"));
        reader.Require(!names.Any(string.IsNullOrWhiteSpace), "component names");
        reader.Require(names.Distinct(StringComparer.Ordinal).Count() == names.Length, "component names");
        return new ComponentNamesSection(names);
    }
}

/// <summary>What has been done to the components since the fit.</summary>
internal sealed class EditsSection(string[] edits) : IModelSection
{
    public const string TagName = "edits";

    public string Tag => TagName;

    public IReadOnlyList<string> Edits { get; } = Array.AsReadOnly(edits);

    // int: number; strings
    public void Save(BinaryWriter writer)
    {
        writer.Write(Edits.Count);
        foreach (var edit in Edits)
            writer.Write(edit);
    }

    public IModelSection Edited(ComponentEdit edit) => new EditsSection([.. Edits, edit.Description]);

    public static EditsSection Load(CheckedReader reader, NmfModelParameters model)
        => new(reader.ReadArray("edits", reader.ReadCount("number of edits", 1), 1, r => r.ReadText("edit")));
}
