namespace Nmf;

/// <summary>
/// What users and items give on average: <c>b = max(μ + b_u + b_i, μ / 10)</c>, with deviations that are means of what
/// the other ones leave, shrunk towards zero (Koren, Bell and Volinsky, "Matrix factorization techniques for
/// recommender systems", 2009).
/// </summary>
internal sealed class RatingMeans
{
    private const int Sweeps = 10;
    private const double LeastPart = 0.1;

    private readonly double[] _users;
    private readonly double[] _items;

    public RatingMeans(double overall, double[] users, double[] items)
        => (Overall, _users, _items) = (overall, users, items);

    public double Overall { get; }

    public ReadOnlySpan<double> Users => _users;

    public ReadOnlySpan<double> Items => _items;

    public static RatingMeans Fit(ReadOnlySpan<Rating> ratings, int users, int items, RatingOptions options)
    {
        double sum = 0;
        foreach (var rating in ratings)
            sum += rating.Value;
        var means = new RatingMeans(sum / ratings.Length, new double[users], new double[items]);
        var (userCounts, itemCounts) = (new int[users], new int[items]);
        foreach (var rating in ratings)
        {
            userCounts[rating.User]++;
            itemCounts[rating.Item]++;
        }

        for (var sweep = 0; options.MeanShrinkage is { } shrinkage && sweep < Sweeps; sweep++)
        {
            Array.Clear(means._items);
            foreach (var rating in ratings)
                means._items[rating.Item] += rating.Value - means.Overall - means._users[rating.User];
            Divide(means._items, itemCounts, shrinkage);
            Array.Clear(means._users);
            foreach (var rating in ratings)
                means._users[rating.User] += rating.Value - means.Overall - means._items[rating.Item];
            Divide(means._users, userCounts, shrinkage);
        }

        return means;
    }

    /// <summary>The means of ratings times 2^exponent.</summary>
    public RatingMeans Scaled(int exponent) => new(
        Math.ScaleB(Overall, exponent), Array.ConvertAll(_users, x => Math.ScaleB(x, exponent)),
        Array.ConvertAll(_items, x => Math.ScaleB(x, exponent)));

    /// <summary>The mean that is expected of a pair, greater than zero; of a user or an item that is not known its
    /// deviation is zero.</summary>
    public double Of(int user, int item)
        => Math.Max(LeastPart * Overall, Overall + Deviation(_users, user) + Deviation(_items, item));

    private static double Deviation(double[] deviations, int index)
        => (uint)index < (uint)deviations.Length ? deviations[index] : 0;

    private static void Divide(double[] sums, int[] counts, double shrinkage)
    {
        for (var i = 0; i < sums.Length; i++)
            sums[i] = counts[i] > 0 ? sums[i] / (counts[i] + shrinkage) : 0;
    }
}
