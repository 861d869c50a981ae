using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What a model of maximum marginal likelihood needs beside its dictionary: the priors of its
/// activations.</summary>
internal sealed class MarginalSection(MarginalNoise noise, double shape, int startingRank, double[] rates)
    : IModelSection
{
    public const string TagName = "marginal likelihood";

    string IModelSection.Tag => TagName;

    public MarginalNoise Noise => noise;

    public double Shape => shape;

    public int StartingRank => startingRank;

    public double[] Rates => rates;

    IModelSection IModelSection.Edited(ComponentEdit edit) => throw new InvalidOperationException(
        "The components of a model of maximum marginal likelihood can have names, but no other edit: their priors were "
        + "found together.");

    // *** Binary format ***
    // byte: noise; double: shape; int: number of components at the start; K doubles: rates
    void IModelSection.Save(BinaryWriter writer)
    {
        writer.Write((byte)noise);
        writer.Write(shape);
        writer.Write(startingRank);
        foreach (var rate in rates)
            writer.Write(rate);
    }

    public static MarginalSection Load(CheckedReader reader, NmfModelParameters model)
    {
        var noise = reader.ReadEnum<MarginalNoise>("noise");
        reader.Require(model.Beta == BetaOf(noise), "noise");
        var shape = reader.ReadFinite("shape of the activations", above: 0);
        var startingRank = reader.ReadCount("number of components at the start", model.Rank);
        return new MarginalSection(
            noise, shape, startingRank,
            reader.ReadArray("rates", model.Rank, sizeof(double), r => r.ReadFinite("rate", above: 0)));
    }

    /// <summary>β of the divergence that goes with a noise.</summary>
    public static double BetaOf(MarginalNoise noise)
        => noise == MarginalNoise.Poisson ? BetaDivergence.KullbackLeibler : BetaDivergence.ItakuraSaito;

    public MarginalLikelihoodModel<float> ToModel(NmfModelParameters model)
        => MarginalLikelihoodModel<float>.FromParameters(
            new MarginalLikelihoodOptions
            {
                Rank = startingRank, Noise = noise, Shape = shape, Inference = model.Inference, Threads = 1,
            },
            model.ToDictionary(), shape, rates);
}
