#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// W h as a column: what the components make of a row, and what they leave over.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

var random = new Random(1);
var rows = Enumerable.Range(0, 100).Select(_ =>
{
    var (a, b) = (random.NextSingle(), random.NextSingle());
    var curve = Enumerable.Range(0, 10).Select(f => (a * f) + (b * (9 - f)) + (0.3f * random.NextSingle()));
    return new Row { Curve = [.. curve] };
}).ToArray();

var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(rows);
var transformer = ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
{
    OutputColumnName = "Activations",
    InputColumnName = "Curve",
    ReconstructionColumnName = "Smoothed",
    Rank = 2,
}).Fit(data);

var smoothed = transformer.Transform(data).GetColumn<float[]>("Smoothed").ToArray();
Console.WriteLine($"The first curve:   {string.Join(" ", rows[0].Curve.Select(x => x.ToString("F1")))}");
Console.WriteLine($"Its approximation: {string.Join(" ", smoothed[0].Select(x => x.ToString("F1")))}");
var differences = rows.SelectMany((row, n) => row.Curve.Zip(smoothed[n], (v, y) => Math.Abs(v - y)));
Console.WriteLine($"Mean difference over all rows: {differences.Average():F3}");

class Row
{
    [VectorType(10)]
    public float[] Curve { get; set; } = [];
}
