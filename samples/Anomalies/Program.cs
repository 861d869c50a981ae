using Anomalies;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf.Kernels;

// Spectra of a machine in which damaged bearings are to be found, with nobody having labelled any: robust factorisation against the residual of a plain one.
const int measurements = 300;
const double share = 0.1;
const double lambda = 1;

if (args is not ([] or ["--report", _]))
{
    Console.WriteLine("dotnet run -c Release --project samples/Anomalies [-- --report FILE]    FILE: artifacts/anomalies.html");
    return args is ["--help"] ? 0 : 2;
}

var report = args is ["--report", var path] ? path : Path.Combine("artifacts", "anomalies.html");
var ml = new MLContext(seed: 1);
var spectra = Machine.Measure(measurements, share, seed: 7);
var data = ml.Data.LoadFromEnumerable(spectra);
var planted = spectra.Count(spectrum => spectrum.IsAnomalous);
Console.WriteLine($"{measurements} spectra of {Spectrum.Bands} bands, {planted} of them with lines of a damaged bearing. The labels are not shown to the factorisations.");

var robust = ml.Transforms.RobustNmf(new NmfEstimator.Options
{
    OutputColumnName = "Loads",
    InputColumnName = "Power",
    ReconstructionColumnName = "Model",
    OutlierScoreColumnName = "Score",
    OutlierColumnName = "Unexplained",
    Rank = Machine.Sources,
    Outliers = new OutlierPenalty(lambda),
    MaximumNumberOfIterations = 1000,
}).Fit(data);
var plain = ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
{
    OutputColumnName = "Loads",
    InputColumnName = "Power",
    ReconstructionColumnName = "Model",
    Rank = Machine.Sources,
    MaximumNumberOfIterations = 1000,
}).Fit(data);

var verdicts = ml.Data.CreateEnumerable<Verdict>(robust.Transform(data), reuseRowObject: false).ToArray();
var residuals = ml.Data.CreateEnumerable<Verdict>(plain.Transform(data), reuseRowObject: false, ignoreMissingColumns: true)
    .Select((verdict, n) => (float)Math.Sqrt(verdict.Model.Zip(spectra[n].Power, (m, v) => Math.Pow(v - m, 2)).Sum())).ToArray();
var scores = verdicts.Select(verdict => verdict.Score).ToArray();
var truth = spectra.Select(spectrum => spectrum.IsAnomalous).ToArray();

var rows = new[]
{
    new Comparison("Robust: size of the outlier part", Ranking.Precision(scores, truth, planted), Ranking.Area(scores, truth), Ranking.Recovery(robust.Model)),
    new Comparison("Plain: size of the residual", Ranking.Precision(residuals, truth, planted), Ranking.Area(residuals, truth), Ranking.Recovery(plain.Model)),
};
foreach (var row in rows)
    Console.WriteLine($"{row.Name,-34} precision at {planted}: {row.Precision:P1}   area under curve: {row.Area:F4}   sounds recovered (mean cosine): {row.Recovery:F4}");

// Unseen measurements go through the same transformer, one by one if need be.
var fresh = Machine.Measure(200, share, seed: 8);
var freshScores = ml.Data.CreateEnumerable<Verdict>(robust.Transform(ml.Data.LoadFromEnumerable(fresh)), reuseRowObject: false).Select(verdict => verdict.Score).ToArray();
var freshTruth = fresh.Select(spectrum => spectrum.IsAnomalous).ToArray();
Console.WriteLine($"200 new spectra: area under curve {Ranking.Area(freshScores, freshTruth):F4}.");

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(report))!);
var worst = Enumerable.Range(0, scores.Length).OrderByDescending(n => scores[n]).Take(3).ToArray();
File.WriteAllText(report, Report.Render(rows, planted, worst.Select(n => (spectra[n], verdicts[n])), scores, truth));
Console.WriteLine($"Report: {report}");
return 0;
