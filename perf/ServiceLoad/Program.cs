using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Http.Json;
using Microsoft.ML;
using Nmf;

// The service that samples/TopicService starts, under load from this machine:
//   dotnet run -c Release --project perf/ServiceLoad -- http://127.0.0.1:5000 [REQUESTS] [CONNECTIONS]
// and what telemetry costs a prediction of the model that samples/TopicModel saves:
//   dotnet run -c Release --project perf/ServiceLoad -- artifacts/topics.zip
if (args.Length == 0)
    throw new ArgumentException("Say where the service listens (http://127.0.0.1:5000), or name a model file.");
if (args[0].StartsWith("http", StringComparison.Ordinal))
    await Load(new Uri(args[0]), args.Length > 1 ? Number(args[1]) : 20_000, args.Length > 2 ? Number(args[2]) : 8);
else
    Predictions(args[0]);

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

static async Task Load(Uri service, int requests, int connections)
{
    if (!service.IsLoopback)
        throw new ArgumentException("Only a service on this machine is put under load.");
    using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections })
    {
        BaseAddress = service,
    };
    var texts = Texts();
    await Send(requests / 10);
    var started = Stopwatch.GetTimestamp();
    var times = await Send(requests);
    var elapsed = Stopwatch.GetElapsedTime(started);
    Array.Sort(times);
    Console.WriteLine(
        $"{requests / elapsed.TotalSeconds:0} requests a second over {connections} connections; "
        + $"median {At(0.5):0.00} ms, 99 % within {At(0.99):0.00} ms, the longest {At(1):0.00} ms");

    double At(double share) => 1e3 * times[(int)Math.Min(times.Length - 1, share * times.Length)];

    async Task<double[]> Send(int count)
    {
        var seconds = new double[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                var sent = Stopwatch.GetTimestamp();
                using var response = await client.PostAsJsonAsync("/topics", new { text = texts[i % texts.Length] });
                response.EnsureSuccessStatusCode();
                await response.Content.ReadAsByteArrayAsync();
                seconds[i] = Stopwatch.GetElapsedTime(sent).TotalSeconds;
            }
        })));
        return seconds;
    }
}

static void Predictions(string path)
{
    using var predictor = new NmfPredictor<Text, Topics>(
        "topics", new NmfPredictorOptions { Path = path, ReloadOnChange = false });
    using var model = predictor.Acquire();
    using var engine = new MLContext().Model.CreatePredictionEngine<Text, Topics>(model.Transformer);
    var text = new Text { Value = Texts()[0] };
    var output = new Topics();
    Action own = () => engine.Predict(text, ref output), served = () => predictor.Predict(text, ref output);
    // In turn, so that both see the same machine.
    double bare = double.MaxValue, quiet = double.MaxValue, listened = double.MaxValue;
    for (var round = 0; round < 15; round++)
    {
        bare = Math.Min(bare, Seconds(own));
        quiet = Math.Min(quiet, Seconds(served));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Meter.Name == NmfTelemetry.MeterName)
                meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        listener.Start();
        listened = Math.Min(listened, Seconds(served));
    }

    Console.WriteLine(
        $"A prediction: {1e6 * bare:0.0} µs by ML.NET's engine, {1e6 * quiet:0.0} by the predictor, "
        + $"{1e6 * listened:0.0} while somebody listens to its meters");

    static double Seconds(Action predict)
    {
        const int Times = 2000;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++)
            predict();
        return Stopwatch.GetElapsedTime(started).TotalSeconds / Times;
    }
}

static string[] Texts() =>
[
    "encrypt a file with a password and write it to a stream",
    "the time zone of a date and how long until midnight",
    "send a request to a web server over a secure connection",
    "a thread waits until another has released the lock",
    "multiply two matrices of numbers with vector instructions",
];

internal sealed class Text
{
    [Microsoft.ML.Data.ColumnName("Text")]
    public string Value { get; set; } = "";
}

internal sealed class Topics
{
    [Microsoft.ML.Data.ColumnName("Topics")]
    public float[] Values { get; set; } = [];
}
