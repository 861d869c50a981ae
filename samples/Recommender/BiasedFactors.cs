namespace Recommender;

/// <summary>
/// The usual baseline: <c>r ≈ μ + b_u + b_i + p_u · q_i</c> by stochastic gradient descent with weight decay (Koren, Bell and Volinsky 2009).
/// </summary>
internal sealed class BiasedFactors
{
    private const int Epochs = 100;
    private const double Rate = 0.01;

    private readonly int _rank;
    private readonly double _mean;
    private readonly Dictionary<string, int> _users = [];
    private readonly Dictionary<string, int> _items = [];
    private readonly double[] _userBias;
    private readonly double[] _itemBias;
    private readonly double[] _userFactors;
    private readonly double[] _itemFactors;

    public BiasedFactors(IReadOnlyList<RatingRow> ratings, int rank, double regularization, int seed)
    {
        var random = new Random(seed);
        _rank = rank;
        _mean = ratings.Average(row => row.Rating);
        var pairs = ratings.Select(row => (User: IndexOf(_users, row.User), Item: IndexOf(_items, row.Item), row.Rating)).ToArray();
        (_userBias, _itemBias) = (new double[_users.Count], new double[_items.Count]);
        (_userFactors, _itemFactors) = (Small(_users.Count), Small(_items.Count));
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(pairs);
            foreach (var (user, item, rating) in pairs)
            {
                var p = _userFactors.AsSpan(user * rank, rank);
                var q = _itemFactors.AsSpan(item * rank, rank);
                var error = rating - Predict(user, item);
                _userBias[user] += Rate * (error - (regularization * _userBias[user]));
                _itemBias[item] += Rate * (error - (regularization * _itemBias[item]));
                for (var k = 0; k < rank; k++)
                {
                    var before = p[k];
                    p[k] += Rate * ((error * q[k]) - (regularization * before));
                    q[k] += Rate * ((error * before) - (regularization * q[k]));
                }
            }
        }

        double[] Small(int count) => [.. Enumerable.Range(0, count * rank).Select(_ => 0.2 * (random.NextDouble() - 0.5))];
    }

    /// <summary>NaN for whom the training did not see.</summary>
    public double Predict(RatingRow row)
        => _users.TryGetValue(row.User, out var user) && _items.TryGetValue(row.Item, out var item) ? Predict(user, item) : double.NaN;

    private double Predict(int user, int item)
    {
        var sum = _mean + _userBias[user] + _itemBias[item];
        for (var k = 0; k < _rank; k++)
            sum += _userFactors[(user * _rank) + k] * _itemFactors[(item * _rank) + k];
        return sum;
    }

    private static int IndexOf(Dictionary<string, int> indices, string name)
    {
        if (!indices.TryGetValue(name, out var index))
            indices[name] = index = indices.Count;
        return index;
    }
}
