#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Would another start have found other components? And can the ones found be mixed without anyone noticing?
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;

var random = new Random(1);
IEnumerable<Row> Rows(int group, int count) => Enumerable.Range(0, count).Select(n => new Row
{
    // Groups 0, 1 and 2 have a part of the features each; a sample of group 3 has something of everything.
    Counts = [.. Enumerable.Range(0, 12).Select(f => group == 3 || f / 4 == group ? (float)random.Next(1, 20) : 0)],
});

var ml = new MLContext(seed: 1);
var apart = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3).SelectMany(group => Rows(group, 20)).ToArray());
StabilityReport report = ml.Model.SurveyNmfStability(
    apart, "Counts", rank: 3, beta: BetaDivergence.KullbackLeibler);
Console.WriteLine("Samples of one group each:");
Console.WriteLine(report.ToText());

var mixed = ml.Data.LoadFromEnumerable(Rows(3, 60).ToArray());
Console.WriteLine("Samples that have something of everything:");
Console.WriteLine(ml.Model.SurveyNmfStability(mixed, "Counts", rank: 3, beta: BetaDivergence.KullbackLeibler).ToText());

class Row
{
    [VectorType(12)]
    public float[] Counts { get; set; } = [];
}
