#:project ../../src/Microsoft.ML.Nmf.Topics/Microsoft.ML.Nmf.Topics.csproj
// What readers ask of topics: labels, texts that stand for them, shares over time and per class, topics of topics.
using Microsoft.ML;
using Nmf.Topics;

(string Place, string[] Phrases)[] subjects =
[
    ("sea", ["wind and waves", "fishing boats", "high tide"]),
    ("city", ["interest rates", "stock market", "central bank"]),
    ("city", ["night train", "bus lines", "street lights"]),
];
var random = new Random(1);
var ml = new MLContext(seed: 1);
var data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 300).Select(n =>
{
    var year = 2020 + (n % 4); // trains are written of more from year to year
    var (place, phrases) = subjects[random.Next(10) < year - 2018 ? 2 : random.Next(2)];
    return new Article
    {
        Text = $"The {phrases[random.Next(3)]} of the day: {phrases[random.Next(3)]} and {phrases[random.Next(3)]}.",
        Place = place, Published = new DateTime(year, 1 + (n % 12), 1),
    };
}).ToArray());
var model = ml.Transforms.Text.NormalizeText("Clean", "Text", keepPunctuations: false)
    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Clean"))
    .Append(ml.Transforms.Text.RemoveDefaultStopWords("Words"))
    .Append(ml.Transforms.Text.ProduceWordBags("Counts", "Words", ngramLength: 1))
    .Append(ml.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 3, beta: 1)).Fit(data);
var topics = model.Transform(data);

var names = TopicLabels.Names(ml.Model.LabelTopics(topics, "Text", "Topics"));
Console.WriteLine($"Labels: {string.Join("; ", names)}");

var texts = ml.Model.FindRepresentativeTexts(topics, "Text", "Counts", "Topics", new() { Count = 2 });
for (var k = 0; k < names.Count; k++)
    Console.WriteLine($"{names[k]}: {string.Join(" | ", texts[k].Select(text => text.Text))}");

foreach (var year in ml.Model.TopicsOverTime(topics, "Published", "Topics"))
    Console.WriteLine($"{year.Name}: " + string.Join(", ", year.Shares.Select(
        (share, k) => $"{names[k]} {share.Share:P0} ({share.Lower:P0} to {share.Upper:P0})")));
foreach (var place in ml.Model.TopicsByClass(topics, "Place", "Topics"))
    Console.WriteLine($"{place.Name}: {place.Texts} texts, {names[0]} {place.Shares[0].Share:P0}");

var tree = ml.Model.FitTopicHierarchy(topics, "Counts", new() { Leaves = 3 });
Show(tree.Root);

void Show(TopicNode node)
{
    var words = node.TopWords(4).Select(word => tree.Words![word]);
    Console.WriteLine($"{new string(' ', 2 * node.Depth)}{node.Texts.Count} texts: {string.Join(", ", words)}");
    foreach (var child in node.Children)
        Show(child);
}

class Article
{
    public string Text { get; set; } = "";
    public string Place { get; set; } = "";
    public DateTime Published { get; set; }
}
