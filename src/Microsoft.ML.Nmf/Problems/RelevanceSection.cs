using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What a fit with automatic relevance determination found.</summary>
internal sealed class RelevanceSection(ComponentRelevance relevance) : IProblemSection
{
    public const string SectionTag = "relevance";

    string IModelSection.Tag => SectionTag;

    public ComponentRelevance Relevance => relevance;

    IModelSection IModelSection.Edited(ComponentEdit edit) => new RelevanceSection(relevance.Of(edit.Order));

    // As for every model, it is the penalty that cannot be exported, which says so.
    public bool IsExported => true;

    public NmfProblem Problem(double beta) => new AutomaticRelevance(beta)
    {
        Prior = relevance.Parameters.Prior,
        Dispersion = relevance.Parameters.Dispersion,
        Shape = relevance.Parameters.Shape,
        Scale = relevance.Parameters.Scale,
    };

    // *** Binary format ***
    // byte: prior; doubles: dispersion, shape, scale, weight
    // K doubles: relevance of the components; int: number of components at the start; their relevances, decreasing
    void IModelSection.Save(BinaryWriter writer)
    {
        var parameters = relevance.Parameters;
        writer.Write((byte)parameters.Prior);
        writer.Write(parameters.Dispersion);
        writer.Write(parameters.Shape);
        writer.Write(parameters.Scale);
        writer.Write(parameters.Weight);
        foreach (var weight in relevance.Weights)
            writer.Write(weight);
        writer.Write(relevance.SortedWeights.Count);
        foreach (var weight in relevance.SortedWeights)
            writer.Write(weight);
    }

    public static RelevanceSection Load(CheckedReader reader, NmfModelParameters model)
    {
        const string what = "relevance of a component";
        var parameters = new RelevanceParameters(
            reader.ReadEnum<RelevancePrior>("relevance prior"),
            reader.ReadFinite("dispersion", above: 0),
            reader.ReadFinite("shape of the relevance prior", above: 0),
            reader.ReadFinite("scale of the relevance prior", above: 0),
            reader.ReadFinite("weight of the relevance prior", above: 0));
        var weights = reader.ReadArray(what, model.Rank, sizeof(double), r => r.ReadFinite(what, above: 0));
        var count = reader.ReadCount("number of components at the start", model.Rank);
        var sorted = reader.ReadArray(what, count, sizeof(double), r => r.ReadFinite(what, above: 0));
        return new RelevanceSection(new ComponentRelevance(parameters, weights, sorted));
    }
}
