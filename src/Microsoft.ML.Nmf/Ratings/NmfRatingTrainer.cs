using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Learns to predict ratings from triplets of user, item and rating, in the manner of ML.NET's matrix factorization
/// trainer: two key columns in, a <c>Score</c> out. The model is nonnegative: means of users and items times a sum of
/// products of nonnegative factors.
/// </summary>
/// <remarks>
/// <para>Only the observed ratings count, so that time and memory are proportional to their number. Rows with a missing
/// key or a label that is NaN are skipped, with a message. A pair that occurs several times counts with the mean of its
/// ratings and so many times the weight.</para>
/// <para>See <see cref="RatingModel"/> for the mathematics. Immutable; fitting twice gives the same
/// model, bit for bit.</para>
/// </remarks>
public sealed class NmfRatingTrainer : IEstimator<NmfRatingTransformer>
{
    internal const string ScoreColumnName = "Score";

    private const int RowsBetweenChecks = 4096;

    private readonly IHost _host;
    private readonly Options _options;

    internal NmfRatingTrainer(IHostEnvironment environment, Options options)
    {
        Contracts.CheckValue(environment, nameof(environment));
        _host = environment.Register(nameof(NmfRatingTrainer));
        _host.CheckValue(options, nameof(options));
        _host.CheckNonWhiteSpace(options.LabelColumnName, nameof(options.LabelColumnName));
        _host.CheckNonWhiteSpace(options.MatrixColumnIndexColumnName, nameof(options.MatrixColumnIndexColumnName));
        _host.CheckNonWhiteSpace(options.MatrixRowIndexColumnName, nameof(options.MatrixRowIndexColumnName));
        _host.CheckUserArg(
            Enum.IsDefined(options.NameMismatch), nameof(options.NameMismatch),
            $"There is no reaction {options.NameMismatch} to other names.");
        _options = options with { Seed = options.Seed ?? _host.Rand.Next() };
        UserErrors.Mark(_host, _options.Validate);
    }

    /// <summary>What an <see cref="NmfRatingTrainer"/> fits and how: the options of the model, and the
    /// columns.</summary>
    public sealed record Options : RatingOptions
    {
        /// <summary>Column of ratings, Single, at least 0.</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>Key column of the users (the columns of the rating matrix in ML.NET's words).</summary>
        public string MatrixColumnIndexColumnName { get; init; } = "";

        /// <summary>Key column of the items (the rows of the rating matrix in ML.NET's words).</summary>
        public string MatrixRowIndexColumnName { get; init; } = "";

        /// <summary>
        /// Whether a user or an item without a rating in training is scored by what is known of the other one, in
        /// place of NaN: cold start. That is the overall mean and what the other one gives or gets beyond it, once the
        /// users and items that it was rated with are accounted for and shrunk
        /// (<see cref="RatingOptions.MeanShrinkage"/>): near its mean where it has many ratings, near the overall mean
        /// where it has few. Of two unknown ones it is the overall mean.
        /// </summary>
        public bool UnknownByMeans { get; init; }

        /// <summary>Whether scores are clipped to the range of the ratings of the fit.</summary>
        public bool ClipScores { get; init; }

        /// <summary>What Transform does when keys stand for other users or items than in the fit, as after a
        /// MapValueToKey that was fitted again. Another number of keys is an error always.</summary>
        public NameMismatch NameMismatch { get; init; }

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; init; }
    }

    /// <summary>The schema after the transformation: the input and a Single <c>Score</c>.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        RatingKeys.Label.In(_host, inputSchema, _options.LabelColumnName);
        RatingKeys.User.In(_host, inputSchema, _options.MatrixColumnIndexColumnName);
        RatingKeys.Item.In(_host, inputSchema, _options.MatrixRowIndexColumnName);
        return inputSchema.With(new SchemaShape.Column(
            ScoreColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false,
            new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation())));
    }

    /// <summary>Fits the model to all ratings.</summary>
    /// <param name="input">Ratings; read once, 12 bytes each.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="NmfDataException">There is no rating, or a rating is negative or infinite.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public NmfRatingTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var label = RatingKeys.Label.In(_host, input.Schema, _options.LabelColumnName);
        var users = RatingKeys.Of(_host, RatingKeys.User, input.Schema, _options.MatrixColumnIndexColumnName);
        var items = RatingKeys.Of(_host, RatingKeys.Item, input.Schema, _options.MatrixRowIndexColumnName);
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var (ratings, least, largest) = Read(
            channel, input, label, input.Schema[users.Name], input.Schema[items.Name], cancellation);
        using var progress = ProgressChannel.OfFit(
            _host, channel, _options.Starts, _options.Iterations.MaximumIterations);
        var model = cancellation.Guard(token => RatingModel.Fit(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ratings), users.Count, items.Count, _options,
            progress, token));
        channel.Info(
            "Fitted {0} ratings of {1} users and {2} items with rank {3}, beta {4}: "
            + "{5} iterations ({6}), objective {7:G6}.", ratings.Count, model.Users, model.Items, model.Rank,
            _options.Beta, model.Report!.Iterations, model.Report.StopReason, model.Report.Objective);
        FitMessages.WarnOfEnd(
            channel, model.Report.StopReason, model.Report.Iterations, _options.Iterations.Tolerance);
        return new NmfRatingTransformer(_host, model, users, items, new RatingScores(
            _options.NameMismatch, _options.UnknownByMeans, _options.ClipScores, least, largest));
    }

    private (List<Rating> Ratings, float Least, float Largest) Read(
        IChannel channel, IDataView input, DataViewSchema.Column label, DataViewSchema.Column users,
        DataViewSchema.Column items, FitCancellation cancellation)
    {
        var ratings = new List<Rating>();
        long skipped = 0, row = 0;
        using var cursor = input.GetRowCursor([label, users, items]);
        var (getLabel, getUser, getItem) = (cursor.GetGetter<float>(label), cursor.GetGetter<uint>(users),
            cursor.GetGetter<uint>(items));
        var (value, user, item) = (0f, 0u, 0u);
        var (least, largest) = (float.MaxValue, 0f);
        for (; cursor.MoveNext(); row++)
        {
            if (row % RowsBetweenChecks == 0)
                cancellation.ThrowIfRequested();
            getLabel(ref value);
            getUser(ref user);
            getItem(ref item);
            if (user == 0 || item == 0 || float.IsNaN(value))
            {
                skipped++;
                continue;
            }

            if (!(value >= 0 && float.IsFinite(value)))
            {
                throw _host.Process(new NmfDataException(
                    $"Column '{label.Name}' is {value} in row {cursor.Position}. "
                    + "Ratings must be finite and at least 0.", cursor.Position, -1, value));
            }

            ratings.Add(new Rating((int)user - 1, (int)item - 1, value));
            (least, largest) = (Math.Min(least, value), Math.Max(largest, value));
        }

        if (skipped > 0)
            channel.Warning("Skipped {0} of {1} rows with a missing user, item or rating.", skipped, row);
        if (ratings.Count == 0)
            throw _host.Process(new NmfDataException(
                $"There are no ratings: column '{label.Name}' has none with a user and an item in {row} rows."));
        return (ratings, least, largest);
    }
}
