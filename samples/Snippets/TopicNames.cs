#:project ../../src/Microsoft.ML.Nmf.Topics/Microsoft.ML.Nmf.Topics.csproj
// Topics labelled from their texts, the labels stored as names; each text gets the name of its largest topic.
using Microsoft.ML;
using Nmf.Topics;

string[][] subjects =
    [["wind and waves", "fishing boats", "high tide"], ["interest rates", "stock market", "central bank"]];
var random = new Random(1);
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(n => new Article
{
    Text = $"The {subjects[n % 2][random.Next(3)]} of the day, and {subjects[n % 2][random.Next(3)]}.",
}).ToArray());
var model = ml.Transforms.Text.NormalizeText("Clean", "Text", keepPunctuations: false)
    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 2, beta: 1))
    .Append(ml.Transforms.LargestComponent("Topic", "Topics", "Share")).Fit(data);

var names = TopicLabels.Names(ml.Model.LabelTopics(model.Transform(data), "Text", "Topics"));
var named = ml.Model.EditFactorization(model, nmf => nmf.NameComponents(names));
ml.Model.Save(named, data.Schema, "topics.zip");

var loaded = ml.Model.Load("topics.zip", out _);
using var engine = ml.Model.CreatePredictionEngine<Article, Answer>(loaded);
foreach (var text in new[] { "The tide is high; the boats are out.", "Banks raise their interest rates.", "Hello?" })
{
    var answer = engine.Predict(new Article { Text = text });
    Console.WriteLine($"{text} {(answer.Topic == "" ? "no topic" : $"{answer.Topic}, {answer.Share:P0}")}");
}

class Article
{
    public string Text { get; set; } = "";
}

class Answer
{
    public string Topic { get; set; } = "";
    public float Share { get; set; }
}
