using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using MLNmf.Tests.Common;
using OnnxRates;

if (args.Length < 3)
{
    Console.Error.WriteLine(
        """
        OnnxRates DATA RANK BETA [ITERATIONS]
            DATA: FILE or FILE:COLUMNS, numbers between commas (.gz too; lines that begin with a digit);
            or counts, mixtures, spectra, which are made here
        """);
    return 2;
}

const int Block = 1000;
const int Singles = 300;
var (rank, beta) = (
    int.Parse(args[1], CultureInfo.InvariantCulture), double.Parse(args[2], CultureInfo.InvariantCulture));
var rows = DataRows.Read(args[0], 2 * Block);
var scored = rows.Take(Block).ToArray();
var context = new MLContext(seed: 1);
var view = DataRows.View(context, scored);
var options = new Microsoft.ML.Transforms.NmfEstimator.Options
{
    OutputColumnName = "H", InputColumnName = "Features", Rank = rank, Problem = beta, Seed = 1,
    Iterations = new() { MaximumIterations = 200 },
};
if (args.Length > 3)
    options.OnnxIterations = int.Parse(args[3], CultureInfo.InvariantCulture);
var model = context.Transforms.NonnegativeMatrixFactorization(options).Fit(DataRows.View(context, rows));
var watch = Stopwatch.StartNew();
var bytes = OnnxWriter.Convert(model, view, "H");
var export = watch.Elapsed.TotalMilliseconds;
var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.onnx");
File.WriteAllBytes(file, bytes);
try
{
    using var graph = new Graph(bytes, scored[0].Length, rank);
    var exported = graph.Run(scored);
    var (own, tight) = (Activations.Of(model, view), Activations.Converged(model, scored));
    Console.WriteLine(
        $"{args[0]}, {scored[0].Length} features, rank {rank}, beta {beta}: "
        + $"{bytes.Length / 1024.0:f0} kB, exported in {export:f0} ms");
    Console.WriteLine(
        "  difference from converged, of the largest activation of the row: "
        + $"graph {Activations.Worst(exported, tight):e1} (of 99 % of rows "
        + $"{Activations.Quantile(exported, tight, 0.99):e1}), transformer {Activations.Worst(own, tight):e1}");

    using var engine = context.Model.CreatePredictionEngine<InputRow, OutputRow>(model, view.Schema);
    var inputs = scored.Take(Singles).Select(row => new InputRow { Features = row }).ToArray();
    var (output, ones) = (new OutputRow(), scored.Take(Singles).Select(row => new[] { row }).ToArray());
    var onnx = context.Transforms.ApplyOnnxModel(
        ["H.output"], ["Features"], file, shapeDictionary: new Dictionary<string, int[]>
        {
            ["Features"] = [1, scored[0].Length],
        }, gpuDeviceId: null, fallbackToCpu: false).Fit(view);
    var few = DataRows.View(context, [.. scored.Take(Singles)]);
    double Micro(double seconds, int count) => seconds / count * 1e6;
    var single = Micro(Clock.Best(() =>
    {
        foreach (var input in inputs)
            engine.Predict(input, ref output);
    }), Singles);
    var singleGraph = Micro(Clock.Best(() =>
    {
        foreach (var one in ones)
            graph.Run(one);
    }), Singles);
    var rowsOnnx = Micro(Clock.Best(() => Activations.Touch(onnx.Transform(few), "H")), Singles);
    var rowsOwn = Micro(Clock.Best(() => Activations.Touch(model.Transform(few), "H")), Singles);
    var block = Micro(Clock.Best(() => Activations.Touch(model.Transform(view), "H")), Block);
    var blockGraph = Micro(Clock.Best(() => graph.Run(scored)), Block);
    Console.WriteLine("  microseconds a row, one thread each        library     graph     ratio");
    void Line(string what, double library, double other)
        => Console.WriteLine($"  {what,-42} {library,8:f2}  {other,8:f2}  {other / library,8:f1}");
    ResultLine.Write(
        Path.GetFileName(args[0]).Split('.')[0], rank, beta, bytes.Length,
        (Activations.Worst(exported, tight), Activations.Quantile(exported, tight, 0.99)),
        ("block", block, blockGraph), ("single", single, singleGraph), ("view", rowsOwn, rowsOnnx));
    Line("block of 1,000: Transform, OnnxRuntime", block, blockGraph);
    Line("single rows: PredictionEngine, OnnxRuntime", single, singleGraph);
    Line("view of 300: Transform, ApplyOnnxModel", rowsOwn, rowsOnnx);
}
finally
{
    File.Delete(file);
}

return 0;
