using Nmf;
using Nmf.Kernels;

namespace DistributedTopics;

/// <summary>
/// A source of shards: a file with a text in every line, cut into runs of lines. The address says the file and how many
/// shards: <c>FILE|8</c>; without a file there are made-up texts. All silos count the words of all texts once, so that
/// they agree on the words.
/// </summary>
internal sealed class TextShards : IShardSource
{
    private const int MostWords = 4000;
    private const int FewestTexts = 5;
    private const int MadeUpTexts = 12000;

    private static readonly string[][] MadeUpTopics =
    [
        ["boat", "sail", "wind", "harbour", "mast", "wave", "anchor", "tide"],
        ["bread", "oven", "flour", "butter", "dough", "salt", "crust", "yeast"],
        ["goal", "team", "match", "player", "league", "coach", "score", "season"],
        ["engine", "wheel", "brake", "clutch", "gear", "piston", "valve", "torque"],
        ["piano", "chord", "melody", "rhythm", "violin", "tempo", "choir", "score"],
    ];

    private readonly Dictionary<string, Corpus> _corpora = new(StringComparer.Ordinal);

    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(Parse(address).Shards);

    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        var (corpus, starts) = (Of(address), Boundaries(address));
        return new(NmfData<float>.FromMatrix(corpus.Counts(starts[shard], starts[shard + 1]), isBatch: true));
    }

    public string NameOf(string address, int shard)
    {
        var starts = Boundaries(address);
        return $"texts {starts[shard]} to {starts[shard + 1] - 1} of {Parse(address).File}";
    }

    /// <summary>All texts and their words.</summary>
    public Corpus Of(string address)
    {
        lock (_corpora)
        {
            var file = Parse(address).File;
            if (!_corpora.TryGetValue(file, out var corpus))
                _corpora.Add(file, corpus = new Corpus(file.Length == 0 ? MadeUp() : File.ReadAllLines(file)));
            return corpus;
        }
    }

    /// <summary>Where the shards begin, and the number of texts behind them.</summary>
    public IReadOnlyList<int> Boundaries(string address)
        => NmfShards.Of(Parse(address).Shards).Boundaries(Of(address).Texts.Length);

    private static (string File, int Shards) Parse(string address)
    {
        var bar = address.LastIndexOf('|');
        return (address[..bar], int.Parse(address[(bar + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string> MadeUp()
    {
        var random = new Random(1);
        for (var n = 0; n < MadeUpTexts; n++)
        {
            var (one, other) = (random.Next(MadeUpTopics.Length), random.Next(MadeUpTopics.Length));
            yield return string.Join(' ', Enumerable.Range(0, 20 + random.Next(20)).Select(i =>
            {
                var topic = MadeUpTopics[i % 3 == 0 ? other : one];
                return topic[random.Next(topic.Length)];
            }));
        }
    }

    /// <summary>Texts as numbers of words.</summary>
    internal sealed class Corpus
    {
        public Corpus(IEnumerable<string> texts)
        {
            Texts = [.. texts.Select(text => text.ToLowerInvariant().Split(
                (char[])[.. " \t.,;:!?()[]{}\"'`/\\-_<>|=+*&^%$#@~0123456789"],
                StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length > 3).ToArray())
                .Where(words => words.Length > 0)];
            Words =
            [
                .. Texts.SelectMany(words => words.Distinct()).CountBy(word => word)
                    .Where(pair => pair.Value >= FewestTexts && pair.Value < Texts.Length / 4)
                    .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
                    .Take(MostWords).Select(pair => pair.Key),
            ];
            Index = Words.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        }

        public string[][] Texts { get; }

        public string[] Words { get; }

        private Dictionary<string, int> Index { get; }

        /// <summary>texts x words.</summary>
        public SparseMatrix<float> Counts(int from, int to)
        {
            var (starts, indices, values) = (new List<long> { 0 }, new List<int>(), new List<float>());
            for (var n = from; n < to; n++)
            {
                foreach (var (word, count) in Texts[n].Where(Index.ContainsKey).CountBy(word => Index[word])
                    .OrderBy(pair => pair.Key))
                {
                    indices.Add(word);
                    values.Add(count);
                }

                starts.Add(indices.Count);
            }

            return SparseMatrix<float>.FromCsr(to - from, Words.Length, [.. starts], [.. indices], [.. values]);
        }
    }
}
