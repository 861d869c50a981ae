#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Topics of a fitted pipeline named, merged, split, put in order and dropped; the file keeps all that.
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

string[][] subjects =
[
    ["wind", "wave", "boat", "sail"], ["bread", "oven", "flour", "yeast"], ["bank", "money", "credit", "interest"],
    ["goal", "ball", "team", "match"],
];
var random = new Random(1);
var texts = Enumerable.Range(0, 200).Select(n => new Document
{
    Text = string.Join(' ', Enumerable.Range(0, 8).Select(_ => subjects[n % 4][random.Next(4)])),
}).ToArray();
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(texts);
var model = ml.Transforms.Text.ProduceWordBags("Counts", "Text", ngramLength: 1)
    .Append(ml.Transforms.NonnegativeMatrixFactorization(
        "Topics", "Counts", rank: 5, beta: BetaDivergence.KullbackLeibler)).Fit(data);

// Five topics for four subjects: two share one. The pair is told and merged, and a topic that nobody wants is dropped.
var pair = model.LastTransformer.Model.NearDuplicates(threshold: 0.2)[0];
Console.WriteLine($"Topics {pair.First} and {pair.Second}: {pair.Similarity:P0} similar");
var edited = ml.Model.EditFactorization(
    model, nmf => Named(nmf.MergeComponents([pair.First, pair.Second]).DropComponents(0)));
ml.Model.Save(edited, data.Schema, "edited-topics.zip");

var loaded = ml.Model.FindFactorization(ml.Model.Load("edited-topics.zip", out _));
Console.WriteLine(loaded.Model);

// A topic that holds too much is split by a factorisation of rank two of its own part of the texts.
var counts = model.Transform(data);
Console.WriteLine(string.Join(", ", loaded.SplitComponent(0, counts).Model.ComponentNames!));

static NmfTransformer Named(NmfTransformer before) => before.NameComponents(
    [.. Enumerable.Range(0, before.Model.Rank).Select(k => $"{k + 1} {before.Model.GetTopFeatures(k, 1)[0].Name}")]);

class Document
{
    public string Text { get; set; } = "";
}
