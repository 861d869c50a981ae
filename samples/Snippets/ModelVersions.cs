#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// All versions of a model in a folder, one of which is served: published, rolled back, released, pruned.
using Microsoft.ML;
using Microsoft.ML.Data;

var folder = Directory.CreateTempSubdirectory("versions-");
var versions = new NmfModelFolder(folder.FullName, "parts");
Publish(rank: 2);
Publish(rank: 3);
Publish(rank: 4);
using var predictor = new NmfPredictor<Row, Parts>("parts", new NmfPredictorOptions { Path = versions.ServedPath });
Tell("published");

// The newest is not good: the one before it serves, and what is published meanwhile does not replace it.
versions.RollBack();
Publish(rank: 5);
Tell("rolled back");

versions.Unpin();
Tell("released");
Console.WriteLine($"Deleted versions {string.Join(", ", versions.Prune(keep: 2))}");
folder.Delete(recursive: true);

void Tell(string what)
{
    predictor.Refresh();
    var rank = predictor.Predict(new Row { Curve = [1, 2, 3, 4, 5, 6] }).Activations.Length;
    Console.WriteLine($"{what}: version {versions.Served} of {versions.Versions.Count} serves, with {rank} components");
}

void Publish(int rank)
{
    var (ml, random) = (new MLContext(seed: 1), new Random(1));
    var rows = new Row[50];
    for (var n = 0; n < rows.Length; n++)
        rows[n] = new Row { Curve = [.. Enumerable.Range(0, 6).Select(f => f + random.NextSingle())] };
    var data = ml.Data.LoadFromEnumerable(rows);
    var model = ml.Transforms.NonnegativeMatrixFactorization("Activations", "Curve", rank).Fit(data);
    versions.Publish(ml, model, data.Schema);
}

class Row
{
    [VectorType(6)]
    public float[] Curve { get; set; } = [];
}

class Parts
{
    public float[] Activations { get; set; } = [];
}
