namespace Recommender;

/// <summary>
/// The usual baseline: <c>r ≈ μ + b_u + b_i + p_u · q_i</c> by stochastic gradient descent with weight decay (Koren,
/// Bell and Volinsky 2009).
/// </summary>
internal sealed class BiasedFactors
{
    private const double Rate = 0.01;

    private readonly Random _random;
    private readonly int _rank;
    private readonly double _regularization;
    private readonly double _mean;
    private readonly double _lowest;
    private readonly double _highest;
    private readonly (int User, int Item, float Rating)[] _pairs;
    private readonly Dictionary<string, int> _users = [];
    private readonly Dictionary<string, int> _items = [];
    private readonly double[] _userBias;
    private readonly double[] _itemBias;
    private readonly double[] _userFactors;
    private readonly double[] _itemFactors;

    public BiasedFactors(IReadOnlyList<RatingRow> ratings, int rank, double regularization, int seed)
    {
        _random = new Random(seed);
        (_rank, _regularization) = (rank, regularization);
        _mean = ratings.Average(row => row.Rating);
        (_lowest, _highest) = (ratings.Min(row => row.Rating), ratings.Max(row => row.Rating));
        _pairs = [.. ratings.Select(row => (IndexOf(_users, row.User), IndexOf(_items, row.Item), row.Rating))];
        (_userBias, _itemBias) = (new double[_users.Count], new double[_items.Count]);
        (_userFactors, _itemFactors) = (Small(_users.Count), Small(_items.Count));

        double[] Small(int count)
            => [.. Enumerable.Range(0, count * rank).Select(_ => 0.2 * (_random.NextDouble() - 0.5))];
    }

    /// <summary>Goes on learning: so many times through all ratings, in random order.</summary>
    public BiasedFactors Train(int epochs)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            _random.Shuffle(_pairs);
            foreach (var (user, item, rating) in _pairs)
            {
                var p = _userFactors.AsSpan(user * _rank, _rank);
                var q = _itemFactors.AsSpan(item * _rank, _rank);
                var error = rating - Predict(user, item);
                _userBias[user] += Rate * (error - (_regularization * _userBias[user]));
                _itemBias[item] += Rate * (error - (_regularization * _itemBias[item]));
                for (var k = 0; k < p.Length; k++)
                {
                    var before = p[k];
                    p[k] += Rate * ((error * q[k]) - (_regularization * before));
                    q[k] += Rate * ((error * before) - (_regularization * q[k]));
                }
            }
        }

        return this;
    }

    /// <summary>Within the range of the ratings; NaN for whom the training did not see.</summary>
    public double Predict(RatingRow row)
        => _users.TryGetValue(row.User, out var user) && _items.TryGetValue(row.Item, out var item)
            ? Math.Clamp(Predict(user, item), _lowest, _highest)
            : double.NaN;

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
