using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using TopicModel.Pipeline;

namespace OnlineTopics;

/// <summary>A fit in a process of its own, which can be killed and whose memory can be told: this program,
/// called by itself.</summary>
/// <param name="Kind">Stream or memory.</param>
/// <param name="File">Word counts as a binary file of ML.NET.</param>
/// <param name="Repetitions">How often the texts are read one after the other, as if there were so many more.</param>
/// <param name="Topics">Rank.</param>
/// <param name="BatchSize">Texts of a batch.</param>
/// <param name="Rounds">Passes over the stream, or iterations in memory.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Checkpoint">Path of the checkpoint, or empty.</param>
/// <param name="Dictionary">Where the dictionary is written, topic by topic as float32 numbers, or empty.</param>
internal sealed record FitProcess(
    string Kind, string File, int Repetitions, int Topics, int BatchSize, int Rounds, int Seed, string Checkpoint = "",
    string Dictionary = "")
{
    public const string Verb = "--fit";
    public const string Stream = "stream";
    public const string Memory = "memory";

    private const string Peak = "peak ";

    /// <summary>Runs the fit to its end, or until a line of its progress is enough.</summary>
    /// <param name="killAt">Told every line; when it says so the process is killed, with whatever it is doing.</param>
    /// <returns>Its peak memory in bytes and its time, or null when it was killed.</returns>
    public (long PeakMemory, TimeSpan Elapsed)? RunUntil(Predicate<string> killAt)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(StartInfo())!;
        var errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Peak, StringComparison.Ordinal))
                peak = long.Parse(line[Peak.Length..], CultureInfo.InvariantCulture);
            if (!killAt(line))
                continue;
            process.Kill();
            process.WaitForExit();
            return null;
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? (peak, clock.Elapsed)
            : throw new InvalidOperationException($"The fit in a process of its own failed: {errors.Result}");
    }

    public (long PeakMemory, TimeSpan Elapsed) Run() => RunUntil(_ => false)!.Value;

    /// <summary>What the process does.</summary>
    public static void Run(string[] arguments)
    {
        var numbers = Array.ConvertAll(arguments[2..7], text => int.Parse(text, CultureInfo.InvariantCulture));
        var task = new FitProcess(
            arguments[0], arguments[1], numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], arguments[7],
            arguments[8]);
        var ml = new MLContext(task.Seed);
        ml.Log += (_, message) =>
        {
            if (message.RawMessage.StartsWith("Pass", StringComparison.Ordinal))
                Console.WriteLine(message.RawMessage);
        };
        var model = (task.Kind == Stream ? task.Online(ml) : task.InMemory(ml)).Model;
        if (task.Dictionary.Length > 0)
        {
            using var file = System.IO.File.Create(task.Dictionary);
            for (var k = 0; k < model.Rank; k++)
                file.Write(MemoryMarshal.AsBytes(model.GetComponent(k)));
        }

        Console.WriteLine(Peak + Process.GetCurrentProcess().PeakWorkingSet64.ToString(CultureInfo.InvariantCulture));
    }

    private NmfTransformer Online(MLContext ml) => ml.Transforms.OnlineNmf(new OnlineNmfEstimator.Options
    {
        OutputColumnName = "Topics",
        InputColumnName = WordCounts.Column,
        Rank = Topics,
        Beta = BetaDivergence.KullbackLeibler,
        Initialization = NmfInitialization.Random,
        BatchSize = BatchSize,
        Passes = Rounds,
        Tolerance = 0,

        // After every batch: a fit of hours would save every half minute, which is the default.
        Checkpoint = Checkpoint.Length > 0 ? new NmfCheckpoint(Checkpoint) { Interval = TimeSpan.Zero } : null,
    }).Fit(View(ml));

    private NmfTransformer InMemory(MLContext ml)
        => ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "Topics",
            InputColumnName = WordCounts.Column,
            Rank = Topics,
            Problem = BetaDivergence.KullbackLeibler,
            Initialization = NmfInitialization.Random,
            Iterations = new() { MaximumIterations = Rounds, Tolerance = 0 },
        }).Fit(View(ml));

    private IDataView View(MLContext ml)
    {
        var view = ml.Data.LoadFromBinary(File);
        if (Repetitions == 1)
            return view;
        var definition = SchemaDefinition.Create(typeof(CountsRow));
        definition[0].ColumnName = WordCounts.Column;
        definition[0].ColumnType = view.Schema[WordCounts.Column].Type;
        return ml.Data.LoadFromEnumerable(
            Enumerable.Repeat(view, Repetitions).SelectMany(again => again.GetColumn<VBuffer<float>>(WordCounts.Column)
                .Select(counts => new CountsRow { Counts = counts })), definition);
    }

    private ProcessStartInfo StartInfo()
    {
        var program = Environment.ProcessPath!;
        var info = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };

        // Run by "dotnet OnlineTopics.dll" the process is dotnet.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            info.ArgumentList.Add(typeof(FitProcess).Assembly.Location);
        string[] arguments =
        [Verb, Kind, File, .. new[] { Repetitions, Topics, BatchSize, Rounds, Seed }.Select(
            number => number.ToString(CultureInfo.InvariantCulture)), Checkpoint, Dictionary,
        ];
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        return info;
    }

    private sealed class CountsRow
    {
        public VBuffer<float> Counts { get; set; }
    }
}
