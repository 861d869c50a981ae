using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Nmf.Topics;

internal sealed partial class ExplorerData
{
    private const int TitleLength = 200;
    private const int DescriptionLength = 2000;
    private const int WordLength = 100;
    private const int TopicsOfTerm = 5;
    private const double LeastTopicOfTerm = 0.02;
    private const int MostClassesShown = 30;
    private const int MostPairsShown = 50;
    private const int MostTwins = 3;

    // It escapes <, >, &, quotes and what is no line end to JSON but was one to scripts, and writes half a surrogate
    // pair as U+FFFD: whatever the texts are, they end neither the element nor the string that they are in.
    private static readonly JsonWriterOptions Safe = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the data as JSON that may stand in an HTML script element.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="perTopic">Most documents of a topic.</param>
    /// <param name="length">Most characters of a text.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    public void WriteJson(Stream stream, int perTopic, int length, CancellationToken cancellationToken)
    {
        using var json = new Utf8JsonWriter(stream, Safe);
        ShownDocument[] shown =
        [
            .. _documents.Concat(_representatives).SelectMany(documents => documents.Take(perTopic)).Distinct()
                .OrderBy(d => d.Number),
        ];
        json.WriteStartObject();
        json.WriteString("title", Passage.Beginning(_explorer.Options.Title, TitleLength));
        var description = _explorer.Options.Description;
        json.WriteString(
            "description", description is null ? null : Passage.Beginning(description, DescriptionLength));
        WriteCounts(json, shown, perTopic, length);
        WriteTopics(json, shown, perTopic);
        WriteTerms(json);
        WriteDocuments(json, shown, length, cancellationToken);
        WriteDistances(json);
        WriteGroups(json);
        WriteDays(json);
        WriteClasses(json);
        json.WriteEndObject();
    }

    private void WriteCounts(Utf8JsonWriter json, ShownDocument[] shown, int perTopic, int length)
    {
        json.WriteStartObject("counts");
        json.WriteNumber("documents", _explorer.DocumentCount);
        json.WriteNumber("shown", shown.Length);
        json.WriteNumber("cut", shown.Count(document => document.Length > length));
        json.WriteNumber("length", length);
        json.WriteNumber("perTopic", perTopic);
        json.WriteNumber("withoutTopics", _explorer.WithoutTopics);
        json.WriteNumber("withoutText", _explorer.WithoutText);
        json.WriteNumber("terms", _relevance.Terms);
        json.WriteNumber("termsShown", _terms.Length);
        json.WriteNumber("termsPerTopic", _explorer.Options.TermsPerTopic);
        json.WriteEndObject();
    }

    private void WriteTopics(Utf8JsonWriter json, ShownDocument[] shown, int perTopic)
    {
        var map = _map.Value;
        json.WriteBoolean("byTexts", _explorer.HasTopics);
        json.WriteNumber("neighbours", map.Neighbours);
        json.WriteNumber("kept", Math.Round(map.Kept, 4));
        // The largest coordinate is 1.
        var scale = map.Places.Max(place => Math.Max(Math.Abs(place.X), Math.Abs(place.Y)));
        scale = scale > 0 ? 1 / scale : 0;
        var numberOfTerm = Numbered(_terms);
        var numberOfDocument = Numbered(shown.Select(document => document.Number));
        json.WriteStartArray("topics");
        for (var t = 0; t < _relevance.Topics; t++)
        {
            json.WriteStartObject();
            json.WriteString("name", _names[t]);
            json.WriteBoolean("named", NameOfUser(t) is not null);
            json.WriteString("summary", Summary(_relevance.TopTerms(t, WordsOfName, NamingLambda)));
            WriteArray(
                json, "labels", _labels[t],
                label => json.WriteStringValue(Passage.Beginning(label.Phrase, LongestName)));
            json.WriteNumber("share", Round(_relevance.TopicShares[t]));
            if (_distances.HasWords[t])
            {
                json.WriteNumber("x", Math.Round(map.Places[t].X * scale, 4));
                json.WriteNumber("y", Math.Round(map.Places[t].Y * scale, 4));
            }

            // Topics with nearly the same words, the nearest first.
            WriteArray(
                json, "twins", Enumerable.Range(0, _relevance.Topics).Where(other => AreTwins(t, other))
                    .OrderBy(other => _words[t, other]).Take(MostTwins), json.WriteNumberValue);
            WriteArray(json, "terms", _termsOfTopics[t], w => json.WriteNumberValue(numberOfTerm[w]));
            WriteArray(
                json, "weights", _termsOfTopics[t], w => json.WriteNumberValue(Round(_relevance.Probability(t, w))));
            WriteArray(
                json, "documents", _documents[t].Take(perTopic),
                document => json.WriteNumberValue(numberOfDocument[document.Number]));
            WriteArray(
                json, "representatives", _representatives[t].Take(perTopic),
                document => json.WriteNumberValue(numberOfDocument[document.Number]));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteTerms(Utf8JsonWriter json)
    {
        WriteArray(json, "words", _terms, w => json.WriteStringValue(Passage.Beginning(Word(w), WordLength)));
        WriteArray(json, "overall", _terms, w => json.WriteNumberValue(Round(_relevance.Probability(w))));
        // p(t|w) in thousandths: topic, share, topic, share.
        var parts = new double[_relevance.Topics];
        WriteArray(json, "topicsOfWords", _terms, w =>
        {
            double sum = 0;
            for (var t = 0; t < parts.Length; t++)
                sum += parts[t] = _relevance.TopicShares[t] * _relevance.Probability(t, w);
            WriteShares(
                json, Enumerable.Range(0, parts.Length).Where(t => parts[t] > LeastTopicOfTerm * sum)
                    .OrderByDescending(t => parts[t]).ThenBy(t => t).Take(TopicsOfTerm)
                    .Select(t => (t, parts[t] / sum)));
        });
    }

    private void WriteDocuments(
        Utf8JsonWriter json, ShownDocument[] shown, int length, CancellationToken cancellationToken)
    {
        var format = _explorer.Days.Groups > 0 ? Periods.Precision([.. _explorer.Days.Keys]) : "";
        json.WriteStartArray("documents");
        foreach (var document in shown)
        {
            cancellationToken.ThrowIfCancellationRequested();
            json.WriteStartObject();
            json.WriteNumber("number", document.Number + 1);
            if (document.Title is { Length: > 0 } title)
                json.WriteString("title", title);
            json.WriteString("text", Passage.Beginning(document.Text, length));
            if (document.Length > length)
                json.WriteNumber("length", document.Length);
            if (document.Date is { } date)
                json.WriteString("date", date.ToString(format, CultureInfo.InvariantCulture));
            if (document.Class is { Length: > 0 } name)
                json.WriteString("class", name);
            json.WritePropertyName("topics");
            WriteShares(json, document.Topics);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteDistances(Utf8JsonWriter json)
    {
        json.WriteNumber("nearDuplicate", _explorer.Options.NearDuplicateDistance);
        WriteArray(json, "order", Order(), json.WriteNumberValue);
        // Those to the topics before, in thousandths of the mean of all pairs.
        int[] there = [.. Enumerable.Range(0, _relevance.Topics).Where(t => _distances.HasWords[t])];
        var mean = there.Length < 2 ? 0
            : there.Sum(t => there.Sum(other => _distances[t, other])) / (there.Length * (there.Length - 1.0));
        WriteArray(json, "distances", Enumerable.Range(0, _relevance.Topics), t => WriteValues(
            json, Enumerable.Range(0, t),
            other => json.WriteNumberValue(mean > 0 ? (int)Math.Round(_distances[t, other] / mean * 1000) : 0)));
        // Topic, topic, distance of their words in thousandths.
        (int First, int Second, double Distance)[] pairs =
        [
            .. there.SelectMany(
                t => there.Where(other => other < t && AreTwins(t, other)), (t, other) => (other, t, _words[t, other]))
                .OrderBy(pair => pair.Item3),
        ];
        json.WriteNumber("duplicates", pairs.Length);
        WriteArray(json, "nearestPairs", pairs.Take(MostPairsShown), pair =>
        {
            json.WriteNumberValue(pair.First);
            json.WriteNumberValue(pair.Second);
            json.WriteNumberValue((int)Math.Round(pair.Distance * 1000));
        });
    }

    private bool AreTwins(int first, int second) => first != second && _words.HasWords[first]
        && _words.HasWords[second] && _words[first, second] <= _explorer.Options.NearDuplicateDistance;

    private void WriteDays(Utf8JsonWriter json)
    {
        if (_explorer.Days.Groups == 0)
            return;
        DateOnly[] days = [.. _explorer.Days.Keys];
        var periods = Periods.Of(days);
        var totals = _explorer.Days.By(periods.Number);
        var numbers = Enumerable.Range(totals.Keys.Min(), totals.Keys.Max() - totals.Keys.Min() + 1);
        json.WriteStartObject("time");
        json.WriteString("unit", periods.Unit);
        WriteGroups(json, totals, numbers, number => json.WriteStringValue(periods.Label(number)));
        json.WriteEndObject();
    }

    private void WriteClasses(Utf8JsonWriter json)
    {
        if (_explorer.Classes.Groups == 0)
            return;
        var largest = _explorer.Classes.Keys.OrderByDescending(_explorer.Classes.Documents)
            .ThenBy(name => name, StringComparer.Ordinal).ToArray();
        json.WriteStartObject("classes");
        json.WriteNumber("all", largest.Length);
        WriteGroups(
            json, _explorer.Classes, largest.Take(MostClassesShown),
            name => json.WriteStringValue(Passage.Beginning(name.Length > 0 ? name : "(empty)", WordLength)));
        json.WriteEndObject();
    }

    // Mean shares of the topics in ten-thousandths and the ends of their intervals; null for a group without documents.
    private void WriteGroups<TKey>(
        Utf8JsonWriter json, Totals<TKey> totals, IEnumerable<TKey> keys, Action<TKey> writeName)
        where TKey : notnull
    {
        TKey[] all = [.. keys];
        var shares = new TopicShare[_relevance.Topics][];
        Parallel.For(0, shares.Length, t => shares[t] = Array.ConvertAll(all, key => totals.Share(key, t)));
        WriteArray(json, "names", all, writeName);
        WriteArray(json, "sizes", all, key => json.WriteNumberValue(totals.Documents(key)));
        Write("shares", share => share.Share);
        Write("lower", share => share.Lower);
        Write("upper", share => share.Upper);

        void Write(string name, Func<TopicShare, double> part)
            => WriteArray(json, name, shares, of => WriteValues(json, of, share =>
            {
                if (double.IsNaN(share.Share))
                    json.WriteNullValue();
                else
                    json.WriteNumberValue((int)Math.Round(part(share) * 10_000));
            }));
    }

    private void WriteGroups(Utf8JsonWriter json) => WriteArray(json, "groups", _groups.All, group =>
    {
        json.WriteStartObject();
        json.WriteString("name", Summary(group.Terms));
        WriteArray(json, "children", group.Children, json.WriteNumberValue);
        json.WriteEndObject();
    });

    private static void WriteShares(Utf8JsonWriter json, IEnumerable<(int Topic, double Share)> shares)
    {
        json.WriteStartArray();
        foreach (var (topic, share) in shares)
        {
            json.WriteNumberValue(topic);
            json.WriteNumberValue((int)Math.Round(share * 1000));
        }

        json.WriteEndArray();
    }

    private static void WriteArray<TItem>(
        Utf8JsonWriter json, string name, IEnumerable<TItem> items, Action<TItem> write)
    {
        json.WritePropertyName(name);
        WriteValues(json, items, write);
    }

    private static void WriteValues<TItem>(Utf8JsonWriter json, IEnumerable<TItem> items, Action<TItem> write)
    {
        json.WriteStartArray();
        foreach (var item in items)
            write(item);
        json.WriteEndArray();
    }

    private static Dictionary<int, int> Numbered(IEnumerable<int> items)
        => items.Select((item, i) => (item, i)).ToDictionary(pair => pair.item, pair => pair.i);

    // Seven significant digits, those of single precision: equal lifts stay equal.
    private static double Round(double value)
    {
        if (value == 0)
            return 0;
        var scale = Math.Pow(10, 6 - Math.Floor(Math.Log10(value)));
        return double.IsFinite(scale) ? Math.Round(value * scale) / scale : value;
    }
}
