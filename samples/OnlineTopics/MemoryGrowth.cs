namespace OnlineTopics;

/// <summary>Peak memory of whole processes that fit to the texts once and to many times as many, from a stream
/// and in memory.</summary>
internal sealed record MemoryGrowth(IReadOnlyList<MemoryGrowth.Measurement> Measurements)
{
    private const int ManyTimes = 25;

    public static MemoryGrowth Measure(TextStream texts, CommandLine options)
    {
        var measurements = new List<Measurement>();
        foreach (var (kind, rounds) in new[] { (FitProcess.Stream, 1), (FitProcess.Memory, 2) })
        {
            foreach (var repetitions in new[] { 1, ManyTimes })
            {
                var (peak, elapsed) = new FitProcess(
                    kind, texts.File, repetitions, options.Topics, options.BatchSize, rounds, options.Seed).Run();
                measurements.Add(new Measurement(
                    kind, (long)texts.Earlier.Samples * repetitions, texts.Earlier.StoredEntries * repetitions, peak,
                    elapsed));
            }
        }

        return new MemoryGrowth(measurements);
    }

    public Table Table()
    {
        var table = new Table("fit", ">texts", ">word counts", ">peak of the process", ">time");
        foreach (var one in Measurements)
        {
            table.Add(
                one.Kind == FitProcess.Stream ? "stream, one pass" : "in memory, two iterations",
                Format.Count(one.Texts), Format.Count(one.Counts), Format.Size(one.Peak), Format.Seconds(one.Elapsed));
        }

        return table;
    }

    internal sealed record Measurement(string Kind, long Texts, long Counts, long Peak, TimeSpan Elapsed);
}
