using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MeasuresOfFit;

/// <summary>Which measure of fit for which noise: the same parts, observed in five ways, and looked for by six
/// measures, one of them written here.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        var command = new SampleCommand("MeasuresOfFit", "Which measure of fit for which noise?");
        var draws = command.WholeNumber("--draws", "Data sets per noise", 6, least: 2, most: 1000);
        var seed = command.WholeNumber("--seed", "Seed of everything random", 1, least: 0);
        var folder = command.OutputFolder("Where measures-of-fit.html and the stored model are written");
        if (command.Parse(arguments) is { } asked)
            Run(asked.GetValue(draws), asked.GetValue(seed), asked.GetRequiredValue(folder));
    });

    private static void Run(int draws, int seed, string folder)
    {
        var clock = Stopwatch.StartNew();
        var output = ConsoleProgram.OutputFolder(folder);
        Console.WriteLine(
            $"{Truth.Rank} overlapping parts of {Truth.Features} features, observed with five kinds of noise, "
            + $"{draws} data sets each; how near does each measure of fit come to the parts?");
        Console.WriteLine();
        var study = Study.Run(draws, seed);
        MeasuresReport.AngleTable(study).Print();
        Console.WriteLine();
        Console.WriteLine(MeasuresReport.Legend);
        Console.WriteLine();
        var survey = NoiseStudy.Run(draws, seed);
        Console.WriteLine("Which noise do the data have? The survey of measures, which is not told:");
        Console.WriteLine();
        survey.ToTable().Print();
        Console.WriteLine();
        Console.WriteLine(MeasuresReport.SurveyLegend);
        Console.WriteLine();
        Console.WriteLine(StoreAndLoad(Path.Combine(output, "negative-binomial.zip"), seed));
        var file = Path.Combine(output, "measures-of-fit.html");
        MeasuresReport.Create(study, survey, draws).Save(file);
        Console.WriteLine($"All of this, with pictures: {file} ({Format.Seconds(clock.Elapsed)})");
    }

    /// <summary>A model with a measure of one's own is stored by its name, and loaded where the assembly of the measure
    /// is registered.</summary>
    private static string StoreAndLoad(string path, int seed)
    {
        var truth = new Truth(250, new Random(seed));
        var rows = Study.Draw(Noise.All[2], truth, new Random(seed));
        var ml = new MLContext(seed);
        var view = ml.Data.LoadFromEnumerable(rows);
        var model = Study.Fit(ml, Candidate.All[4], rows);
        ml.Model.Save(model, view.Schema, path);

        var other = new MLContext();
        other.ComponentCatalog.RegisterAssembly(typeof(NegativeBinomialGenerator).Assembly);
        var loaded = other.Model.Load(path, out _);
        var same = Parts(ml, model.Transform(view)).SequenceEqual(Parts(other, loaded.Transform(view)));
        return same
            ? "The model with the measure of this sample was stored, loaded in another context, "
                + "and gave the same activations to the bit."
            : throw new InvalidOperationException(
                "The loaded model gives other activations than the one that was stored.");
    }

    private static IEnumerable<float> Parts(MLContext ml, IDataView view)
        => ml.Data.CreateEnumerable<Activations>(view, reuseRowObject: false, ignoreMissingColumns: true)
            .SelectMany(row => row.Parts);

    private sealed class Activations
    {
        public float[] Parts { get; set; } = [];
    }
}
