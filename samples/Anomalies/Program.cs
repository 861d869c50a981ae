using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace Anomalies;

/// <summary>Spectra of a machine in which damaged bearings are to be found, with nobody having labelled any: robust
/// factorisation beside a plain one.</summary>
internal static class Program
{
    private const int Measurements = 300;
    private const double Share = 0.1;

    private static int Main(string[] arguments) => ConsoleProgram.Run(() =>
    {
        var command = new SampleCommand(
            "Anomalies",
            "Which spectra of a machine are unusual, and what does the machine sound like without them?");
        var seed = command.WholeNumber("--seed", "Seed of the measurements", 7, least: 0);
        var folder = command.OutputFolder("Where anomalies.html is written");
        if (command.Parse(arguments) is { } asked)
            Run(asked.GetValue(seed), ConsoleProgram.OutputFolder(asked.GetRequiredValue(folder)));
    });

    private static void Run(int seed, string folder)
    {
        var ml = new MLContext(seed: 1);
        var spectra = Machine.Measure(Measurements, Share, seed);
        var data = ml.Data.LoadFromEnumerable(spectra);
        Console.WriteLine(
            $"{Measurements} spectra of {Spectrum.Bands} bands, {spectra.Count(s => s.IsAnomalous)} of them with lines "
            + "of a damaged bearing. The labels are not shown to the factorisations.");

        var plain = ml.Transforms.NonnegativeMatrixFactorization(Options()).Fit(data);
        var plainVerdicts = Verdicts(ml, plain, data);

        // What is an outlier? More than a fit usually leaves over: λ is taken from the data.
        var options = Options();
        options.Problem = new RobustNmf(BetaDivergence.Euclidean);
        options.OutlierScoreColumnName = "Score";
        options.OutlierColumnName = "Unexplained";
        var robust = ml.Transforms.RobustNmf(options).Fit(data);
        var verdicts = Verdicts(ml, robust, data);
        var lambda = ((RobustNmf)robust.Model.Problem).Lambda!.Value;

        var scores = verdicts.Select(verdict => verdict.Score).ToArray();
        var comparisons = new[]
        {
            Ranking.Compare(
                "robust: size of the outlier part", robust.Model, spectra, scores,
                [.. verdicts.Select(verdict => verdict.Loads)]),
            Ranking.Compare(
                "plain: size of the residual", plain.Model, spectra,
                [.. plainVerdicts.Select((verdict, n) => Residual(spectra[n], verdict))],
                [.. plainVerdicts.Select(verdict => verdict.Loads)]),
        };
        AnomalyReport.ComparisonTable(comparisons).Print("  ");
        Console.WriteLine(AnomalyReport.Conclusion(comparisons));

        // Unseen measurements go through the same transformer, one by one if need be.
        var fresh = Machine.Measure(200, Share, seed + 1);
        var freshScores = Verdicts(ml, robust, ml.Data.LoadFromEnumerable(fresh))
            .Select(verdict => verdict.Score).ToArray();
        Console.WriteLine(
            "200 new spectra: area under curve "
            + $"{Format.Figure(Ranking.Area(freshScores, [.. fresh.Select(spectrum => spectrum.IsAnomalous)]), 4)} by "
            + "the robust score.");

        var file = Path.Combine(folder, "anomalies.html");
        AnomalyReport.Create(comparisons, lambda, spectra, verdicts, robust.Model, plain.Model).Save(file);
        Console.WriteLine($"All of this, with pictures: {file}");
    }

    private static NmfEstimator.Options Options() => new()
    {
        OutputColumnName = "Loads", InputColumnName = "Power", ReconstructionColumnName = "Model",
        Rank = Machine.Sources, Initialization = Nmf.NmfInitialization.Random, Starts = 5,
        Iterations = new() { MaximumIterations = 1000 },
    };

    private static Verdict[] Verdicts(MLContext ml, NmfTransformer model, IDataView data)
    {
        // The measurements have a column Loads of their own, the truth; the transformer's hides it.
        var output = model.Transform(data);
        return [.. ml.Data.CreateEnumerable<Verdict>(output, reuseRowObject: false, ignoreMissingColumns: true)];
    }

    private static float Residual(Spectrum spectrum, Verdict verdict)
        => (float)Math.Sqrt(spectrum.Power.Zip(verdict.Model, (v, y) => Math.Pow(v - y, 2)).Sum());
}
