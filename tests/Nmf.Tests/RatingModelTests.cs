using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>The model of ratings: descent, gradients, means, duplicates, who was not seen, and errors.</summary>
public sealed class RatingModelTests
{
    private const int Users = 60;
    private const int Items = 40;

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 3)]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    public void The_objective_never_increases(double beta, double weight)
    {
        var values = TestData.Positive(Users, Items, 3, 5).Select((v, i) => i % 3 == 0 ? v : double.NaN).ToArray();
        var data = TestData.SparseObserved<double>(values, Users, Items);
        var start = TestData.Start<double>(Users, Items, 4, 1);
        using var team = new WorkTeam(1);
        var solver = new RatingSolver<double>(data, beta, weight, 0.5, start, team);
        var previous = solver.Objective();
        for (var i = 0; i < 120; i++)
        {
            solver.Step();
            var current = solver.Objective();
            Assert.True(
                current <= previous + (1e-10 * Math.Abs(previous)), $"Iteration {i}: {previous:R} -> {current:R}");
            previous = current;
        }

        Assert.All(solver.W.ToRowMajor().Concat(solver.H.ToRowMajor()), x => Assert.True(x >= 0 && double.IsFinite(x)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void At_the_end_the_derivatives_of_positive_entries_are_zero(double beta)
    {
        var values = TestData.Positive(12, 9, 2, 5).Select((v, i) => i % 4 == 1 ? double.NaN : v).ToArray();
        var data = TestData.SparseObserved<double>(values, 12, 9);
        var start = TestData.Start<double>(12, 9, 2, 1);
        using var team = new WorkTeam(1);
        var solver = new RatingSolver<double>(data, beta, 0.7, 0.5, start, team);
        for (var i = 0; i < 20000; i++)
            solver.Step();
        const double step = 1e-5;
        var positive = 0;
        foreach (var factor in new[] { solver.W, solver.H })
        {
            for (var i = 0; i < factor.Rows; i++)
            {
                foreach (ref var x in factor.Row(i))
                {
                    if (x < 1e-3)
                        continue;
                    var at = x;
                    x = at + step;
                    var above = solver.Objective();
                    x = at - step;
                    var below = solver.Objective();
                    x = at;
                    Assert.Equal(0, at * (above - below) / (2 * step), 1e-3);
                    positive++;
                }
            }
        }

        Assert.True(positive > 20, $"Only {positive} of 42 entries are positive.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Ratings_of_a_low_rank_are_predicted(double beta)
    {
        var truth = Truth();
        var (train, test) = Split(truth);
        var model = RatingModel.Fit(
            train, Users, Items, new RatingOptions { Rank = 4, Beta = beta, Shrinkage = 0.1,
                Iterations = new() { MaximumIterations = 500 } });
        var mean = train.Average(rating => rating.Value);
        Assert.True(Error(test, rating => model.Predict(rating.User, rating.Item)) < 0.3 * Error(test, _ => mean));
    }

    [Fact]
    public void Great_shrinkage_predicts_the_means()
    {
        var (train, _) = Split(Truth());
        var model = RatingModel.Fit(
            train, Users, Items, new RatingOptions { Rank = 3, Shrinkage = 1e9,
                Iterations = new() { MaximumIterations = 2000, Tolerance = 0 } });
        var expected = model.OverallMean + model.UserMeans[7] + model.ItemMeans[5];
        Assert.Equal(expected, model.Predict(7, 5), 1e-3 * expected);
        var one = RatingModel.Fit(
            train, Users, Items, new RatingOptions { Rank = 3, Shrinkage = 1e9, MeanShrinkage = null });
        Assert.Equal(train.Average(rating => rating.Value), one.Predict(7, 5), 1e-2);
    }

    [Fact]
    public void The_order_of_the_ratings_and_the_number_of_threads_do_not_matter()
    {
        var (train, _) = Split(Truth());
        var first = RatingModel.Fit(
            train, Users, Items, new RatingOptions { Rank = 2, MeanShrinkage = null,
                Iterations = new() { MaximumIterations = 20 }, Threads = 1 });
        var second = RatingModel.Fit(
            train, Users, Items, new RatingOptions { Rank = 2, MeanShrinkage = null,
                Iterations = new() { MaximumIterations = 20 }, Threads = 3 });
        for (var user = 0; user < Users; user++)
            Assert.Equal(first.UserFactors(user).ToArray(), second.UserFactors(user).ToArray());
        Array.Reverse(train);
        var third = RatingModel.Fit(
            train, Users, Items, new RatingOptions { Rank = 2, MeanShrinkage = null,
                Iterations = new() { MaximumIterations = 20 }, Threads = 2 });
        Assert.Equal(first.Predict(3, 4), third.Predict(3, 4), 1e-4);
    }

    [Fact]
    public void Several_ratings_of_a_pair_count_as_so_many_of_their_mean()
    {
        var (train, _) = Split(Truth());
        Rating[] twice = [.. train, .. train.Take(50).Select(rating => rating with { Value = rating.Value + 1 })];
        Rating[] averaged = [
            .. train.Take(50).SelectMany(rating => Enumerable.Repeat(rating with { Value = rating.Value + 0.5f }, 2)),
            .. train.Skip(50)];
        var options = new RatingOptions { Rank = 2, MeanShrinkage = null,
            Iterations = new() { MaximumIterations = 50 } };
        var (a, b) = (RatingModel.Fit(twice, Users, Items, options), RatingModel.Fit(averaged, Users, Items, options));
        Assert.Equal(a.OverallMean, b.OverallMean, 1e-6);
        foreach (var rating in train.Take(60))
            Assert.Equal(a.Predict(rating.User, rating.Item), b.Predict(rating.User, rating.Item), 1e-3);
    }

    [Fact]
    public void Means_are_what_the_others_leave_shrunk_towards_zero()
    {
        var (train, _) = Split(Truth());
        var model = RatingModel.Fit(train, Users, Items, new RatingOptions { Rank = 2, MeanShrinkage = 3 });
        Assert.Equal(train.Average(rating => rating.Value), model.OverallMean, 1e-5);
        for (var item = 0; item < Items; item++)
            Assert.Equal(
                Shrunk(train.Where(rating => rating.Item == item), rating => model.UserMeans[rating.User]),
                model.ItemMeans[item], 1e-3);
        for (var user = 0; user < Users; user++)
            Assert.Equal(
                Shrunk(train.Where(rating => rating.User == user), rating => model.ItemMeans[rating.Item]),
                model.UserMeans[user], 1e-5);

        double Shrunk(IEnumerable<Rating> ratings, Func<Rating, double> other)
            => ratings.Sum(rating => rating.Value - model.OverallMean - other(rating)) / (ratings.Count() + 3.0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Ratings_in_any_order_are_a_matrix_of_pairs(double beta)
    {
        var random = new Random(8);
        var ratings = Enumerable.Range(0, 300).Select(
            _ => new Rating(random.Next(13), random.Next(9), 1 + random.Next(5))).ToArray();
        var means = RatingMeans.Fit(ratings, 13, 9, new RatingOptions { Rank = 2 });
        var data = RatingTable.Create(ratings, 13, 9, means, beta);
        var pairs = ratings.GroupBy(rating => (rating.User, rating.Item)).OrderBy(pair => pair.Key).ToArray();
        Assert.True(pairs.Length is > 50 and < 117);
        var at = 0;
        for (var user = 0; user < 13; user++)
        {
            var items = data.Sparse!.RowIndices(user);
            var values = data.Sparse.RowValues(user);
            for (var i = 0; i < items.Length; i++, at++)
            {
                Assert.Equal(pairs[at].Key, (user, items[i]));
                var mean = means.Of(user, items[i]);
                Assert.Equal(pairs[at].Average(rating => rating.Value) / mean, values[i], 1e-5);
            }
        }

        Assert.Equal(pairs.Length, at);
        Assert.Equal(
            pairs.Sum(pair => pair.Count() * Math.Pow(means.Of(pair.Key.User, pair.Key.Item), beta)), data.TotalWeight,
            1e-3);
    }

    [Fact]
    public void Who_was_not_seen_has_no_prediction()
    {
        var train = Split(Truth()).Train.Where(rating => rating.User != 4 && rating.Item != 6).ToArray();
        var model = RatingModel.Fit(train, Users, Items, new RatingOptions { Rank = 2 });
        foreach (var (user, item) in new[] { (4, 1), (1, 6), (-1, 1), (1, -1), (Users, 1), (1, Items) })
            Assert.Equal(float.NaN, model.Predict(user, item));
        Assert.True(float.IsFinite(model.Predict(1, 1)));
    }

    [Fact]
    public void Bad_ratings_and_options_are_refused()
    {
        var options = new RatingOptions { Rank = 2 };
        Assert.Throws<NmfDataException>(() => RatingModel.Fit([], 1, 1, options));
        Assert.Throws<NmfDataException>(() => RatingModel.Fit([new(0, 0, 0)], 1, 1, options));
        foreach (var bad in new[] { -1, float.NaN, float.PositiveInfinity })
            Assert.Contains(
                "item 1 by user 0",
                Assert.Throws<NmfDataException>(() => RatingModel.Fit([new(0, 1, bad)], 1, 2, options)).Message,
                StringComparison.Ordinal);
        Assert.Contains(
            "user 3", Assert.Throws<NmfDataException>(() => RatingModel.Fit([new(3, 0, 1)], 3, 1, options)).Message,
            StringComparison.Ordinal);
        foreach (var wrong in new[]
        {
            options with { Rank = 0 }, options with { Beta = 0 }, options with { Shrinkage = -1 },
            options with { MeanShrinkage = double.NaN }, options with { Starts = 0 },
            options with { Iterations = options.Iterations with { MaximumIterations = -1 } },
            options with { Iterations = options.Iterations with { Tolerance = -1 } }, options with { Threads = 0 },
        })
        {
            Assert.Throws<ArgumentException>(() => RatingModel.Fit([new(0, 0, 1)], 1, 1, wrong));
        }
    }

    private static Rating[] Truth()
    {
        var values = TestData.Positive(Users, Items, 3, 11);
        var smooth = new Random(4);
        var (h, w) = (Enumerable.Range(0, Users * 3).Select(_ => smooth.NextDouble()).ToArray(),
            Enumerable.Range(0, Items * 3).Select(_ => smooth.NextDouble()).ToArray());
        for (var i = 0; i < values.Length; i++)
            values[i] = 1 + Enumerable.Range(0, 3).Sum(k => 2 * h[(i / Items * 3) + k] * w[(i % Items * 3) + k]);
        return [.. values.Select((v, i) => new Rating(i / Items, i % Items, (float)v))];
    }

    private static (Rating[] Train, Rating[] Test) Split(Rating[] ratings)
        => ([.. ratings.Where((_, i) => i * 7919L % 101 < 60)], [.. ratings.Where((_, i) => i * 7919L % 101 >= 60)]);

    private static double Error(Rating[] ratings, Func<Rating, double> predict)
        => ratings.Average(rating => Math.Pow(predict(rating) - rating.Value, 2));
}
