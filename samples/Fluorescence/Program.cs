using System.Diagnostics;
using Fluorescence;

const string Usage = """
    Which dyes are in these mixtures, and how much of each?

    dotnet run -c Release --project samples/Fluorescence [-- options]

      --samples NUMBER  number of mixtures (12)
      --seed NUMBER     seed of everything random (1)
      --output FOLDER   where fluorescence.html is written (artifacts)
      --help            this text
    """;

return ConsoleProgram.Run(() =>
{
    var (samples, seed, folder) = (12, 1, "artifacts");
    var reader = new ArgumentReader(args);
    while (reader.NextOption() is { } name)
    {
        switch (name)
        {
            case "--samples": samples = reader.WholeNumber(4, 1000); break;
            case "--seed": seed = reader.WholeNumber(0); break;
            case "--output": folder = reader.Text(); break;
            case "--help": Console.WriteLine(Usage); return;
            default: throw reader.Unknown();
        }
    }

    var clock = Stopwatch.StartNew();
    var file = Path.Combine(ConsoleProgram.OutputFolder(folder), "fluorescence.html");
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
