using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using TopicModel.Pipeline;

namespace TopicModel.Evaluation;

/// <summary>
/// Trains the same classifier, multinomial logistic regression, on several sets of features of the same training
/// documents and judges it on the same test documents.
/// </summary>
internal sealed class ClassifierComparison
{
    private const string LabelKey = "LabelKey";

    private readonly MLContext _ml;
    private readonly CountedCorpus _corpus;
    private readonly IDataView _training;
    private readonly IDataView _test;
    private readonly List<Score> _scores = [];

    /// <summary>Prepares the labelled documents; the corpus must have classes.</summary>
    public ClassifierComparison(MLContext ml, CountedCorpus corpus)
    {
        (_ml, _corpus) = (ml, corpus);
        var labelled = Labelled(corpus.Training);
        var key = ml.Transforms.Conversion.MapValueToKey(LabelKey, nameof(LabelledTextRow.Label)).Fit(labelled);
        _training = key.Transform(labelled);
        _test = key.Transform(Labelled(corpus.Test));
    }

    /// <summary>Whether there are at least two classes, and labelled documents to judge by.</summary>
    public static bool IsPossible(CorpusSplit split)
        => split.Training.Select(d => d.Label).Where(split.Classes.Contains).Distinct().Count() >= 2
            && split.Test.Any(d => split.Classes.Contains(d.Label));

    /// <summary>The scores so far.</summary>
    /// <param name="judgements">How coherent the topics themselves are.</param>
    public Comparison Result(IReadOnlyList<TopicJudgement> judgements)
    {
        var classes = _corpus.Split.Classes;
        var training = _corpus.Split.Training.Where(d => classes.Contains(d.Label)).ToList();
        var test = _corpus.Split.Test.Where(d => classes.Contains(d.Label)).ToList();
        var largest = training.CountBy(d => d.Label).MaxBy(c => c.Value).Key;
        return new Comparison(
            _scores, judgements, classes.Count, training.Count, test.Count,
            test.Count(d => d.Label == largest) / (double)test.Count);
    }

    /// <summary>Trains and judges with one set of features.</summary>
    public Score Add(FeatureSet features)
    {
        var start = Stopwatch.GetTimestamp();
        var training = Apply(features, _training);
        var test = Apply(features, _test);
        var applied = Stopwatch.GetElapsedTime(start);

        // What .NET compiles at the first use of the trainer must not count against whichever features come first.
        if (_scores.Count == 0)
            Train(training, features.Column);
        var trainingStart = Stopwatch.GetTimestamp();
        var model = Train(training, features.Column);
        var trained = Stopwatch.GetElapsedTime(trainingStart);
        var metrics = _ml.MulticlassClassification.Evaluate(model.Transform(test), LabelKey);
        var score = new Score(
            features.Name, ((VectorDataViewType)training.Schema[features.Column].Type).Size, features.LearningTime,
            applied, trained, metrics.MicroAccuracy, metrics.MacroAccuracy);
        _scores.Add(score);
        return score;
    }

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> Train(IDataView rows, string features)
        => _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
            LabelKey, features, l1Regularization: 0, l2Regularization: 0.1f).Fit(rows);

    private IDataView Apply(FeatureSet features, IDataView rows)
        => InMemory.Cache(
            _ml, features.Transformer is null ? rows : features.Transformer.Transform(rows), LabelKey, features.Column);

    private IDataView Labelled(IDataView rows)
        => _ml.Data.FilterByCustomPredicate<LabelOnly>(rows, row => row.Label.Length == 0);

    private sealed class LabelOnly
    {
        public string Label { get; set; } = "";
    }
}

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

/// <summary>One way of turning word counts into what a classifier learns from.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Column">The column that it makes.</param>
/// <param name="Transformer">Makes it; learnt from the training part alone. Null for the word
/// counts themselves.</param>
/// <param name="LearningTime">How long learning it took, or null where nothing is learnt.</param>
internal sealed record FeatureSet(string Name, string Column, ITransformer? Transformer, TimeSpan? LearningTime);

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
