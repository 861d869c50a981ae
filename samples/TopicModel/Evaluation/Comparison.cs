namespace TopicModel.Evaluation;

/// <summary>The comparison of several sets of features on the same documents.</summary>
/// <param name="Scores">One per set of features.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="TrainingDocuments">Labelled documents that the classifiers learn from.</param>
/// <param name="TestDocuments">Labelled documents that they are judged on.</param>
/// <param name="Judgements">How coherent the topics themselves are.</param>
/// <param name="LargestClass">Part of the test documents in the class that is the largest of the training part: what
/// guessing reaches.</param>
internal sealed record Comparison(
    IReadOnlyList<Score> Scores, IReadOnlyList<TopicJudgement> Judgements, int Classes, int TrainingDocuments,
    int TestDocuments, double LargestClass);
