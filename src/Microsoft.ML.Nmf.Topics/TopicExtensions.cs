using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf.Topics;

namespace Microsoft.ML;

/// <summary>What the readers of topics want to see of a fitted model.</summary>
public static class TopicExtensions
{
    /// <summary>The relevance of the words to the topics, by the words' share in the approximation of the training
    /// texts.</summary>
    /// <param name="model">A factorisation of word counts: <c>transformer.Model</c>.</param>
    /// <remarks>The terms are numbered as the slots of the input of the fit,
    /// <see cref="NmfModelParameters.FeatureNames"/>. Takes O(F K) time and memory.</remarks>
    public static TermRelevance GetTermRelevance(this NmfModelParameters model)
    {
        Contracts.CheckValue(model, nameof(model));
        return TermRelevance.Of(model.ToDictionary(), model.Contributions);
    }
}
