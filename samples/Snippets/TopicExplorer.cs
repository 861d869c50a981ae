#:project ../../src/Microsoft.ML.Nmf.Topics/Microsoft.ML.Nmf.Topics.csproj
// A fitted pipeline to one HTML page on which its topics can be explored: map, words, texts, search, time.
using Microsoft.ML;
using Nmf;

string[] texts =
[
    "Boats sail where wind and waves are fair.", "Fair wind and white sails make a fast boat.",
    "Waves break over the bow when boats sail fast!", "Sails and wind drive a boat over waves.",
    "Knead flour and water into bread dough.", "Bread dough rests before the oven.",
    "An oven bakes bread from flour, and yeast.", "Yeast and water make dough rise in the oven.",
];
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(
    texts.Select((text, n) => new Article { Text = text, Published = new DateTime(2026, 1 + n, 1) }));
var pipeline = ml.Transforms.Text.NormalizeText("Clean", "Text", keepPunctuations: false)
    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.NonnegativeMatrixFactorization(
        "Topics", "Counts", rank: 2, beta: BetaDivergence.KullbackLeibler));
var model = pipeline.Fit(data);
model.SaveTopicExplorer(
    "topics-explorer.html", data, new() { Text = "Text", Date = "Published" }, new() { Title = "Boats and bread" });

var relevance = model.LastTransformer.Model.GetTermRelevance();
var words = model.LastTransformer.Model.FeatureNames!;
foreach (var lambda in new[] { 1.0, 0.0 })
    Console.WriteLine($"λ = {lambda}: {string.Join(", ", relevance.TopTerms(0, 4, lambda).Select(w => words[w]))}");
Console.WriteLine($"Open topics-explorer.html ({new FileInfo("topics-explorer.html").Length / 1000} KB) in a browser.");

class Article
{
    public string Text { get; set; } = "";
    public DateTime Published { get; set; }
}
