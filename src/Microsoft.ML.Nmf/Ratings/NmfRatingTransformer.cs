using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;
using Nmf;

[assembly: LoadableClass(
    NmfRatingTransformer.Summary, typeof(IDataTransform), typeof(RowTransformerLoader<NmfRatingTransformer>), null,
    typeof(SignatureLoadDataTransform), NmfRatingTransformer.UserName, NmfRatingTransformer.LoaderSignature)]
[assembly: LoadableClass(
    NmfRatingTransformer.Summary, typeof(NmfRatingTransformer), typeof(RowTransformerLoader<NmfRatingTransformer>),
    null, typeof(SignatureLoadModel), NmfRatingTransformer.UserName, NmfRatingTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<NmfRatingTransformer>), null, typeof(SignatureLoadRowMapper),
    NmfRatingTransformer.UserName, NmfRatingTransformer.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>Predicts ratings: two key columns in, the Single column <c>Score</c> out.</summary>
/// <remarks>
/// The score of a user or an item without a rating in training, or of a missing key, is NaN, as for ML.NET's matrix
/// factorization, unless <see cref="NmfRatingTrainer.Options.UnknownByMeans"/> says otherwise; their number is a
/// warning at the end of the rows, because ML.NET's <c>Evaluate</c> leaves them out. Keys must be those of
/// the fit. Thread-safe; a row costs O(K) and no allocation. Saved and loaded by <c>mlContext.Model</c>.
/// </remarks>
public sealed class NmfRatingTransformer : RowToRowTransformerBase, IStoredRowTransformer<NmfRatingTransformer>
{
    internal const string Summary = "Nonnegative matrix factorization: predicted ratings.";
    internal const string UserName = "Nonnegative Matrix Factorization Rating Predictor";
    internal const string LoaderSignature = "NmfRatingPredictor";

    private static readonly StoredFormat Stored = new(
        typeof(NmfRatingTransformer), "NMF RATE", LoaderSignature, version: 0x00010002);

    private readonly RatingKeys _users;
    private readonly RatingKeys _items;
    private readonly RatingScores _scores;

    internal NmfRatingTransformer(
        IHostEnvironment environment, RatingModel model, RatingKeys users, RatingKeys items, RatingScores scores)
        : base(Contracts.CheckRef(environment, nameof(environment)).Register(nameof(NmfRatingTransformer)))
        => (Model, _users, _items, _scores) = (model, users, items, scores);

    /// <summary>The model, usable without a data view.</summary>
    public RatingModel Model { get; }

    /// <summary>Key column of the users.</summary>
    public string MatrixColumnIndexColumnName => _users.Name;

    /// <summary>Key column of the items.</summary>
    public string MatrixRowIndexColumnName => _items.Name;

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // *** Binary format, version 2 ***
    // string: name of the user column; string: name of the item column
    // int: rank K; int: users; int: items
    // double: overall mean; users doubles, items doubles: deviations
    // users x K floats, items x K floats: factors, NaN where there was no rating
    // not in version 1, which kept names in ML.NET's table and had no checksum:
    // byte: whether there are values of user keys; as many strings; the same for items
    // what becomes of scores
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        writer.Write(MatrixColumnIndexColumnName);
        writer.Write(MatrixRowIndexColumnName);
        writer.Write(Model.Rank);
        writer.Write(Model.Users);
        writer.Write(Model.Items);
        writer.Write(Model.OverallMean);
        foreach (var deviation in Model.UserMeans)
            writer.Write(deviation);
        foreach (var deviation in Model.ItemMeans)
            writer.Write(deviation);
        for (var user = 0; user < Model.Users; user++)
            WriteFactors(Model.UserFactors(user));
        for (var item = 0; item < Model.Items; item++)
            WriteFactors(Model.ItemFactors(item));
        writer.WriteTexts(_users.Values);
        writer.WriteTexts(_items.Values);
        _scores.Save(writer);

        void WriteFactors(ReadOnlySpan<float> factors)
            => writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(factors));
    });

    static StoredFormat IStoredTransformer<NmfRatingTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<NmfRatingTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<NmfRatingTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static NmfRatingTransformer IStoredTransformer<NmfRatingTransformer>.Load(
        IHost host, CheckedReader reader)
    {
        var (userColumn, itemColumn) = (reader.ReadName("user column"), reader.ReadName("item column"));
        var rank = reader.ReadCount("rank", 1);
        var users = reader.ReadCount("number of users", 1);
        var items = reader.ReadCount("number of items", 1);
        reader.Require(
            (long)users * rank <= Array.MaxLength && (long)items * rank <= Array.MaxLength, "size of the factors");
        var overall = reader.ReadFinite("overall mean", above: 0);
        var userMeans = reader.ReadArray("means of users", users, sizeof(double), r => r.ReadFinite("mean of a user"));
        var itemMeans = reader.ReadArray("means of items", items, sizeof(double), r => r.ReadFinite("mean of an item"));
        var userFactors = reader.ReadNonnegativeSingles("factors of users", (long)users * rank, orNaN: true);
        var itemFactors = reader.ReadNonnegativeSingles("factors of items", (long)items * rank, orNaN: true);
        var model = RatingModel.FromParameters(rank, overall, userMeans, itemMeans, userFactors, itemFactors);
        return reader.HasNameTable
            ? new NmfRatingTransformer(
                host, model, new(RatingKeys.User, userColumn, users, null),
                new(RatingKeys.Item, itemColumn, items, null), RatingScores.AsPredicted)
            : new NmfRatingTransformer(
                host, model, new(RatingKeys.User, userColumn, users, reader.ReadTexts("values of user keys", users)),
                new(RatingKeys.Item, itemColumn, items, reader.ReadTexts("values of item keys", items)),
                RatingScores.Load(reader));
    }

    private sealed class Mapper : MapperBase, ISaveAsOnnx
    {
        private const string NotExported = "The ONNX export has no models of ratings.";

        private readonly NmfRatingTransformer _parent;
        private readonly DataViewSchema.Column _user;
        private readonly DataViewSchema.Column _item;
        private int _readers;
        private long _rows;
        private long _unknown;

        public Mapper(NmfRatingTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _user = parent._users.In(Host, schema, parent._scores.Names);
            _item = parent._items.In(Host, schema, parent._scores.Names);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            return [RegressionScore.Column(NmfRatingTrainer.ScoreColumnName)];
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            var (getUser, getItem) = (input.GetGetter<uint>(input.Schema[_user.Index]),
                input.GetGetter<uint>(input.Schema[_item.Index]));
            var (model, scores) = (_parent.Model, _parent._scores);
            var (user, item) = (0u, 0u);
            long rows = 0, unknown = 0;
            Interlocked.Increment(ref _readers);
            disposer = EndRows;
            ValueGetter<float> getter = (ref float score) =>
            {
                getUser(ref user);
                getItem(ref item);

                // A missing key is 0, which becomes an index that no model has.
                score = scores.Of(model, (int)user - 1, (int)item - 1);
                rows++;
                unknown += float.IsNaN(score) ? 1 : 0;
            };
            return getter;

            // Of parallel cursors the last tells what all have met.
            void EndRows()
            {
                Interlocked.Add(ref _rows, rows);
                Interlocked.Add(ref _unknown, unknown);
                if (Interlocked.Decrement(ref _readers) > 0)
                    return;
                (rows, unknown) = (Interlocked.Exchange(ref _rows, 0), Interlocked.Exchange(ref _unknown, 0));
                if (unknown == 0)
                    return;
                using var channel = Host.Start("Scores");
                channel.Warning(
                    "{0} of {1} scores are NaN, of users or items without a rating in training. Evaluate leaves them "
                    + "out: its metrics are those of the others. With the option UnknownByMeans they have scores.",
                    unknown, rows);
            }
        }

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => OnnxGraph.Refuse(Host, NotExported);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw Host.ExceptNotSupp(NotExported);

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
            => column => activeOutput(0) && (column == _user.Index || column == _item.Index);

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
