#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
#:sdk Microsoft.NET.Sdk.Web
// A served model that is watched: whether it is healthy, and whether the texts have drifted. What its meters tell goes
// to whoever listens: with OpenTelemetry, AddMeter(NmfTelemetry.MeterName).
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.ML;
using Nmf;

var path = Path.Combine(Path.GetTempPath(), "watched.zip");
SaveModel();
var services = new ServiceCollection().AddLogging()
    .AddNmfPredictor<Document, Topics>("topics", path)
    .AddNmfDriftMonitor("topics", drift =>
    {
        (drift.Every, drift.Window, drift.FewestRows) = (1, 50, 20);
        (drift.WordsColumn, drift.LargestUnseenShare) = ("Words", 0.3);
    });
services.AddHealthChecks().AddNmfHealthCheck("topics");
await using var provider = services.BuildServiceProvider();

await Serve("Texts like those of the training", "dough bread oven");
await Serve("Texts of another kind", "bread tensor gradient kernel");

async Task Serve(string what, string text)
{
    using var model = provider.GetRequiredService<NmfPredictor<Document, Topics>>().Acquire();
    var (monitor, document) = (provider.GetRequiredKeyedService<NmfDriftMonitor>("topics"), new Document(text));
    for (var i = 0; i < 50; i++)
    {
        model.Predict(document);
        monitor.Observe(model, document);
    }

    var health = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
    Console.WriteLine($"{what}: {health.Status}. {health.Entries["topics"].Description}");
}

void SaveModel()
{
    string[] words = ["flour", "dough", "oven", "bread", "sail", "wind", "wave", "boat"];
    var (ml, random) = (new MLContext(seed: 1), new Random(1));
    var texts = Enumerable.Range(0, 60).Select(n => new Document(
        string.Join(' ', Enumerable.Range(0, 6).Select(_ => words[(4 * (n % 2)) + random.Next(4)]))));
    var data = ml.Data.LoadFromEnumerable(texts);
    var model = ml.Transforms.Text.TokenizeIntoWords("Words", "Text")
        .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
        .Append(ml.Transforms.NonnegativeMatrixFactorization(
            "Activations", "Counts", rank: 2, beta: BetaDivergence.KullbackLeibler))
        .Fit(data);
    ml.Model.Save(model, data.Schema, path);
}

record Document(string Text);

class Topics
{
    public float[] Activations { get; set; } = [];
}
