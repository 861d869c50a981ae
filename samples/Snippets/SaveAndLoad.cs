#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// A pipeline saved by ML.NET and loaded by another context: the same bits, and everything that
// the model knows of its fit.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

var random = new Random(1);
var rows = Enumerable.Range(0, 100)
    .Select(_ => new Row { Counts = [.. Enumerable.Range(0, 8).Select(_ => (float)random.Next(10))] }).ToArray();
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(rows);
var estimator = ml.Transforms.NonnegativeMatrixFactorization("Parts", "Counts", rank: 3, beta: 1);
var model = estimator.Fit(data);
ml.Model.Save(model, data.Schema, "parts.zip");

// No registration is needed, in another process neither.
var other = new MLContext();
var loaded = (NmfTransformer)other.Model.Load("parts.zip", out _);
var same = Parts(model).SequenceEqual(Parts(loaded));
var size = new FileInfo("parts.zip").Length;
Console.WriteLine($"{size} bytes give {(same ? "the same bits" : "other bits")} as before");
var fit = loaded.Model;
Console.WriteLine($"{fit.Rank} components, fitted to {fit.TrainingRows} rows in {fit.Iterations} iterations");

// More rows: the dictionary is the start of another fit.
var again = estimator.Fit(data, fit).Model;
Console.WriteLine($"Continued on the same rows, the objective goes from {fit.Objective:F1} to {again.Objective:F1}");

float[] Parts(ITransformer transformer)
    => [.. transformer.Transform(data).GetColumn<float[]>("Parts").SelectMany(row => row)];

class Row
{
    [VectorType(8)]
    public float[] Counts { get; set; } = [];
}
