#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
#:package Microsoft.Data.Analysis
// A DataFrame in, its columns factorised, and the activations in a DataFrame again.
using Microsoft.Data.Analysis;
using Microsoft.ML;

// A table of numbers, as DataFrame.LoadCsv would have read it: what people have bought.
var random = new Random(1);
string[] goods = ["bread", "butter", "jam", "screws", "paint", "brush"];
var kitchen = Enumerable.Range(0, 300).Select(_ => random.NextDouble()).ToArray();
var workshop = Enumerable.Range(0, 300).Select(_ => random.NextDouble()).ToArray();
var frame = new DataFrame(new StringDataFrameColumn("customer", Enumerable.Range(0, 300).Select(i => $"c{i}")));
for (var g = 0; g < goods.Length; g++)
{
    var bought = (g < 3 ? kitchen : workshop).Select(much => (float)(much * (g % 3 + 1)));
    frame.Columns.Add(new SingleDataFrameColumn(goods[g], bought));
}

// A DataFrame is a view of ML.NET; one vector of several columns has their names as the names of its slots.
var ml = new MLContext(seed: 1);
var pipeline = ml.Transforms.Concatenate("Goods", goods)
    .Append(ml.Transforms.NonnegativeMatrixFactorization("Habits", "Goods", rank: 2));
var model = pipeline.Fit(frame);
for (var k = 0; k < 2; k++)
{
    var features = model.LastTransformer.Model.GetTopFeatures(k, 3);
    Console.WriteLine($"Habit {k}: {string.Join(", ", features.Select(feature => feature.Name))}");
}

// Back: the vectors are a column of VBuffers; a column for each component is easier to work with.
var result = model.Transform(frame).ToDataFrame(maxRows: -1, "customer", "Habits");
var habits = (VBufferDataFrameColumn<float>)result["Habits"];
for (var k = 0; k < 2; k++)
{
    var column = Enumerable.Range(0, (int)result.Rows.Count).Select(i => (float?)habits[i].GetItemOrDefault(k));
    result.Columns.Add(new SingleDataFrameColumn($"Habit {k}", column));
}

result.Columns.Remove("Habits");
Console.WriteLine($"{result.Rows.Count} rows: {string.Join(", ", result.Columns.Select(column => column.Name))}");
Console.WriteLine($"{result["customer"][0]}: {result["Habit 0"][0]:0.00}, {result["Habit 1"][0]:0.00}");
