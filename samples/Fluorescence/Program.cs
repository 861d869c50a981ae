using System.Diagnostics;
using Fluorescence;

return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand("Fluorescence", "Which dyes are in these mixtures, and how much of each?");
    var samplesOption = command.WholeNumber("--samples", "Number of mixtures", 12, least: 4, most: 1000);
    var seedOption = command.WholeNumber("--seed", "Seed of everything random", 1, least: 0);
    var folder = command.OutputFolder("Where fluorescence.html is written");
    if (command.Parse(args) is not { } asked)
        return;
    var (samples, seed) = (asked.GetValue(samplesOption), asked.GetValue(seedOption));
    var clock = Stopwatch.StartNew();
    var file = Path.Combine(ConsoleProgram.OutputFolder(asked.GetRequiredValue(folder)), "fluorescence.html");
    var mixtures = new Mixtures(samples, seed);
    Console.WriteLine(
        $"{samples} mixtures x {mixtures.Excitations.Length} excitations x {mixtures.Emissions.Length} emissions, "
        + $"{Format.Percent(mixtures.Counts.Count(double.IsNaN) / (double)mixtures.Counts.Length)} of the entries "
        + "missing.");
    Console.WriteLine();
    var ranks = Enumerable.Range(1, Mixtures.Dyes + 2).Select(rank => Study.Judge(mixtures, rank, seed)).ToArray();
    FluorescenceReport.Ranks(ranks).Print("  ");
    Console.WriteLine();

    var model = Study.FitTensor(mixtures.Tensor, Mixtures.Dyes, seed);
    var (tensor, matrix) = (Study.OfTensor(mixtures, model), Study.OfMatrix(mixtures, Mixtures.Dyes, seed));
    Console.WriteLine("Likeness to the truth (cosine):");
    FluorescenceReport.Comparison(tensor, matrix).Print("  ");
    FluorescenceReport.Create(mixtures, ranks, model, tensor, matrix).Save(file);
    Console.WriteLine();
    Console.WriteLine($"With pictures and spectra: {file} ({Format.Seconds(clock.Elapsed)}).");
});
