#:project ../../src/Nmf/Nmf.csproj
// Sparse counts stay sparse: 20,000 documents of a vocabulary of 5,000 words, of which each has about fifty.
using Nmf;
using Nmf.Kernels;

const int documents = 20_000, words = 5_000, topics = 5, partOfWords = words / topics;
var random = new Random(1);
var (starts, indices, counts) = (new long[documents + 1], new List<int>(), new List<float>());
for (var n = 0; n < documents; n++)
{
    // A document is about one topic: three quarters of its words are from a fifth of the vocabulary.
    var topic = random.Next(topics);
    var drawn = Enumerable.Range(0, 50).Select(
        _ => random.Next(4) > 0 ? (topic * partOfWords) + random.Next(partOfWords) : random.Next(words));
    foreach (var word in drawn.GroupBy(word => word).OrderBy(group => group.Key))
    {
        indices.Add(word.Key);
        counts.Add(word.Count());
    }

    starts[n + 1] = indices.Count;
}

var matrix = SparseMatrix<float>.FromCsr(documents, words, starts, indices.ToArray(), counts.ToArray());
var data = NmfData<float>.FromMatrix(matrix);
var model = NmfFactorizer.Fit(data, new NmfOptions
{
    Rank = topics,
    Problem = BetaDivergence.KullbackLeibler,
    Iterations = new() { MaximumIterations = 30 },
});

Console.WriteLine($"{data.StoredEntries:N0} of {(long)documents * words:N0} entries are stored");
foreach (var (k, leading) in TopicQuality.TopFeatures(model.Dictionary, 200).Index())
{
    var part = leading.GroupBy(word => word / partOfWords).MaxBy(group => group.Count())!;
    Console.WriteLine($"Topic {k}: {part.Count() / 200.0:P0} of its leading words are from part {part.Key}");
}
