using Microsoft.ML.Transforms;
using TopicModel.Corpus;
using TopicModel.Evaluation;
using TopicModel.Pipeline;

namespace TopicModel.Report;

/// <summary>Everything that a report tells.</summary>
/// <param name="Corpus">The texts.</param>
/// <param name="TrainingDocuments">Number of texts that the topics were learnt from.</param>
/// <param name="Words">Size of the vocabulary.</param>
/// <param name="Fit">The topics.</param>
/// <param name="Comparison">How good they are as features, or null where there were no labels.</param>
/// <param name="Answer">The example.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="Elapsed">Duration of the run.</param>
internal sealed record Study(
    DocumentCollection Corpus, int TrainingDocuments, int Words, TopicFit Fit, Comparison? Comparison, Answer Answer,
    int Seed, TimeSpan Elapsed)
{
    public NmfModelParameters Model => Fit.Transformer.Model;
}
