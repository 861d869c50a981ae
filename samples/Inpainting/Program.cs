using System.Diagnostics;
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

return ConsoleProgram.Run(() =>
{
    string? file = null;
    var (missing, rank, report) = (0.5, 20, Path.Combine("artifacts", "inpainting.html"));
    var reader = new ArgumentReader(args);
    while (reader.NextOption() is { } name)
    {
        switch (name)
        {
            case "--picture":
                file = reader.ExistingFile();
                break;
            case "--missing":
                missing = reader.Number(0.01, 0.99);
                break;
            case "--rank":
                rank = reader.WholeNumber(1, 1000);
                break;
            case "--report":
                report = reader.Text();
                break;
            case "--help":
                Console.WriteLine(usage);
                return;
            default:
                throw reader.Unknown();
        }
    }

    var truth = file is null ? Picture.Town(288, 192) : Picture.Load(file, largestSide);
    var holes = truth.WithHoles(missing, seed);
    var clock = Stopwatch.StartNew();
    var restoration = new PatchRestoration(holes, step: 2);
    var options = new NmfOptions
    {
        Rank = rank, Problem = BetaDivergence.Euclidean, Iterations = new() { MaximumIterations = 100 }, Seed = seed
    };
    var restored = restoration.Restore(options, out var model);
    var seconds = clock.Elapsed.TotalSeconds;
    Console.WriteLine(
        $"{truth.Width} x {truth.Height} pixels, {missing:P0} missing: "
        + $"{restoration.Patches} patches of {PatchRestoration.Side} x {PatchRestoration.Side}, {rank} components, "
        + $"{model.Report.Iterations} iterations, {seconds:F1} s.");

    var (mean, neighbours) = (SimpleFilling.Mean(holes), SimpleFilling.Neighbours(holes));
    Console.WriteLine();
    Console.WriteLine("Filling with             PSNR");
    Print("the mean colour", mean);
    Print("the mean of neighbours", neighbours);
    Print("a learnt dictionary", restored);

    var page = new HtmlPage(
        "Half of a picture, restored",
        $"{missing:P0} of the pixels were removed at random. "
        + $"The dictionary was learnt from the {restoration.Patches} overlapping patches of what remained.");
    page.Section("", Html.SideBySide(
        Figure("The picture", "", truth),
        Figure("What is given", $"{missing:P0} of the pixels are missing", holes),
        Figure("The mean colour", Decibels(mean), mean),
        Figure("The mean of neighbours", Decibels(neighbours), neighbours),
        Figure(
            "A learnt dictionary", $"{Decibels(restored)}, {rank} components, {Format.Figure(seconds, 1)} s",
            restored)));
    page.Save(report);
    Console.WriteLine();
    Console.WriteLine($"The pictures: {report}");

    void Print(string name, Picture picture) => Console.WriteLine($"{name,-24}{Decibels(picture)}");

    string Decibels(Picture picture) => $"{picture.PeakSignalToNoise(truth):F2} dB";
});

static string Figure(string title, string note, Picture picture)
    => Html.Picture(picture.ToDataUri(), title, title, note);
