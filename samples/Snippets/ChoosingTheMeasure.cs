#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Which β? Entries are held out, every measure fits the rest, and the noise that it assumes predicts them or does not.
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;
using Nmf.Kernels;

// Purchases of 60 customers: two habits, and counts that vary more than Poisson counts do.
var random = new Random(2);
Matrix<float> Factor(int rows) => Matrix<float>.FromRowMajor(
    [.. Enumerable.Range(0, rows * 2).Select(_ => 1 + (3 * random.NextSingle()))], rows, 2);
Matrix<float> counts = NoiseSampling.Draw(Factor(20), Factor(60), new NegativeBinomialNoise(0.6), seed: 1);
var rows = Enumerable.Range(0, 60).Select(n => new Row { Counts = counts.Row(n).ToArray() }).ToList();

var ml = new MLContext(seed: 3);
MeasureSurveyResult survey = ml.Model.SurveyNmfMeasure(
    ml.Data.LoadFromEnumerable(rows), "Counts", ranks: [2], folds: 3);
Console.WriteLine(survey.ToText());
Console.WriteLine($"So fit with beta: {survey.Best.Beta:0.##}, rank {survey.Best.Rank}");

class Row
{
    [VectorType(20)]
    public float[] Counts { get; set; } = [];
}
