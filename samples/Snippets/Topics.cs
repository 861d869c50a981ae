#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Sentences in, topics out: an ML.NET pipeline, the words of each topic, and the topics of a new sentence.
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

string[] texts =
[
    "Boats sail where wind and waves are fair.", "Fair wind and white sails make a fast boat.",
    "Waves break over the bow when boats sail fast!", "Sails and wind drive a boat over waves.",
    "Knead flour and water into bread dough.", "Bread dough rests before the oven.",
    "An oven bakes bread from flour, and yeast.", "Yeast and water make dough rise in the oven.",
];
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(texts.Select(text => new Document { Text = text }));
var pipeline = ml.Transforms.Text.NormalizeText("Clean", "Text", keepPunctuations: false)
    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.NonnegativeMatrixFactorization(
        "Topics", "Counts", rank: 2, beta: BetaDivergence.KullbackLeibler, normalizeOutput: true));
var model = pipeline.Fit(data);

NmfModelParameters topics = model.LastTransformer.Model;
for (var k = 0; k < topics.Rank; k++)
    Console.WriteLine($"Topic {k}: {string.Join(", ", topics.GetTopFeatures(k, 4).Select(word => word.Name))}");

var engine = ml.Model.CreatePredictionEngine<Document, TopicShares>(model);
var shares = engine.Predict(new Document { Text = "water for the dough, wind for the boat and waves" }).Topics;
Console.WriteLine($"A new sentence: {shares[0]:P0} of topic 0, {shares[1]:P0} of topic 1");

class Document
{
    public string Text { get; set; } = "";
}

class TopicShares
{
    public float[] Topics { get; set; } = [];
}
