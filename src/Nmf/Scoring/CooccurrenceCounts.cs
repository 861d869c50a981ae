using System.Numerics;
using System.Runtime.InteropServices;

namespace Nmf;

/// <summary>In how many documents two of the leading words of a topic occur together.</summary>
internal sealed class CooccurrenceCounts
{
    private readonly int[][,] _both;

    private CooccurrenceCounts(int[][,] both) => _both = both;

    /// <summary>Number of documents with both words; with a word twice, of those that contain it.</summary>
    /// <param name="topic">Which topic.</param>
    /// <param name="later">Place of a word in it.</param>
    /// <param name="first">Place of a word that is not behind it.</param>
    public int Both(int topic, int later, int first) => _both[topic][later, first];

    public static CooccurrenceCounts Count<T>(
        NmfData<T> documents, IReadOnlyList<IReadOnlyList<int>> topics, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var places = new Dictionary<int, List<(int Topic, int Place)>>();
        for (var t = 0; t < topics.Count; t++)
        {
            for (var place = 0; place < topics[t].Count; place++)
                (CollectionsMarshal.GetValueRefOrAddDefault(places, topics[t][place], out _) ??= []).Add((t, place));
        }

        var both = topics.Select(words => new int[words.Count, words.Count]).ToArray();
        var present = topics.Select(_ => new List<int>()).ToArray();
        for (var n = 0; n < documents.Samples; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = documents.Dense is { } dense ? dense.Row(n) : documents.Sparse!.RowValues(n);
            var indices = documents.IsSparse ? documents.Sparse!.RowIndices(n) : default;
            for (var j = 0; j < values.Length; j++)
            {
                // A missing entry is not a word either: NaN is not greater than zero.
                if (!(values[j] > T.Zero) || !places.TryGetValue(documents.IsSparse ? indices[j] : j, out var found))
                    continue;
                foreach (var (topic, place) in found)
                    present[topic].Add(place);
            }

            for (var t = 0; t < present.Length; t++)
            {
                foreach (var a in present[t])
                {
                    foreach (var b in present[t])
                    {
                        if (b <= a)
                            both[t][a, b]++;
                    }
                }

                present[t].Clear();
            }
        }

        return new CooccurrenceCounts(both);
    }
}
