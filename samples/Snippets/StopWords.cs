#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
// Stop words: ML.NET has them for sixteen languages; a list of one's own comes behind.
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Text;

string[] texts =
[
    "Der Wind treibt die Boote über die Wellen.", "Die Boote und die Segel sind im Wind.",
    "Das Brot ist aus dem Ofen und der Teig ist aus Mehl.", "Der Teig ruht, dann ist das Brot im Ofen.",
];
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(texts.Select(text => new Document { Text = text }));
var model = ml.Transforms.Text.NormalizeText("Clean", "Text", keepDiacritics: true, keepPunctuations: false)
    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words", language: StopWordsRemovingEstimator.Language.German))
    .Append(ml.Transforms.Text.RemoveStopWords("Words", null, "treibt", "ruht"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 2, beta: 1)).Fit(data);
NmfModelParameters topics = model.LastTransformer.Model;
for (var k = 0; k < topics.Rank; k++)
    Console.WriteLine($"Topic {k}: {string.Join(", ", topics.GetTopFeatures(k, 4).Select(word => word.Name))}");
Console.WriteLine($"Languages: {string.Join(", ", Enum.GetNames<StopWordsRemovingEstimator.Language>())}");

class Document
{
    public string Text { get; set; } = "";
}
