using Nmf.Kernels;

namespace Nmf;

/// <summary>Ratings as a weighted sparse matrix of users x items whose absent entries are missing.</summary>
internal static unsafe class RatingTable
{
    public static void Require(ReadOnlySpan<Rating> ratings, int users, int items)
    {
        if (ratings.IsEmpty)
            throw new NmfDataException("There are no ratings.");
        double sum = 0;
        for (var i = 0; i < ratings.Length; i++)
        {
            var (user, item, value) = ratings[i];
            if ((uint)user >= (uint)users || (uint)item >= (uint)items)
                throw new NmfDataException(
                    $"Rating {i} is of user {user} and item {item}, but there are {users} users and {items} items.");
            if (!(value >= 0 && float.IsFinite(value)))
                throw new NmfDataException(
                    $"The rating of item {item} by user {user} is {value}. Ratings must be finite and at least 0.",
                    user, item, value);
            sum += value;
        }

        if (sum == 0)
            throw new NmfDataException("All ratings are zero: there is nothing to factorize.");
    }

    /// <summary>r / b with weights n b^β, where b is the mean of a pair and n the number of its ratings.</summary>
    public static NmfData<float> Create(
        ReadOnlySpan<Rating> ratings, int users, int items, RatingMeans means, double beta)
    {
        var sorted = ratings.ToArray();
        Array.Sort(
            sorted, (a, b) => a.User != b.User ? a.User.CompareTo(b.User) : a.Item != b.Item ? a.Item.CompareTo(b.Item)
                : a.Value.CompareTo(b.Value));
        var pairs = 0L;
        for (var i = 0; i < sorted.Length; i++)
            pairs += IsNewPair(sorted, i) ? 1 : 0;
        var values = new SparseMatrix<float>(users, items, pairs);
        var weights = new SparseMatrix<float>(users, items, pairs);
        long at = -1;
        double sum = 0;
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var (user, item, value) = sorted[i];
            if (IsNewPair(sorted, i))
            {
                at++;
                (sum, count) = (0, 0);
                values.ColumnIndices[at] = weights.ColumnIndices[at] = item;
                values.RowStarts[user + 1]++;
            }

            sum += value;
            count++;
            var mean = means.Of(user, item);
            values.Values[at] = (float)(sum / count / mean);
            weights.Values[at] = (float)(count * Math.Pow(mean, beta));
        }

        for (var user = 0; user < users; user++)
            values.RowStarts[user + 1] += values.RowStarts[user];
        for (var user = 0; user <= users; user++)
            weights.RowStarts[user] = values.RowStarts[user];
        var data = NmfData<float>.FromMatrix(values, AbsentEntries.Missing);
        return data.WithWeights(weights);
    }

    private static bool IsNewPair(Rating[] sorted, int i)
        => i == 0 || sorted[i].User != sorted[i - 1].User || sorted[i].Item != sorted[i - 1].Item;
}
