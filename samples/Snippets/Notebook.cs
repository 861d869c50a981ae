#:project ../../src/Microsoft.ML.Nmf.Interactive/Microsoft.ML.Nmf.Interactive.csproj
// What a notebook shows when a cell ends with a model, as HTML in a file. There `#r "nuget: MLNmf.Interactive"` is all.
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

// Pictures of 8 x 8 points with a bar and a ring, as bright as chance will have it.
var random = new Random(1);
var pictures = new float[200 * 64];
for (var n = 0; n < 200; n++)
{
    var (bar, ring) = (random.NextSingle(), random.NextSingle());
    for (var f = 0; f < 64; f++)
    {
        var (row, column) = (f / 8, f % 8);
        var isRing = Math.Abs(Math.Sqrt(Math.Pow(row - 3.5, 2) + Math.Pow(column - 3.5, 2)) - 3) < 0.7;
        pictures[(n * 64) + f] = (row < 2 ? bar : 0) + (isRing ? ring : 0);
    }
}

var model = NmfFactorizer.Fit(NmfData<float>.FromDense(pictures, 200, 64), new NmfOptions { Rank = 2, Seed = 1 });
NmfNotebook.Register();
var html = (model.Named(["one", "other"]).View() with { Shape = (8, 8), Features = 5 }).ToDisplayString("text/html");
var path = Path.Combine(Path.GetTempPath(), "model.html");
File.WriteAllText(path, html);
Console.WriteLine($"{html.Split("<figure>").Length - 1} pictures of components in {path}");
