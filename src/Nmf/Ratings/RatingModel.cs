using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A model of ratings: what users and items give on average times a nonnegative factorisation,
/// <c>r ≈ b_ui Σ_k w_ik h_uk</c>, in which a factor of one says "as on average". Fitted to the observed ratings only,
/// at a cost proportional to their number.
/// </summary>
/// <remarks>Immutable; may be read from several threads.</remarks>
public sealed class RatingModel
{
    private readonly RatingMeans _means;
    private readonly float[] _users;
    private readonly float[] _items;

    private RatingModel(int rank, RatingMeans means, float[] users, float[] items)
    {
        (Rank, _means, _users, _items) = (rank, means, users, items);
        (Users, Items) = (users.Length / rank, items.Length / rank);
    }

    /// <summary>Number of components K: those of all starts.</summary>
    public int Rank { get; }

    /// <summary>Number of users.</summary>
    public int Users { get; }

    /// <summary>Number of items.</summary>
    public int Items { get; }

    /// <summary>How the best of the starts went, or null for a model that was loaded.</summary>
    public FitReport? Report { get; private init; }

    /// <summary>Mean of all ratings.</summary>
    public double OverallMean => _means.Overall;

    /// <summary>What each user gives more than the overall mean, shrunk; 0 without ratings.</summary>
    public ReadOnlySpan<double> UserMeans => _means.Users;

    /// <summary>What each item gets more than the overall mean, shrunk; 0 without ratings.</summary>
    public ReadOnlySpan<double> ItemMeans => _means.Items;

    /// <summary>A model of given numbers, as they were saved.</summary>
    /// <param name="rank">Number of components K.</param>
    /// <param name="overallMean">See <see cref="OverallMean"/>.</param>
    /// <param name="userMeans">See <see cref="UserMeans"/>; kept, not copied.</param>
    /// <param name="itemMeans">See <see cref="ItemMeans"/>; kept, not copied.</param>
    /// <param name="userFactors">users x K values, user after user; kept, not copied.</param>
    /// <param name="itemFactors">items x K values, item after item; kept, not copied.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    internal static RatingModel FromParameters(
        int rank, double overallMean, double[] userMeans, double[] itemMeans, float[] userFactors, float[] itemFactors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentNullException.ThrowIfNull(userMeans);
        ArgumentNullException.ThrowIfNull(itemMeans);
        ArgumentNullException.ThrowIfNull(userFactors);
        ArgumentNullException.ThrowIfNull(itemFactors);
        if (userFactors.Length != (long)userMeans.Length * rank)
            throw new ArgumentException(
                $"{userMeans.Length} users with {rank} factors need {(long)userMeans.Length * rank} numbers, "
                + $"not {userFactors.Length}.", nameof(userFactors));
        if (itemFactors.Length != (long)itemMeans.Length * rank)
            throw new ArgumentException(
                $"{itemMeans.Length} items with {rank} factors need {(long)itemMeans.Length * rank} numbers, "
                + $"not {itemFactors.Length}.", nameof(itemFactors));
        return new RatingModel(rank, new RatingMeans(overallMean, userMeans, itemMeans), userFactors, itemFactors);
    }

    /// <summary>The K nonnegative tastes of a user; all NaN where it has no rating.</summary>
    public ReadOnlySpan<float> UserFactors(int user) => _users.AsSpan(user * Rank, Rank);

    /// <summary>The K nonnegative traits of an item; all NaN where it has no rating.</summary>
    public ReadOnlySpan<float> ItemFactors(int item) => _items.AsSpan(item * Rank, Rank);

    /// <summary>The rating that is expected, or NaN for a user or an item that the fit has not seen. O(K),
    /// no allocation.</summary>
    /// <param name="user">Index of the user; any number.</param>
    /// <param name="item">Index of the item; any number.</param>
    public float Predict(int user, int item)
    {
        if ((uint)user >= (uint)Users || (uint)item >= (uint)Items)
            return float.NaN;
        var product = System.Numerics.Tensors.TensorPrimitives.Dot(UserFactors(user), ItemFactors(item));
        return (float)(_means.Of(user, item) * product);
    }

    /// <summary>What user and item give on average; of one that the fit has not seen nothing is known.</summary>
    internal float MeanOf(int user, int item) => (float)_means.Of(user, item);

    /// <summary>Fits a model.</summary>
    /// <remarks>
    /// With the mean b of a pair the model is the weighted factorisation of r / b: the β-divergence is homogeneous,
    /// <c>d(r | b y) = b^β d(r/b | y)</c>. Several ratings of a pair count as their mean with their number as weight,
    /// which has the same minimum.
    /// </remarks>
    /// <param name="ratings">Observed ratings, in any order.</param>
    /// <param name="users">Number of users.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="options">How to fit.</param>
    /// <param name="progress">Told the objective at every check.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NmfDataException">There is no rating, an index is out of range, a rating is negative or not
    /// finite, or all are zero.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public static RatingModel Fit(
        ReadOnlySpan<Rating> ratings,
        int users,
        int items,
        RatingOptions options,
        IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RatingTable.Require(ratings, users, items);
        var unit = UnitOf(ratings);
        if (unit != 0)
            ratings = InUnit(ratings, unit);
        var ofData = Math.Pow(2, unit * options.Beta);
        var means = RatingMeans.Fit(ratings, users, items, options);
        using var team = new WorkTeam(options.Threads ?? Environment.ProcessorCount);
        var data = RatingTable.Create(ratings, users, items, means, options.Beta);
        var (center, weight) = (Center(options),
            options.Shrinkage * Math.Pow(means.Overall, options.Beta) / options.Rank);
        var total = options.Rank * options.Starts;
        var (userFactors, itemFactors) = (new float[(long)users * total], new float[(long)items * total]);
        var best = FitScope.Run(typeof(RatingModel), scope =>
        {
            FitReport? best = null;
            for (var i = 0; i < options.Starts; i++)
            {
                var report = RunStart(i, scope);
                best = best is null || report.Objective < best.Objective ? report : best;
            }

            best = best!.With(objective => objective * ofData, []);
            scope.End(best);
            return best;
        });
        ClearUnseen(userFactors, total, ratings, rating => rating.User);
        ClearUnseen(itemFactors, total, ratings, rating => rating.Item);
        return new RatingModel(total, means.Scaled(unit), userFactors, itemFactors)
        {
            Report = best,
        };

        FitReport RunStart(int number, FitScope scope)
        {
            var solver = new RatingSolver<float>(
                data, options.Beta, weight, center, Start(users, items, options, number), team);
            scope.Begin(0);
            var report = FitLoop.Run(
                solver, options.Iterations, (done, objective) =>
                {
                    scope.Check(done, objective * ofData);
                    progress?.Report(new FitProgress(
                        number, options.Starts, done, options.Iterations.MaximumIterations, objective * ofData));
                }, cancellationToken);
            CopyFactors(solver.H, userFactors, number, options.Starts);
            CopyFactors(solver.W, itemFactors, number, options.Starts);
            return report;
        }
    }

    // Exponent of the unit in which the fit computes: see FitUnit.
    private static int UnitOf(ReadOnlySpan<Rating> ratings)
    {
        double sum = 0;
        foreach (var rating in ratings)
            sum += rating.Value;
        return Math.ILogB(sum / ratings.Length);
    }

    private static Rating[] InUnit(ReadOnlySpan<Rating> ratings, int unit)
    {
        var scaled = ratings.ToArray();
        foreach (ref var rating in scaled.AsSpan())
            rating = rating with { Value = float.ScaleB(rating.Value, -unit) };
        return scaled;
    }

    // Σ_k c² = 1: what is drawn to c everywhere predicts the means.
    private static double Center(RatingOptions options) => 1 / Math.Sqrt(options.Rank);

    // About the center, different enough that components part.
    private static NmfStart<float> Start(int users, int items, RatingOptions options, int number)
    {
        var random = new CounterRandom(options.Seed ?? 0, number);
        var (w, h) = (new Matrix<float>(items, options.Rank), new Matrix<float>(users, options.Rank));
        Fill(w, 0);
        Fill(h, (long)items * options.Rank);
        return new NmfStart<float>(w, h);

        void Fill(Matrix<float> factor, long offset)
        {
            for (var i = 0; i < factor.Rows; i++)
            {
                foreach (ref var x in factor.Row(i))
                    x = (float)(Center(options) * (0.5 + random.Uniform(offset++)));
            }
        }
    }

    // The mean of the products of all starts is one product: both factors are divided by the root of their number.
    private static void CopyFactors(Matrix<float> factor, float[] all, int start, int starts)
    {
        var (rank, scale) = (factor.Columns, (float)(1 / Math.Sqrt(starts)));
        for (var i = 0; i < factor.Rows; i++)
            System.Numerics.Tensors.TensorPrimitives.Multiply(
                factor.Row(i), scale, all.AsSpan(((i * starts) + start) * rank, rank));
    }

    private static void ClearUnseen(float[] factors, int rank, ReadOnlySpan<Rating> ratings, Func<Rating, int> index)
    {
        var seen = new bool[factors.Length / rank];
        foreach (var rating in ratings)
            seen[index(rating)] = true;
        for (var i = 0; i < seen.Length; i++)
        {
            if (!seen[i])
                factors.AsSpan(i * rank, rank).Fill(float.NaN);
        }
    }
}
