#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// How many components? Fits of several ranks, what held-out entries say, whether random starts agree, in one report.
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;

var random = new Random(1);
var rows = Enumerable.Range(0, 80).Select(n => new Row
{
    // Three groups of samples, each with a part of its own and some noise.
    Counts = [.. Enumerable.Range(0, 15).Select(f => (float)random.Next(f / 5 == n % 3 ? 30 : 4))],
});

var ml = new MLContext(seed: 1);
RankReport report = ml.Model.SurveyNmfRank(
    ml.Data.LoadFromEnumerable(rows), "Counts", ranks: [2, 3, 4, 5], beta: BetaDivergence.KullbackLeibler);
Console.WriteLine(report.ToText());
File.WriteAllText("rank.html", report.ToHtml());
Console.WriteLine("With plots: rank.html");

class Row
{
    [VectorType(15)]
    public float[] Counts { get; set; } = [];
}
