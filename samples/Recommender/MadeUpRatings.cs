namespace Recommender;

/// <summary>
/// Ratings as people give them, made up: users are more or less generous, items better or worse, both have a place on a
/// few scales of taste, popular items are rated more often, and the result is rounded to half stars between ½ and 5.
/// </summary>
internal static class MadeUpRatings
{
    private const int Users = 2500;
    private const int Items = 1200;
    private const int Tastes = 6;
    private const double Noise = 0.75;

    public static List<RatingRow> Create(int count, int seed)
    {
        var random = new Random(seed);
        var (generosity, quality) = (Normals(Users, 0.4), Normals(Items, 0.45));
        var (likes, traits) = (Normals(Users * Tastes, 0.42), Normals(Items * Tastes, 0.6));
        var (activity, popularity) = (Cumulative(Users, 0.6), Cumulative(Items, 0.8));
        var seen = new HashSet<(int, int)>();
        var rows = new List<RatingRow>(count);
        while (rows.Count < count)
        {
            var (user, item) = (Draw(activity), Draw(popularity));
            if (!seen.Add((user, item)))
                continue;
            var rating = 3.5 + generosity[user] + quality[item] + (Noise * Normal());
            for (var t = 0; t < Tastes; t++)
                rating += likes[(user * Tastes) + t] * traits[(item * Tastes) + t];
            rows.Add(new RatingRow { User = $"user{user}", Item = $"item{item}", Rating = (float)Math.Clamp(
                Math.Round(2 * rating) / 2, 0.5, 5) });
        }

        return rows;

        double Normal()
            => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        double[] Normals(int n, double deviation) => [.. Enumerable.Range(0, n).Select(_ => deviation * Normal())];

        // Zipf's law, softened.
        static double[] Cumulative(int n, double exponent)
        {
            var sums = new double[n];
            double sum = 0;
            for (var i = 0; i < n; i++)
                sums[i] = sum += Math.Pow(i + 10, -exponent);
            return sums;
        }

        int Draw(double[] sums)
        {
            var at = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
            return Math.Min(sums.Length - 1, at < 0 ? ~at : at);
        }
    }
}
