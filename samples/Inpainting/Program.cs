using System.Diagnostics;
using Inpainting;

const int seed = 1;

return ConsoleProgram.Run(() =>
{
    var command = new SampleCommand(
        "Inpainting",
        """
        Restores a picture of which half the pixels are missing: a smooth filling, and what dictionaries learnt from the
        patches of the picture say beyond it.
        """);
    var pictureOption = command.ExistingFile(
        "--picture", "FILE", "A JPEG or PNG file; without it the sample paints its own picture");
    var largest = command.WholeNumber(
        "--largest",
        "Makes a picture smaller whose larger side has more pixels; without it pictures stay as they are", least: 16);
    var missingOption = command.Number(
        "--missing", "SHARE", "Share of the pixels that are removed", 0.5, least: 0.01, most: 0.99);
    var rankOption = command.WholeNumber("--rank", "Number of components", 30, least: 1, most: 1000);
    var reportOption = command.Text(
        "--report", "FILE", "Where the pictures are written; the restored one lies beside it",
        Path.Combine("artifacts", "inpainting.html"));
    if (command.Parse(args) is not { } asked)
        return;
    var (missing, rank) = (asked.GetValue(missingOption), asked.GetValue(rankOption));
    var report = asked.GetRequiredValue(reportOption);
    var truth = asked.GetValue(pictureOption) is { } file
        ? Picture.Load(file, asked.GetValue(largest))
        : Picture.Town(288, 192);
    var holes = truth.WithHoles(missing, seed);
    var clock = Stopwatch.StartNew();
    var restored = Restoration.Of(holes, rank, seed);
    var seconds = clock.Elapsed.TotalSeconds;
    Console.WriteLine(
        $"{truth.Width} x {truth.Height} pixels, {missing:P0} missing, {rank} components, {seconds:F1} s");

    (string Name, Picture Picture)[] fillings =
    [
        ("the mean colour", SimpleFilling.Mean(holes)), ("the mean of neighbours", SimpleFilling.Neighbours(holes)),
        ("biharmonic filling", restored.Smooth),
        .. Restoration.Sides.Select((side, i) => ($"patches of {side} x {side}", restored.Patches[i])),
        ("both combined", restored.Picture),
    ];
    Console.WriteLine();
    Console.WriteLine("Filling with             PSNR");
    foreach (var (name, picture) in fillings)
        Console.WriteLine($"{name,-25}{Decibels(picture)}");
    var verdict = $"Weights, chosen on pixels held out: biharmonic {restored.Weights[0]:F2}, " + string.Join(
        ", ", Restoration.Sides.Select((side, i) => $"patches of {side} x {side} {restored.Weights[i + 1]:F2}")) + "."
        + (restored.Weights[0] > 0.95 ? " Patches do not help here: use the biharmonic filling." : "");
    Console.WriteLine(verdict);

    var page = new HtmlPage(
        "A picture of which pixels are missing, restored",
        $"{missing:P0} of the pixels were removed at random. The dictionaries were learnt from overlapping patches of "
        + $"what remained, {rank} components each. {verdict}");
    page.Section("What is given, and what fills it", Html.Note(
        "PSNR, the peak signal-to-noise ratio, compares a filling with the picture: 10 log10 of 1 over the mean square "
        + "error, in decibels, for colours from 0 to 1. Higher is better; 3 dB more is half of the square error. "
        + "Look at the edges of houses and at the windows: smooth fillings blur them, patches sharpen them."),
        Html.SideBySide(
        fillings.Select(filling => Figure(filling.Name, $"PSNR {Decibels(filling.Picture)}", filling.Picture))
            .Prepend(Figure("what is given", $"{missing:P0} of the pixels are missing (black)", holes))
            .Prepend(Figure("the picture", "what is to be found", truth))));
    page.Save(report);
    var output = Path.ChangeExtension(report, ".png");
    restored.Picture.Save(output);
    Console.WriteLine();
    Console.WriteLine($"The pictures: {report}; the restored one alone: {output}");

    string Decibels(Picture picture) => $"{picture.PeakSignalToNoise(truth):F2} dB";
});

static string Figure(string title, string note, Picture picture)
    => Html.Picture(picture.ToDataUri(), title, title, note);
