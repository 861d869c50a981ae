using System.Globalization;
using System.IO.Compression;
using Nmf;

namespace AutomaticRelevance.Comparison;

/// <summary>Rows of counts to learn from, and rows that are held out, each in two halves: what a model sees of it, and
/// what it is to predict.</summary>
internal sealed record HeldOutCounts(string Name, string Truth, double[][] Learnt, double[][] Seen, double[][] Unseen)
{
    // Every so many rows one is held out.
    private const int HeldOutEvery = 5;

    /// <summary>The noisy pictures of swimmers.</summary>
    public static HeldOutCounts Swimmers(int seed) => Split(
        "swimmers", $"{Swimmer.LimbPositions}",
        [.. Swimmer.Pictures(seed).Select(row => Array.ConvertAll(row, x => (double)x))]);

    /// <summary>The same on black ground, where nothing but the torso is in every picture.</summary>
    public static HeldOutCounts SwimmersOnBlack(int seed) => Split(
        "swimmers on black", $"{Swimmer.LimbPositions}",
        [.. Swimmer.Pictures(seed, background: 0).Select(row => Array.ConvertAll(row, x => (double)x))]);

    /// <summary>Every fifth abstract of the collection Classic, words that at least ten of them have; null where the
    /// shared data are not present.</summary>
    public static HeldOutCounts? Classic()
    {
        if (SharedData.Find("text", "classic4", "counts.mtx.gz") is not { } path)
            return null;
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var entries = new List<(int Document, int Word, double Count)>();
        var header = true;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('%'))
                continue;
            var numbers = Array.ConvertAll(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                part => int.Parse(part, CultureInfo.InvariantCulture));
            if (!header && numbers[0] % 5 == 0)
                entries.Add((numbers[0], numbers[1], numbers[2]));
            header = false;
        }

        var words = entries.GroupBy(entry => entry.Word).Where(group => group.Count() >= 10)
            .Select((group, place) => (group.Key, place)).ToDictionary(pair => pair.Key, pair => pair.place);
        double[] Row(IEnumerable<(int Document, int Word, double Count)> document)
        {
            var row = new double[words.Count];
            foreach (var (_, word, count) in document)
            {
                if (words.TryGetValue(word, out var place))
                    row[place] += count;
            }

            return row;
        }

        return Split(
            "Classic abstracts", "4 collections",
            [.. entries.GroupBy(entry => entry.Document).Select(Row).Where(row => row.Sum() > 1)]);
    }

    /// <summary>The rows to learn from.</summary>
    public NmfData<float> Data() => DataOf(Learnt);

    /// <summary>Data of some rows, sparse.</summary>
    public static NmfData<float> DataOf(double[][] rows)
    {
        using var builder = new NmfDataBuilder<float>(rows[0].Length);
        foreach (var row in rows)
        {
            int[] places = [.. Enumerable.Range(0, row.Length).Where(f => row[f] > 0)];
            builder.TryAdd(places, [.. places.Select(f => (float)row[f])], out _);
        }

        return builder.ToData();
    }

    private static HeldOutCounts Split(string name, string truth, double[][] rows)
    {
        var random = new Random(1);
        var heldOut = rows.Where((_, n) => n % HeldOutEvery == 0).ToArray();
        var seen = heldOut.Select(row => Array.ConvertAll(row, count =>
        {
            var half = 0.0;
            for (var i = 0; i < count; i++)
                half += random.Next(2);
            return half;
        })).ToArray();
        var unseen = heldOut.Zip(seen, (all, half) => all.Zip(half, (a, b) => a - b).ToArray()).ToArray();
        return new HeldOutCounts(name, truth, [.. rows.Where((_, n) => n % HeldOutEvery != 0)], seen, unseen);
    }
}
