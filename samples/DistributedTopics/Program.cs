using System.Diagnostics;
using System.Globalization;
using DistributedTopics;
using Microsoft.Extensions.Hosting;
using Nmf;
using Nmf.Distributed;
using Nmf.Kernels;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand(
        "DistributedTopics",
        """
        Topics of texts in shards: two silos in this process, and the same fit without silos, to the same bits.
        four-processes.sh starts four silos and a client, kills a silo on the way, and compares the marks.
        """);
    var texts = command.Text(
        "--texts", "FILE", "A text per line [default: titles of papers of ../shared/data, or made-up texts]");
    var shards = command.WholeNumber("--shards", "Shards", 8, least: 1, most: 1000);
    var topics = command.WholeNumber("--topics", "Topics", 10, least: 1, most: 500);
    var iterations = command.WholeNumber("--iterations", "Iterations", 60, least: 1, most: 100_000);
    var silo = command.WholeNumber(
        "--silo", "Be a silo, 0 for the first, until it is stopped", least: 0, most: 100);
    var client = command.WholeNumber(
        "--client", "Fit on so many silos that run already; prints a mark of the bits", least: 1, most: 100);
    var alone = command.Flag("--alone", "Fit without silos; prints the same mark");
    var threadsOption = command.WholeNumber(
        "--threads", "Threads of a silo that compute [default: one per processor]", least: 1, most: 1000);
    var folder = command.Text(
        "--folder", "FOLDER", "Where silos keep fits and checkpoints",
        Path.Combine(Path.GetTempPath(), "distributed-topics"));
    if (command.Parse(args) is not { } asked)
        return;
    var threads = asked.GetValue(threadsOption);
    var address = $"{asked.GetValue(texts) ?? SharedData.Find("text", "m10", "corpus.tsv")}|{asked.GetValue(shards)}";
    var options = new NmfOptions
    {
        Rank = asked.GetValue(topics), Problem = BetaDivergence.KullbackLeibler, Seed = 1,
        Iterations = new() { MaximumIterations = asked.GetValue(iterations), Tolerance = 0 },
    };
    if (asked.GetValue(silo) is { } number)
        BeSiloAsync(number, asked.GetRequiredValue(folder), threads).GetAwaiter().GetResult();
    else if (asked.GetValue(client) is { } silos)
        PrintMark(FitOnAsync(silos, address, options).GetAwaiter().GetResult());
    else if (asked.GetValue(alone))
        PrintMark(FitAlone(address, options));
    else
        CompareAsync(address, options, threads).GetAwaiter().GetResult();
});

static async Task BeSiloAsync(int number, string folder, int? threads)
{
    using var host = await Silos.StartAsync(number, folder, threads);
    Console.WriteLine($"Silo {number} runs.");
    await host.WaitForShutdownAsync();   // Ctrl+C and SIGTERM
}

static async Task<NmfModel<float>> FitOnAsync(int silos, string address, NmfOptions options)
{
    using var host = await Silos.ConnectAsync(silos);
    var last = -1;
    var model = await host.Nmf().FitAsync(
        $"topics {Guid.NewGuid():N}", "texts", address, options, new Watch(status =>
        {
            if (status.Iteration == last || status.State != FitState.Running)
                return;
            last = status.Iteration;
            Console.WriteLine(
                $"iteration {status.Iteration}, objective {status.Objective:F0}"
                + (status.Failures > 0 ? $", begun again {status.Failures} times" : ""));
        }));
    await host.StopAsync();
    return model;
}

static NmfModel<float> FitAlone(string address, NmfOptions options)
{
    var source = new TextShards();
    var (corpus, starts) = (source.Of(address), source.Boundaries(address));
    return NmfFactorizer.Fit(
        NmfData<float>.FromMatrix(corpus.Counts(0, corpus.Texts.Length)),
        options with { Shards = NmfShards.Of(starts.Count - 1) });
}

static async Task CompareAsync(string address, NmfOptions options, int? threads)
{
    var folder = Directory.CreateTempSubdirectory();
    try
    {
        var source = new TextShards();
        var corpus = source.Of(address);
        Console.WriteLine(
            $"{corpus.Texts.Length} texts, {corpus.Words.Length} words, {source.Boundaries(address).Count - 1} shards");
        var clock = Stopwatch.StartNew();
        var alone = FitAlone(address, options);
        Console.WriteLine($"Without silos: objective {alone.Objective:F2}, {clock.Elapsed.TotalSeconds:F1} s");

        using var first = await Silos.StartAsync(0, folder.FullName, threads ?? 1);
        using var second = await Silos.StartAsync(1, folder.FullName, threads ?? 1);
        clock.Restart();
        var model = await first.Nmf().FitAsync("topics", "texts", address, options);
        Console.WriteLine($"Two silos: objective {model.Objective:F2}, {clock.Elapsed.TotalSeconds:F1} s");
        var isSame = alone.Dictionary.ToRowMajor().AsSpan().SequenceEqual(model.Dictionary.ToRowMajor());
        Console.WriteLine($"The same bits: {(isSame ? "yes" : "no")}");
        for (var k = 0; k < Math.Min(10, model.Dictionary.Columns); k++)
        {
            var topic = k;
            var words = Enumerable.Range(0, corpus.Words.Length).OrderByDescending(f => model.Dictionary[f, topic])
                .Take(6).Select(f => corpus.Words[f]);
            Console.WriteLine($"  {string.Join(", ", words)}");
        }

        await second.StopAsync();
        await first.StopAsync();
        if (!isSame)
            throw new UserErrorException("The bits are not the same.");
    }
    finally
    {
        folder.Delete(true);
    }
}

// Of the dictionary and of the path to it.
static void PrintMark(NmfModel<float> model)
{
    var bytes = model.Dictionary.ToRowMajor().SelectMany(BitConverter.GetBytes).Concat(
        model.Report.History.SelectMany(point => BitConverter.GetBytes(point.Objective))).ToArray();
    Console.WriteLine(
        $"objective {model.Objective:R}, bits {Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(bytes))[..16]}");
}

internal sealed class Watch(Action<DistributedFitStatus> action) : IProgress<DistributedFitStatus>
{
    public void Report(DistributedFitStatus value) => action(value);
}
