using System.Diagnostics;
using System.Globalization;
using Inpainting;
using Nmf;

// Restores a picture of which half the pixels are missing, with a dictionary learnt from the pixels that are left.
//
//   dotnet run --project samples/Inpainting [-- --picture FILE] [--missing 0.5] [--rank K] [--report FILE.html]
//
// Without a file the sample paints its own picture.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Seed = 1;
const int LargestSide = 320;
var file = Option("--picture");
var missing = double.Parse(Option("--missing") ?? "0.5");
var rank = int.Parse(Option("--rank") ?? "20");
var report = Option("--report") ?? Path.Combine(AppContext.BaseDirectory, "inpainting.html");
if (file is not null && !File.Exists(file))
{
    Console.Error.WriteLine($"There is no file {file}.");
    return 1;
}

if (missing is not (> 0 and < 1))
{
    Console.Error.WriteLine("--missing is a number between 0 and 1.");
    return 1;
}

var truth = file is null ? Picture.Town(288, 192) : Picture.Load(file, LargestSide);
var holes = truth.WithHoles(missing, Seed);
var clock = Stopwatch.StartNew();
var restoration = new PatchRestoration(holes, step: 2);
var options = new NmfOptions { Rank = rank, Beta = BetaDivergence.Euclidean, MaximumIterations = 100, Seed = Seed };
var restored = restoration.Restore(options, out var model);
var seconds = clock.Elapsed.TotalSeconds;
using (model)
{
    Console.WriteLine(
        $"{truth.Width} x {truth.Height} pixels, {missing:P0} missing: {restoration.Patches} patches of {PatchRestoration.Side} x {PatchRestoration.Side}, "
        + $"{rank} components, {model.Report.Iterations} iterations, {seconds:F1} s.");
}

var (mean, neighbours) = (SimpleFilling.Mean(holes), SimpleFilling.Neighbours(holes));
Console.WriteLine();
Console.WriteLine("Filling with             PSNR");
Print("the mean colour", mean);
Print("the mean of neighbours", neighbours);
Print("a learnt dictionary", restored);

Report.Write(
    report,
    $"{missing:P0} of the pixels were removed at random. The dictionary was learnt from the {restoration.Patches} overlapping patches of what remained.",
    [
        ("The picture", "", truth),
        ("What is given", $"{missing:P0} of the pixels are missing", holes),
        ("The mean colour", Decibels(mean), mean),
        ("The mean of neighbours", Decibels(neighbours), neighbours),
        ("A learnt dictionary", $"{Decibels(restored)}, {rank} components, {seconds:F1} s", restored),
    ]);
Console.WriteLine();
Console.WriteLine($"The pictures: {report}");
return 0;

void Print(string name, Picture picture) => Console.WriteLine($"{name,-24}{Decibels(picture)}");

string Decibels(Picture picture) => $"{picture.PeakSignalToNoise(truth):F2} dB";

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
