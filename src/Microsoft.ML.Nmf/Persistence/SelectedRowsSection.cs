using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>Which rows of the training data the components of a separable model are.</summary>
internal sealed class SelectedRowsSection(int[] rows) : IModelSection
{
    public const string TagName = "selected rows";

    public string Tag => TagName;

    public IReadOnlyList<int> Rows { get; } = Array.AsReadOnly(rows);

    public IModelSection Edited(ComponentEdit edit)
    {
        edit.RequireOldComponents("its components are rows of the training data");
        return new SelectedRowsSection([.. edit.Order.Select(k => Rows[k])]);
    }

    // rank ints
    public void Save(BinaryWriter writer)
    {
        foreach (var row in Rows)
            writer.Write(row);
    }

    public static SelectedRowsSection Load(CheckedReader reader, NmfModelParameters model)
        => new(reader.ReadArray("selected rows", model.Rank, sizeof(int), r =>
        {
            var row = r.ReadCount("selected row", 0);
            r.Require(row < model.TrainingRows, "selected row");
            return row;
        }));
}
