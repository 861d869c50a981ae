#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// What goes wrong, on purpose: what the library says to each, and what mends it.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;

var ml = new MLContext(seed: 1);
ml.Log += (_, e) =>
{
    if (e.Kind == ChannelMessageKind.Warning)
        Console.WriteLine($"  warning: {e.RawMessage}");
};
var random = new Random(1);
float[][] counts = [.. Enumerable.Range(0, 200).Select(n => Enumerable.Range(0, 12).Select(
    f => (float)random.Next(f / 4 == n % 3 ? 20 : 2)).ToArray())];

Console.WriteLine("Few iterations:");
Fit(counts, new() { Rank = 3, Iterations = new() { MaximumIterations = 5 } });
Console.WriteLine("More components than the data have:");
float[][] two = [.. Enumerable.Range(1, 50).Select(n => new float[] { n, 2 * n, 0, 51 - n, 0 })];
Fit(two, new() { Rank = 8, Problem = BetaDivergence.Euclidean });
float[][] one = [.. Enumerable.Range(1, 50).Select(n => new float[] { n, 2 * n, 3 * n })];
Fit(one, new() { Rank = 3, Problem = 2, Initialization = NmfInitialization.Nndsvd, Solver = NmfSolver.Hals });
Console.WriteLine("A negative value, and a gap:");
Fit([.. counts.Select((row, n) => n == 7 ? [-1, .. row[1..]] : row)], new() { Rank = 3 });
Fit([.. counts.Select((row, n) => n == 8 ? [float.NaN, .. row[1..]] : row)], new() { Rank = 3 });
Console.WriteLine("Itakura-Saito, and zeros in the data:");
Fit(counts, new() { Rank = 3, Problem = BetaDivergence.ItakuraSaito });
Console.WriteLine("Another penalty than one thinks:");
Fit(counts, new() { Rank = 3, Problem = new BetaNmf { Beta = 1, Penalties = [new L1Penalty(1)] } });

string[] texts = ["the boat is in the wind", "the sail is on the boat", "the bread is in the oven", "the oven is hot"];
foreach (var isClean in new[] { false, true })
{
    var words = ml.Transforms.Text.TokenizeIntoWords("Words", "Text");
    var model = (isClean ? words.Append(ml.Transforms.Text.RemoveDefaultStopWords("Words")) : (IEstimator<ITransformer>)
        words).Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
        .Append(ml.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 2, beta: 1))
        .Fit(ml.Data.LoadFromEnumerable(texts.Select(text => new Document { Text = text })));
    Console.WriteLine($"Stop words {(isClean ? "removed" : "left in")}: " + string.Join(" | ", Enumerable.Range(0, 2)
        .Select(k => string.Join(", ", model.LastTransformer.Model.GetTopFeatures(k, 4).Select(word => word.Name)))));
}

void Fit(float[][] rows, NmfEstimator.Options options)
{
    (options.InputColumnName, options.OutputColumnName) = ("Values", "Parts");
    var definition = SchemaDefinition.Create(typeof(Row));
    definition["Values"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
    var view = ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Values = row }), definition);
    try { ml.Transforms.NonnegativeMatrixFactorization(options).Fit(view); }
    catch (NmfDataException e) { Console.WriteLine($"  error: {e.Message}"); }
}

class Row { public float[] Values = []; }

class Document { public string Text = ""; }
