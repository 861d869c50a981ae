using Microsoft.ML;

namespace TopicModel.Evaluation;

/// <summary>One way of turning word counts into what a classifier learns from.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Column">The column that it makes.</param>
/// <param name="Transformer">Makes it; learnt from the training part alone. Null for the word
/// counts themselves.</param>
/// <param name="LearningTime">How long learning it took, or null where nothing is learnt.</param>
internal sealed record FeatureSet(string Name, string Column, ITransformer? Transformer, TimeSpan? LearningTime);
