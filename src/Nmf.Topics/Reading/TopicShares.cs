using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Topics;

/// <summary>The share of a topic in a group of texts, and how sure it is.</summary>
/// <param name="Share">Mean over the texts of the group of the share of the topic in the text.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
public readonly record struct TopicShare(double Share, double Lower, double Upper);

/// <summary>A group of texts: a class, or a period.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Texts">Number of its texts that have a topic at all.</param>
/// <param name="Shares">For every topic its share; they add up to one.</param>
public sealed record TopicGroup(string Name, int Texts, IReadOnlyList<TopicShare> Shares);

/// <summary>How groups are drawn.</summary>
public sealed record TopicGroupOptions
{
    /// <summary>Probability that an interval is to cover.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Number of resamples of the texts of a group, or 0 for no intervals (they are the share then).</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Seed of the resamples.</summary>
    public int Seed { get; init; }

    internal void Validate()
    {
        if (!(Level is > 0 and < 1))
            throw new ArgumentException("The level must be between 0 and 1.", nameof(Level));
        if (Resamples is < 0 or (> 0 and < 20))
            throw new ArgumentException("The number of resamples must be 0 or at least 20.", nameof(Resamples));
    }
}

/// <summary>
/// Topics by group: per class, or over time. Every text counts the same, whatever its length: the share of a topic in a
/// group is the mean of its shares in the texts. Intervals are percentiles of the bootstrap over the texts of the group
/// (Efron 1979): they say how the mean would vary with other texts of the kind, the topics being given; a group of one
/// text has no interval (its ends are 0 and 1).
/// </summary>
public static class TopicShares
{
    /// <summary>Shares of the topics in groups.</summary>
    /// <param name="activations">H, texts x topics, for dictionary columns of sum one.</param>
    /// <param name="groups">The group of each text; null or empty for a text that is left out.</param>
    /// <param name="options">Intervals.</param>
    /// <param name="cancellationToken">Looked at between resamples.</param>
    /// <returns>The groups in ordinal order of their names; texts without activations are left out.</returns>
    /// <remarks>Takes O(resamples N K) time. The same seed gives the same numbers.</remarks>
    /// <exception cref="ArgumentException">The numbers of texts differ, an activation is negative or not finite, or an
    /// option is out of range.</exception>
    public static IReadOnlyList<TopicGroup> By<T>(
        Matrix<T> activations, IReadOnlyList<string?> groups, TopicGroupOptions? options = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TopicActivations.Require(activations, nameof(activations));
        ArgumentNullException.ThrowIfNull(groups);
        options ??= new();
        options.Validate();
        if (groups.Count != activations.Rows)
            throw new ArgumentException(
                $"There are groups of {groups.Count} texts, but activations of {activations.Rows}.", nameof(groups));
        var members = new SortedDictionary<string, List<double[]>>(StringComparer.Ordinal);
        for (var n = 0; n < groups.Count; n++)
        {
            if (groups[n] is not { Length: > 0 } name || Shares(activations.Row(n)) is not { } shares)
                continue;
            if (!members.TryGetValue(name, out var of))
                members[name] = of = [];
            of.Add(shares);
        }

        return [.. members.Select((pair, number) => new TopicGroup(
            pair.Key, pair.Value.Count,
            Of([.. pair.Value], activations.Columns, options, number, cancellationToken)))];
    }

    /// <summary>Names periods of time, so that their order is that of their names: <c>2024</c>, <c>2024-03</c>,
    /// <c>2024-03-17</c>.</summary>
    /// <param name="dates">A date for each text, or null.</param>
    /// <param name="period">How long a period is.</param>
    public static IReadOnlyList<string?> Periods(IReadOnlyList<DateTime?> dates, TopicPeriod period)
    {
        ArgumentNullException.ThrowIfNull(dates);
        var format = period switch
        {
            TopicPeriod.Year => "yyyy",
            TopicPeriod.Month => "yyyy-MM",
            TopicPeriod.Day => "yyyy-MM-dd",
            _ => throw new ArgumentOutOfRangeException(nameof(period), period, "There is no such period."),
        };
        return [.. dates.Select(date => date?.ToString(format, System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static double[]? Shares<T>(ReadOnlySpan<T> activations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shares = new double[activations.Length];
        double total = 0;
        for (var k = 0; k < shares.Length; k++)
            total += shares[k] = double.CreateTruncating(activations[k]);
        if (!(total > 0))
            return null;
        for (var k = 0; k < shares.Length; k++)
            shares[k] /= total;
        return shares;
    }

    private static TopicShare[] Of(
        double[][] texts, int topics, TopicGroupOptions options, int number, CancellationToken cancellationToken)
    {
        var mean = new double[topics];
        foreach (var text in texts)
            Add(mean, text, 1.0 / texts.Length);
        if (options.Resamples == 0)
            return Array.ConvertAll(mean, share => new TopicShare(share, share, share));
        if (texts.Length == 1)
            return Array.ConvertAll(mean, share => new TopicShare(share, 0, 1));
        var random = new Random(unchecked((options.Seed * 397) ^ number));
        var draws = new double[topics][];
        for (var k = 0; k < topics; k++)
            draws[k] = new double[options.Resamples];
        var sum = new double[topics];
        for (var b = 0; b < options.Resamples; b++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(sum);
            for (var n = 0; n < texts.Length; n++)
                Add(sum, texts[random.Next(texts.Length)], 1.0 / texts.Length);
            for (var k = 0; k < topics; k++)
                draws[k][b] = sum[k];
        }

        var tail = (1 - options.Level) / 2;
        return [.. mean.Select((share, k) =>
        {
            Array.Sort(draws[k]);
            return new TopicShare(share, Quantile(draws[k], tail), Quantile(draws[k], 1 - tail));
        })];
    }

    private static void Add(double[] sum, double[] values, double weight)
    {
        for (var k = 0; k < sum.Length; k++)
            sum[k] += weight * values[k];
    }

    // Between the two nearest of the sorted values, as numpy does by default.
    private static double Quantile(double[] sorted, double probability)
    {
        var at = probability * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 == sorted.Length ? sorted[below]
            : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }
}

/// <summary>How long a period is.</summary>
public enum TopicPeriod
{
    /// <summary>A year.</summary>
    Year,

    /// <summary>A month.</summary>
    Month,

    /// <summary>A day.</summary>
    Day,
}
