using System.Diagnostics;
using PartsOfObjects;
using PartsOfObjects.Decompositions;
using PartsOfObjects.Report;

return ConsoleProgram.Run(() =>
{
    if (Options.Parse(args) is not { } options)
        return;

    var start = Stopwatch.GetTimestamp();
    var path = Path.Combine(ConsoleProgram.OutputFolder(options.OutputFolder), "parts.html");
    var images = options.Images();
    var rank = options.Rank ?? images.UsualRank;
    if (rank > Math.Min(images.Count, images.Pixels))
        throw new UserErrorException(
            $"The rank is {rank}, but there are {images.Count} images of {images.Pixels} pixels.");
    Console.WriteLine(
        $"{Format.Count(images.Count)} {images.What}, {images.Width} x {images.Height} pixels; "
        + $"{rank} components each.");

    var context = new MLContext(seed: 1);
    var view = images.ToDataView(context);
    Decomposition[] decompositions = [PartsDecomposition.Fit(context, view, images, rank),
        PrincipalComponents.Fit(context, view, images, rank), Prototypes.Fit(context, view, images, rank)];

    Console.WriteLine();
    var table = Comparison.Table(decompositions, images);
    table.Print();
    new PartsReport(images, decompositions, options.Shown(images)).Write(path, table);
    Console.WriteLine();
    Console.WriteLine($"The pictures: {path}. Done in {Format.Seconds(Stopwatch.GetElapsedTime(start))}.");
});
