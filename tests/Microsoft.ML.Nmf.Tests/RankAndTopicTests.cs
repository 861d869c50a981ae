using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

public class RankAndTopicTests
{
    private readonly MLContext _context = new(seed: 1);

    [Fact]
    public void A_column_is_surveyed_as_the_core_surveys_its_values()
    {
        var values = TestRows.Values(rows: 30, features: 14);
        var report = _context.Model.SurveyNmfRank(
            TestRows.View(_context, values), "Features", [2, 3, 4], starts: 3, folds: 2, seed: 5);

        var data = NmfData<float>.FromDense(values.SelectMany(row => row).ToArray(), 30, 14);
        var fit = new NmfOptions { Rank = 1, Problem = 2, Seed = 5 };
        var survey = RankSurvey.Run(data, new RankSurveyOptions { Ranks = [2, 3, 4], Starts = 3, Fit = fit });
        var crossValidation = RankCrossValidation.Run(
            data, new RankCrossValidationOptions { Ranks = [2, 3, 4], Folds = 2, Fit = fit });
        Assert.Equal(survey.Entries.SelectMany(e => e.Runs), report.Survey!.Entries.SelectMany(e => e.Runs));
        Assert.Equal(
            crossValidation.Entries.SelectMany(e => e.FoldErrors),
            report.CrossValidation!.Entries.SelectMany(e => e.FoldErrors));
        Assert.Equal([2, 3, 4], report.Ranks);
    }

    [Fact]
    public void Either_part_can_be_left_out_and_the_context_gives_the_seed()
    {
        var view = TestRows.View(_context, TestRows.Values());
        var survey = _context.Model.SurveyNmfRank(view, "Features", [2], starts: 2, folds: 0);
        Assert.Null(survey.CrossValidation);
        Assert.Equal(Runs(seed: 3), Runs(seed: 3));
        Assert.NotEqual(Runs(seed: 3), Runs(seed: 4));
        Assert.Null(_context.Model.SurveyNmfRank(view, "Features", [2], starts: 0, folds: 1).Survey);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => _context.Model.SurveyNmfRank(view, "Features", [2], starts: 0, folds: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _context.Model.SurveyNmfRank(view, "Features", [], starts: 2));

        static IReadOnlyList<RankRun> Runs(int seed)
        {
            var context = new MLContext(seed);
            return context.Model.SurveyNmfRank(
                TestRows.View(context, TestRows.Values()), "Features", [2], starts: 2,
                folds: 0).Survey!.Entries[0].Runs;
        }
    }

    [Fact]
    public void Missing_entries_are_an_error_unless_they_are_allowed()
    {
        var values = TestRows.Values();
        values[3][4] = float.NaN;
        var view = TestRows.View(_context, values);
        var fit = new NmfOptions { Rank = 1, Iterations = new() { MaximumIterations = 5 } };
        var options = new NmfRankOptions
        {
            ColumnName = "Features",
            Survey = new() { Ranks = [2], Starts = 2, Fit = fit },
            CrossValidation = new() { Ranks = [2], Folds = 2, Fit = fit },
        };
        Assert.Contains(
            "'Features'",
            Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfRank(view, options)).Message);

        options.MissingValues = MissingValues.NaN;
        Assert.Equal(HeldOutPattern.Entries, _context.Model.SurveyNmfRank(view, options).CrossValidation!.Pattern);
    }

    [Fact]
    public void Progress_and_suggestions_are_logged()
    {
        var log = new ConcurrentQueue<LoggingEventArgs>();
        _context.Log += (_, e) => log.Enqueue(e);
        _context.Model.SurveyNmfRank(
            TestRows.View(_context, TestRows.Values()), "Features", [2, 3], starts: 2, folds: 2);

        Assert.Contains(log, e => e.Message.Contains("Surveying the ranks 2, 3 from 2 start(s) each, beta 2"));
        Assert.Contains(log, e => e.Message.Contains("Cross-validating the ranks 2, 3 with 2 fold(s)"));
        Assert.Contains(log, e => e.Message.Contains("held-out divergence, least: rank "));
        Assert.Equal(
            4, log.Count(e => e.Kind == ChannelMessageKind.Trace && e.Message.Contains("fold 0, start")
                && e.Message.Contains("after")) - 2);
    }

    [Fact]
    public void Cancelling_the_context_or_the_token_stops_the_survey()
    {
        var view = TestRows.View(_context, TestRows.Values());
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var endless = new NmfRankOptions
        {
            ColumnName = "Features",
            Survey = new() { Ranks = [2], Starts = 2, Fit =
                new() { Rank = 1, Iterations = new() { MaximumIterations = int.MaxValue, Tolerance = 0 } } },
            CancellationToken = source.Token,
        };
        Assert.ThrowsAny<OperationCanceledException>(() => _context.Model.SurveyNmfRank(view, endless));

        endless.CancellationToken = default;
        using var timer = new Timer(_ => _context.CancelExecution(), null, 100, Timeout.Infinite);
        Assert.ThrowsAny<OperationCanceledException>(() => _context.Model.SurveyNmfRank(view, endless));
    }

    [Fact]
    public void Bad_columns_and_options_are_named()
    {
        var view = TestRows.View(_context, TestRows.Values());
        Assert.Contains(
            "Nothing",
            Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfRank(view, "Nothing", [2])).Message);
        Assert.Contains(
            "known-size vector of Single",
            Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfRank(view, "Id", [2])).Message);
        Assert.Contains(
            "no ranks",
            Assert.ThrowsAny<ArgumentException>(() => _context.Model.SurveyNmfRank(view, "Features", [])).Message);
        Assert.Contains("number of starts", Assert.ThrowsAny<ArgumentException>(
            () => _context.Model.SurveyNmfRank(view, "Features", [2], starts: -1)).Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Topics_are_judged_by_the_words_that_lead_them(bool sparse)
    {
        var values = TestRows.Values(rows: 60, features: 15, density: 0.3)
            .Select(row => Array.ConvertAll(row, v => MathF.Ceiling(v))).ToArray();
        var view = TestRows.View(_context, values, sparse);
        var model = _context.Transforms.NonnegativeMatrixFactorization("H", "Features", rank: 3, beta: 1)
            .Fit(view).Model;
        var quality = _context.Model.EvaluateTopics(view, "Features", model, wordsPerTopic: 5);

        var data = NmfData<float>.FromDense(values.SelectMany(row => row).ToArray(), 60, 15);
        int[][] topics = [
            .. Enumerable.Range(0, 3).Select(k => model.GetTopFeatures(k, 5).Select(f => f.Index).ToArray())];
        Assert.Equal(TopicQuality.Evaluate(data, topics).Topics, quality.Topics);
        Assert.Equal(quality.Topics, _context.Model.EvaluateTopics(view, "Features", topics).Topics);

        var narrow = TestRows.View(_context, TestRows.Values(features: 7));
        Assert.Contains("7 slots", Assert.ThrowsAny<ArgumentException>(
            () => _context.Model.EvaluateTopics(narrow, "Features", model)).Message);
        Assert.ThrowsAny<ArgumentException>(
            () => _context.Model.EvaluateTopics(view, "Features", model, wordsPerTopic: 1));
    }
}
