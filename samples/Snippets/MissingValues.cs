#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Half of the entries were not observed: they take no part in the fit, and the model says what they may have been.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

var random = new Random(1);
var truth = Enumerable.Range(0, 300).Select(_ =>
{
    var (a, b) = (random.NextSingle(), random.NextSingle());
    return Enumerable.Range(0, 12).Select(f => (a * (f + 1)) + (b * (12 - f))).ToArray();
}).ToArray();
var rows = truth.Select(
    row => new Row { Readings = [.. row.Select(value => random.Next(2) == 0 ? value : float.NaN)] });

var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(rows.ToArray());
var transformer = ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
{
    OutputColumnName = "Activations",
    InputColumnName = "Readings",
    ImputedColumnName = "Complete",
    MissingValues = MissingValues.NaN,
    Rank = 2,
}).Fit(data);

var complete = transformer.Transform(data).GetColumn<float[]>("Complete").ToArray();
var errors = truth.SelectMany((row, n) => row.Select((value, f) => Math.Abs(complete[n][f] - value))).ToArray();
Console.WriteLine(
    $"Mean error of all entries, half of which were missing: {errors.Average():F3}, "
    + $"where the values reach {truth.Max(row => row.Max()):F1}");

class Row
{
    [VectorType(12)]
    public float[] Readings { get; set; } = [];
}
