#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
#:sdk Microsoft.NET.Sdk.Web
// A saved model behind a predictor that any number of threads may call, and that follows its file. In a web service
// AddNmfPredictor stands on builder.Services.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Microsoft.ML.Data;

var path = Path.Combine(Path.GetTempPath(), "served.zip");
SaveModel(rank: 2);
var services = new ServiceCollection();
services.AddNmfPredictor<Row, Parts>("parts", path);
using var provider = services.BuildServiceProvider();
var predictor = provider.GetRequiredKeyedService<NmfPredictor<Row, Parts>>("parts");

var row = new Row { Curve = [1, 2, 3, 4, 5, 6] };
Console.WriteLine($"{predictor.Predict(row).Activations.Length} activations by version {predictor.Status.Version}");
Parallel.For(0, 1000, _ => predictor.Predict(row));

// A new model is written over the old one; Refresh looks at once, and without it the predictor would notice by itself.
SaveModel(rank: 3);
predictor.Refresh();
Console.WriteLine($"{predictor.Predict(row).Activations.Length} activations by version {predictor.Status.Version}");

// A file that is no model is refused, and the old one goes on serving.
File.WriteAllText(path, "no model");
predictor.Refresh();
Console.WriteLine($"Version {predictor.Status.Version} still serves. {predictor.Status.LastError}");

void SaveModel(int rank)
{
    var (ml, random) = (new MLContext(seed: 1), new Random(1));
    var rows = new Row[50];
    for (var n = 0; n < rows.Length; n++)
        rows[n] = new Row { Curve = [.. Enumerable.Range(0, 6).Select(f => f + random.NextSingle())] };
    var data = ml.Data.LoadFromEnumerable(rows);
    var model = ml.Transforms.NonnegativeMatrixFactorization("Activations", "Curve", rank).Fit(data);
    ml.Model.Save(model, data.Schema, path + ".new");
    File.Move(path + ".new", path, overwrite: true);
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
