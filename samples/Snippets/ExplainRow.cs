#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Why a text has the topics that it has: what each of its words adds to each topic, exactly.
using Microsoft.ML;
using Microsoft.ML.Transforms;

string[] texts =
[
    "boats sail where wind and waves are fair", "fair wind and white sails make a fast boat",
    "waves break over the bow when boats sail fast", "sails and wind drive a boat over waves",
    "knead flour and water into bread dough", "bread dough rests before the oven",
    "an oven bakes bread from flour and yeast", "yeast and water make dough rise in the oven",
];
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(texts.Select(text => new Document { Text = text }));
var model = ml.Transforms.Text.TokenizeIntoWords("Words", "Text")
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.GuidedTopics(
        "Topics", "Counts", [new("sailing", "wind", "waves"), new("baking", "bread", "oven")])).Fit(data);

var news = ml.Data.LoadFromEnumerable([new Document { Text = "water over the boat and bread in the oven" }]);
var nmf = model.LastTransformer;
foreach (var row in nmf.Explain(model.Transform(news)))
{
    foreach (var (_, topic, _, word, value) in row.Contributions)
        Console.WriteLine($"{word,-6} {topic,-8} {value:0.00}");
    for (var k = 0; k < nmf.Model.Rank; k++)
        Console.WriteLine(
            $"{nmf.Model.ComponentName(k)}: {row.Numbers.ComponentTotals[k]:0.00} of {row.Numbers.Total} words");
}

class Document
{
    public string Text { get; set; } = "";
}
