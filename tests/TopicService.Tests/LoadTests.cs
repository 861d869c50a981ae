using System.Diagnostics;
using Microsoft.ML;

namespace TopicService.Tests;

public sealed class LoadTests
{
    private const int Clients = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    /// <summary>
    /// Clients post texts while the model file is replaced: by one good model and the other in turn, by rename
    /// and in place, and now and then by broken files. Every answer must be, to the bit and with its words, that
    /// of one of the two models.
    /// </summary>
    [Fact]
    public async Task Every_request_is_answered_by_exactly_one_good_model_while_the_file_is_replaced()
    {
        var models = TopicModels.Instance;
        using var folder = new ModelFolder();
        var small = await Answers(folder, models.Small);
        var large = await Answers(folder, models.Large);
        Assert.All(models.Texts, text => Assert.NotEqual(small[text], large[text]));

        folder.Replace(models.Small);
        await using var service = await RunningService.Start(folder.File);
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var (fromSmall, fromLarge) = (0, 0);
            for (var i = client; !end.IsCancellationRequested; i++)
            {
                var text = models.Texts[i % models.Texts.Count];
                var answer = Text(await service.Answer(text));
                if (answer == small[text])
                    fromSmall++;
                else if (answer == large[text])
                    fromLarge++;
                else
                    Assert.Fail(
                        $"Neither model gives {answer} for '{text}': they give {small[text]} and {large[text]}.");
            }
            return (fromSmall, fromLarge);
        })).ToList();

        var (replaced, refused) = (0, 0);
        try
        {
            var clock = Stopwatch.StartNew();
            for (var round = 0; round < 6 || clock.Elapsed < Duration; round++)
            {
                var next = round % 2 == 0 ? models.Large : models.Small;
                if (round % 3 == 2)
                {
                    var broken = round % 2 == 0 ? next[..(next.Length / 2)] : [.. "not a model, "u8, (byte)round];
                    await Follow(
                        () => folder.Overwrite(broken), () => service.Model.LastError is not null,
                        "a broken file is refused");
                    refused++;
                }
                var before = service.Model.Version;
                await Follow(
                    () => (round % 4 < 2 ? folder.Replace : (Action<byte[]>)folder.Overwrite)(next),
                    () => service.Model.Version > before && service.Model.LastError is null,
                    "a good file is served");
                replaced++;
            }
        }
        finally
        {
            await end.CancelAsync();
        }

        var counts = await Task.WhenAll(clients);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{counts.Sum(c => c.fromSmall)} + {counts.Sum(c => c.fromLarge)} answers, {replaced} models, "
            + $"{refused} broken files");
        Assert.All(counts, c => Assert.True(c.fromSmall + c.fromLarge > 0));
        Assert.True(counts.Sum(c => c.fromSmall) > 0 && counts.Sum(c => c.fromLarge) > 0);

        async Task Follow(Action replace, Func<bool> followed, string what)
        {
            replace();
            await Eventually.True(() => followed() || clients.Any(c => c.IsFaulted), what);
            foreach (var faulted in clients.Where(c => c.IsFaulted))
                await faulted;
        }
    }

    // What the service says while nothing is replaced, checked against a prediction engine of ML.NET's.
    private static async Task<Dictionary<string, string>> Answers(ModelFolder folder, byte[] model)
    {
        folder.Replace(model);
        var context = new MLContext();
        var engine =
            context.Model.CreatePredictionEngine<TextDocument, TextTopics>(context.Model.Load(folder.File, out _));
        await using var service = await RunningService.Start(folder.File);
        var answers = new Dictionary<string, string>();
        foreach (var text in TopicModels.Instance.Texts)
        {
            var answer = await service.Answer(text);
            var weights = engine.Predict(new TextDocument { Text = text }).Topics;
            Assert.NotEmpty(answer.Topics);
            Assert.All(answer.Topics, topic => Assert.Equal(weights[topic.Topic - 1], topic.Weight));
            Assert.Equal(weights.Where(w => w > 0).Order().TakeLast(5).Reverse(), answer.Topics.Select(t => t.Weight));
            answers[text] = Text(answer);
        }
        return answers;
    }

    private static string Text(TopicAnswer answer) =>
        string.Join("; ", answer.Topics.Select(t => $"{t.Topic}: {t.Weight:R} {string.Join(' ', t.Words)}"));
}
