#:project ../../src/Microsoft.ML.Nmf.Formats/Microsoft.ML.Nmf.Formats.csproj
// Parquet files in and out: lists are vectors, names and sizes are kept, and no more than a row group is in memory.
using Microsoft.ML;
using Microsoft.ML.Data;

// A table such as pandas or Spark would have written: an identifier, a date, and a list of numbers in each row.
var random = new Random(1);
double[] one = [0.6, 0.3, 0.1, 0, 0], other = [0, 0.1, 0.1, 0.3, 0.5];
var ml = new MLContext(seed: 1);
var rows = Enumerable.Range(0, 5000).Select(i =>
{
    var share = random.NextDouble();
    return new Reading
    {
        Id = $"r{i}",
        At = new DateTime(2026, 1, 1).AddMinutes(i),
        Spectrum = [.. one.Zip(other, (a, b) => (share * a) + ((1 - share) * b) + (0.01 * random.NextDouble()))],
    };
});
ml.Data.SaveAsParquet(ml.Data.LoadFromEnumerable(rows), "readings.parquet", new() { RowsPerGroup = 1000 });

// The lists have doubles, and factorisations take singles.
var readings = ml.Data.LoadFromParquet("readings.parquet", new() { NumbersAsSingle = true });
Console.WriteLine($"Spectrum: {readings.Schema["Spectrum"].Type}, {readings.GetRowCount()} rows");
var model = ml.Transforms.NonnegativeMatrixFactorization("Parts", "Spectrum", rank: 2).Fit(readings);
ml.Data.SaveAsParquet(model.Transform(readings), "parts.parquet", new() { Columns = ["Id", "At", "Parts"] });

var parts = ml.Data.LoadFromParquet("parts.parquet");
var first = ml.Data.CreateEnumerable<Result>(parts, reuseRowObject: false).First();
Console.WriteLine($"{first.Id} at {first.At:yyyy-MM-dd}: {first.Parts.Length} parts");
Console.WriteLine($"Explained: {model.Model.ExplainedPart:P1}");

class Reading
{
    public string Id { get; set; } = "";
    public DateTime At { get; set; }
    [VectorType(5)] public double[] Spectrum { get; set; } = [];
}

class Result
{
    public string Id { get; set; } = "";
    public DateTime At { get; set; }
    public float[] Parts { get; set; } = [];
}
