#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// One pipeline of texts, once with ML.NET's LDA and once with a factorisation in its place.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

string[][] words = [["boat", "sail", "wind", "wave", "harbour"], ["bread", "dough", "oven", "flour", "yeast"]];
var random = new Random(1);
var texts = Enumerable.Range(0, 200).Select(n => new Document
{
    Text = string.Join(" ", Enumerable.Range(0, 12).Select(_ => words[n % 2][random.Next(5)])),
}).ToArray();
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(texts);
var tokens = ml.Transforms.Text.TokenizeIntoWords("Words", "Text");

// Before. Its words can be read here (GetLdaDetails), and no longer when the model was saved and loaded.
var lda = tokens.Append(ml.Transforms.Conversion.MapValueToKey("Words"))
    .Append(ml.Transforms.Text.ProduceNgrams("Counts", "Words", ngramLength: 1, useAllLengths: false))
    .Append(ml.Transforms.Text.LatentDirichletAllocation("Topics", "Counts", numberOfTopics: 2))
    .Fit(data);
Console.WriteLine($"LDA: {Shares(lda)}");

// After: the last line is another one, with shares that sum to one as before.
var nmf = tokens.Append(ml.Transforms.Conversion.MapValueToKey("Words"))
    .Append(ml.Transforms.Text.ProduceNgrams("Counts", "Words", ngramLength: 1, useAllLengths: false))
    .Append(ml.Transforms.NonnegativeMatrixFactorization(
        "Topics", "Counts", rank: 2, beta: BetaDivergence.KullbackLeibler, normalizeOutput: true))
    .Fit(data);
ml.Model.Save(nmf, data.Schema, "from-lda.zip");
var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load("from-lda.zip", out _);
var topics = loaded.OfType<NmfTransformer>().Single().Model;
Console.WriteLine($"NMF: {Shares(loaded)}");
for (var k = 0; k < 2; k++)
    Console.WriteLine($"Its words after loading: {string.Join(", ", topics.GetTopFeatures(k, 3).Select(w => w.Name))}");

string Shares(ITransformer model)
{
    var rows = model.Transform(data).GetColumn<float[]>("Topics").Take(2).Select(
        row => string.Join(" ", row.Select(share => share.ToString("P0"))));
    return $"text 0 {rows.First()}, text 1 {rows.Last()}";
}

class Document
{
    public string Text { get; set; } = "";
}
