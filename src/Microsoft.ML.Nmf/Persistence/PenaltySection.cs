using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>What inference adds to the divergence of a row, because the fit did.</summary>
internal sealed class PenaltySection(RowPenalty penalty) : IModelSection
{
    public const string SectionTag = "row penalty";

    string IModelSection.Tag => SectionTag;

    public RowPenalty Penalty => penalty;

    IModelSection IModelSection.Edited(ComponentEdit edit) => new PenaltySection(penalty.Reordered(edit.Order));

    // *** Binary format *** byte: whether there are linear weights; K doubles; byte: whether there are quadratic
    // weights; K doubles int: number of groups; for each: double: weight, double: offset, int: number of components,
    // for each: int: component, double: scale
    void IModelSection.Save(BinaryWriter writer)
    {
        foreach (var weights in new[] { penalty.Linear, penalty.Quadratic })
        {
            writer.Write(weights.Count > 0);
            foreach (var weight in weights)
                writer.Write(weight);
        }

        writer.Write(penalty.Groups.Count);
        foreach (var group in penalty.Groups)
        {
            writer.Write(group.Weight);
            writer.Write(group.Offset);
            writer.Write(group.Components.Count);
            for (var i = 0; i < group.Components.Count; i++)
            {
                writer.Write(group.Components[i]);
                writer.Write(group.Scales[i]);
            }
        }
    }

    public static PenaltySection Load(CheckedReader reader, NmfModelParameters model)
    {
        var linear = Weights("linear weights of the penalty");
        var quadratic = Weights("quadratic weights of the penalty");
        var groups = reader.ReadArray(
            "groups of the penalty", reader.ReadCount("number of groups", 0), (2 * sizeof(double)) + sizeof(int),
            Group);
        return new PenaltySection(new RowPenalty { Linear = linear, Quadratic = quadratic, Groups = groups });

        double[] Weights(string what) => reader.ReadBoolean(what)
            ? reader.ReadArray(what, model.Rank, sizeof(double), r => r.ReadFinite(what, atLeast: 0))
            : [];

        RowPenaltyGroup Group(CheckedReader r)
        {
            var weight = r.ReadFinite("weight of a group", atLeast: 0);
            var offset = r.ReadFinite("offset of a group", above: 0);
            var count = r.ReadCount("size of a group", 0);
            var members = r.ReadArray("components of a group", count, sizeof(int) + sizeof(double), item =>
            {
                var component = item.ReadCount("component of a group", 0);
                item.Require(component < model.Rank, "component of a group");
                return (Component: component, Scale: item.ReadFinite("scale of a group", atLeast: 0));
            });
            return new RowPenaltyGroup(
                [.. members.Select(m => m.Component)], [.. members.Select(m => m.Scale)], weight, offset);
        }
    }
}
