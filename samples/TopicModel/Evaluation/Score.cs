namespace TopicModel.Evaluation;

/// <summary>How well a classifier does with one set of features.</summary>
/// <param name="Features">Name of the features.</param>
/// <param name="Dimension">Number of features.</param>
/// <param name="LearningTime">Time to learn the features from the training part, or null where
/// nothing is learnt.</param>
/// <param name="ApplyingTime">Time to compute the features of the training and the test part.</param>
/// <param name="TrainingTime">Time to train the classifier on them.</param>
/// <param name="Accuracy">Part of the test documents whose class is found, 0 to 1.</param>
/// <param name="MacroAccuracy">The same, averaged over classes, so that small classes count as
/// much as large ones.</param>
internal sealed record Score(
    string Features, int Dimension, TimeSpan? LearningTime, TimeSpan ApplyingTime, TimeSpan TrainingTime,
    double Accuracy, double MacroAccuracy);
