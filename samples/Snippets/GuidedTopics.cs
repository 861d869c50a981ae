#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Topics that are wanted, by a name and some words each; a further topic finds what is left.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

string[] texts =
[
    "boats sail where wind and waves are fair", "fair wind and white sails make a fast boat",
    "waves break over the bow when boats sail fast", "sails and wind drive a boat over waves",
    "knead flour and water into bread dough", "bread dough rests before the oven",
    "an oven bakes bread from flour and yeast", "yeast and water make dough rise in the oven",
    "the market lends money to the bank", "a bank lends money for interest",
    "interest and credit move the market", "credit is money that a bank lends",
];
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(texts.Select(text => new Document { Text = text }));
var pipeline = ml.Transforms.Text.TokenizeIntoWords("Words", "Text")
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.GuidedTopics(
        "Topics", "Counts", [new("finance", "money", "bank"), new("baking", "bread", "oven")], rank: 3));
var model = pipeline.Fit(data);

var topics = model.LastTransformer.Model;
for (var k = 0; k < topics.Rank; k++)
    Console.WriteLine(
        $"{topics.ComponentName(k)}: {string.Join(", ", topics.GetTopFeatures(k, 5).Select(word => word.Name))}");

// A word that the pipeline does not have is an error that names it, unless its UnknownWords says otherwise.
var options = new NmfEstimator.Options
{
    OutputColumnName = "Topics", InputColumnName = "Counts", Rank = 3, Problem = 1,
    Guidance = new(new GuidedTopic("finance", "money", "yacht")),
};
var counts = model.Transform(data);
try
{
    ml.Transforms.NonnegativeMatrixFactorization(options).Fit(counts);
}
catch (ArgumentException e)
{
    Console.WriteLine(e.Message.Split(". ")[0]);
}

class Document
{
    public string Text { get; set; } = "";
}
