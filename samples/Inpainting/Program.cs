using System.Diagnostics;
using System.Globalization;
using Inpainting;
using Nmf;

const string usage = """
    Restores a picture of which half the pixels are missing, with a dictionary learnt from the pixels that are left.

      dotnet run -c Release --project samples/Inpainting [-- options]

      --picture FILE    a JPEG or PNG file; without it the sample paints its own picture
      --missing SHARE   share of the pixels that are removed, between 0 and 1 (0.5)
      --rank K          number of components (20)
      --report FILE     where the pictures are written (artifacts/inpainting.html)
      --help            this text
    """;
const int seed = 1;
const int largestSide = 320;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string? file = null;
var (missing, rank, report) = (0.5, 20, Path.Combine("artifacts", "inpainting.html"));
for (var i = 0; i < args.Length; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    var understood = args[i] switch
    {
        "--help" => true,
        "--picture" => File.Exists(file = value),
        "--missing" => double.TryParse(value, out missing) && missing is > 0 and < 1,
        "--rank" => int.TryParse(value, out rank) && rank > 0,
        "--report" => (report = value).Length > 0,
        _ => false,
    };
    if (args[i] == "--help")
    {
        Console.WriteLine(usage);
        return 0;
    }

    if (!understood)
    {
        Console.Error.WriteLine($"The option \"{args[i]} {value}\" is not understood, or there is no such file. Try --help.");
        return 2;
    }

    i++;
}

var truth = file is null ? Picture.Town(288, 192) : Picture.Load(file, largestSide);
var holes = truth.WithHoles(missing, seed);
var clock = Stopwatch.StartNew();
var restoration = new PatchRestoration(holes, step: 2);
var options = new NmfOptions { Rank = rank, Beta = BetaDivergence.Euclidean, MaximumIterations = 100, Seed = seed };
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

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(report))!);
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
