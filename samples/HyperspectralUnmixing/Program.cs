using HyperspectralUnmixing;
using Nmf.Hyperspectral;

return ConsoleProgram.Run(() =>
{
    if (Options.Parse(args) is not { } options)
        return;

    try
    {
        Run(options);
    }
    catch (Exception e) when (e is EnviFormatException or FormatException or FileNotFoundException
        || (options.Cube is not null && e is ArgumentException))
    {
        throw new UserErrorException(e.Message);
    }
});

static void Run(Options options)
{
    var folder = ConsoleProgram.OutputFolder(options.Output);
    var scene = options.Cube is null ? WriteScene(options, folder) : null;
    var cubePath = options.Cube ?? Path.Combine(folder, "scene.hdr");
    var unmixing = Unmixing.Run(cubePath, options, Path.Combine(folder, "abundances.hdr"));
    var truth = scene is null ? Truth.Read(options, unmixing) : new Truth(scene.Endmembers, scene.Abundances);
    Console.WriteLine(
        $"{unmixing.Header.Lines} x {unmixing.Header.Samples} pixels, {Format.Count(unmixing.Pixels)} with data, "
        + $"{unmixing.Bands.Count} of {unmixing.Header.Bands} bands, {options.Materials} materials: "
        + $"{unmixing.Iterations} iterations in {Format.Seconds(unmixing.FitTime)}, maps in "
        + $"{Format.Seconds(unmixing.MapTime)}; {Format.Percent(unmixing.ExplainedPart)} better than a constant.");
    if (unmixing.Estimate is { } estimate)
        Console.WriteLine(
            $"HySime estimates {estimate.Endmembers} materials and a signal-to-noise ratio of "
            + $"{Format.Figure(estimate.SignalToNoiseRatio, 1)} dB.");

    var accuracy = truth is null
        ? null
        : Accuracy.Of(truth.Endmembers, unmixing.Endmembers, truth.Abundances, unmixing.Abundances);
    var names = Names(unmixing, truth, accuracy);
    if (truth is not null && accuracy is not null)
    {
        Console.WriteLine();
        UnmixingReport.AccuracyTable(truth, accuracy).Print("  ");
        Console.WriteLine(
            $"  Mean angle {Format.Figure(accuracy.MeanDegrees, 2)} degrees" + (double.IsNaN(accuracy.AbundanceError)
                ? "."
                : $", error of the abundances {Format.Figure(accuracy.AbundanceError, 4)}."));
    }

    WriteResults(folder, unmixing, names);
    var preview = Preview(cubePath, folder);
    var report = new UnmixingReport(options, unmixing, preview, names, truth, accuracy);
    if (scene is not null)
    {
        var main = Enumerable.Range(0, scene.Side * scene.Side)
            .Select(n => accuracy!.ComponentOf[Main(scene.Abundances, n, options.Materials)]).ToArray();
        var land = LandCover.Run(cubePath, unmixing, main, Path.Combine(folder, "land-cover.zip"), options.Seed);
        Console.WriteLine();
        Console.WriteLine(
            $"Pipeline spectrum -> abundances -> class, trained with {land.Labelled} labelled pixels, "
            + $"saved and loaded: {Format.Percent(land.Accuracy)} of the other pixels right.");
        report.Add(land);

        var (pure, mixed) = (Study.Run(options.Scenes, purity: 1), Study.Run(options.Scenes, purity: 0.8));
        Console.WriteLine();
        Console.WriteLine($"Other scenes ({Study.Scenes}): mean angle in degrees, error of the abundances");
        UnmixingReport.StudyTable(pure, mixed).Print("  ");
        Console.WriteLine($"  {UnmixingReport.StudySummary(pure, mixed)}");
        report.Add(pure, mixed);
    }

    var page = Path.Combine(folder, "report.html");
    report.Save(page);
    Console.WriteLine();
    Console.WriteLine(
        $"Report: {page}; beside it the spectra and maps as ENVI and CSV, and previews of the picture as PNG.");
}

// In the colours that one would see, and with near infrared as red.
static FalseColor Preview(string cubePath, string folder)
{
    using var cube = EnviCube.Open(cubePath);
    FalseColor.Read(cube, new() { Infrared = true }).WritePng(Path.Combine(folder, "infrared.png"));
    var preview = FalseColor.Read(cube);
    preview.WritePng(Path.Combine(folder, "colour.png"));
    return preview;
}

static int Main(float[] abundances, int pixel, int materials)
{
    var shares = abundances.AsSpan(pixel * materials, materials);
    var main = 0;
    for (var k = 1; k < materials; k++)
        main = shares[k] > shares[main] ? k : main;
    return main;
}

static Scene WriteScene(Options options, string folder)
{
    var scene = Scene.Create(
        new SceneOptions(Side: 100, Bands: 120, options.Materials, options.Decibels, options.Purity, options.Seed));
    using (var writer = EnviWriter.Create(
        Path.Combine(folder, "scene.hdr"), scene.Header($"A made-up landscape of {options.Materials} materials")))
    {
        writer.Write(scene.Pixels);
        writer.Complete();
    }

    scene.Endmembers.WriteCsv(Path.Combine(folder, "true-endmembers.csv"));
    using var maps = EnviWriter.Create(
        Path.Combine(folder, "true-abundances.hdr"), scene.Header("").ForMaps(scene.Endmembers.Names));
    maps.Write(scene.Abundances);
    maps.Complete();
    return scene;
}

static string[] Names(Unmixing unmixing, Truth? truth, Accuracy? accuracy)
{
    string[] names = [.. Enumerable.Range(1, unmixing.Endmembers.Count).Select(number => $"Material {number}")];
    for (var reference = 0; reference < (accuracy?.ComponentOf.Count ?? 0); reference++)
    {
        if (accuracy!.ComponentOf[reference] is >= 0 and var component)
            names[component] = truth!.Endmembers.Names[reference];
    }

    return names;
}

static void WriteResults(string folder, Unmixing unmixing, string[] names)
{
    var wavelengths =
        unmixing.Header.Wavelengths is { } all ? unmixing.Bands.Select(band => all[band]).ToArray() : null;
    var library = new SpectralLibrary(
        [.. names.Select(name => name.Replace(',', ' '))], unmixing.Endmembers, wavelengths,
        unmixing.Header.WavelengthUnits);
    library.WriteEnvi(Path.Combine(folder, "endmembers.hdr"));
    library.WriteCsv(Path.Combine(folder, "endmembers.csv"));
    using var csv = new StreamWriter(Path.Combine(folder, "abundances.csv"));
    SpectraCsv.WriteMaps(csv, unmixing.Header.Samples, names, unmixing.Abundances);
}
