using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>That the activations of a model are abundances, and the volume penalty of its fit.</summary>
internal sealed class AbundanceSection(AbundanceConstraint sum, VolumePenalty? volume) : IProblemSection
{
    public const string TagName = "abundances";

    public string Tag => TagName;

    public static AbundanceSection Of(AbundanceNmf problem) => new(problem.Sum, problem.Volume);

    public NmfProblem Problem(double beta) => new AbundanceNmf(beta) { Sum = sum, Volume = volume };

    // byte: constraint; byte: whether there is a volume penalty; double: its weight; double: its delta
    public void Save(BinaryWriter writer)
    {
        writer.Write((byte)sum);
        writer.Write(volume is not null);
        if (volume is not null)
        {
            writer.Write(volume.Weight);
            writer.Write(volume.Delta);
        }
    }

    public static AbundanceSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var sum = reader.ReadEnum<AbundanceConstraint>("abundance constraint");
        reader.Require(
            sum != AbundanceConstraint.Nonnegative || model.Beta == BetaDivergence.Euclidean, "abundance constraint");
        return new(
            sum, reader.ReadBoolean("presence of a volume penalty")
                ? new VolumePenalty
                {
                    Weight = reader.ReadFinite("volume penalty", atLeast: 0),
                    Delta = reader.ReadFinite("delta of the volume penalty", above: 0),
                }
                : null);
    }
}
