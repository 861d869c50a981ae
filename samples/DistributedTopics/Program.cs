using System.Diagnostics;
using System.Globalization;
using DistributedTopics;
using Microsoft.Extensions.Hosting;
using Nmf;
using Nmf.Distributed;
using Nmf.Kernels;

const string usage = """
    Topics of texts in shards: two silos in this process, and the same fit without silos, to the same bits.

      dotnet run -c Release --project samples/DistributedTopics [-- options]

      --texts FILE        a text per line (titles of papers of ../shared/data, or made-up texts)
      --shards NUMBER     shards (8)
      --topics NUMBER     topics (10)
      --iterations NUMBER iterations (60)
      --silo NUMBER       be a silo, 0 for the first, until it is stopped
      --client NUMBER     fit on so many silos that run already; prints a mark of the bits
      --alone             fit without silos; prints the same mark
      --threads NUMBER    threads of a silo that compute (one per processor)
      --folder FOLDER     where silos keep fits and checkpoints (a temporary folder)
      --help              this text

    four-processes.sh starts four silos and a client, kills a silo on the way, and compares the marks.
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return ConsoleProgram.Run(() =>
{
    var (texts, shards, topics, iterations) = (SharedData.Find("text", "m10", "corpus.tsv") ?? "", 8, 10, 60);
    var (folder, threads) = (Path.Combine(Path.GetTempPath(), "distributed-topics"), (int?)null);
    var (silo, client, isAlone) = ((int?)null, (int?)null, false);
    var reader = new ArgumentReader(args);
    while (reader.NextOption() is { } name)
    {
        switch (name)
        {
            case "--texts":
                texts = reader.Text();
                break;
            case "--shards":
                shards = reader.WholeNumber(1, 1000);
                break;
            case "--topics":
                topics = reader.WholeNumber(1, 500);
                break;
            case "--iterations":
                iterations = reader.WholeNumber(1, 100_000);
                break;
            case "--silo":
                silo = reader.WholeNumber(0, 100);
                break;
            case "--client":
                client = reader.WholeNumber(1, 100);
                break;
            case "--alone":
                isAlone = true;
                break;
            case "--threads":
                threads = reader.WholeNumber(1, 1000);
                break;
            case "--folder":
                folder = reader.Text();
                break;
            case "--help":
                Console.WriteLine(usage);
                return;
            default:
                throw reader.Unknown();
        }
    }

    var address = $"{texts}|{shards}";
    var options = new NmfOptions
    {
        Rank = topics, Problem = BetaDivergence.KullbackLeibler, Seed = 1,
        Iterations = new() { MaximumIterations = iterations, Tolerance = 0 },
    };
    if (silo is { } number)
        BeSiloAsync(number, folder, threads).GetAwaiter().GetResult();
    else if (client is { } silos)
        PrintMark(FitOnAsync(silos, address, options).GetAwaiter().GetResult());
    else if (isAlone)
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
