using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
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
/// factorization. Thread-safe; a row costs O(K) and no allocation. Saved and loaded by <c>mlContext.Model</c>.
/// </remarks>
public sealed class NmfRatingTransformer : RowToRowTransformerBase, IStoredRowTransformer<NmfRatingTransformer>
{
    internal const string Summary = "Nonnegative matrix factorization: predicted ratings.";
    internal const string UserName = "Nonnegative Matrix Factorization Rating Predictor";
    internal const string LoaderSignature = "NmfRatingPredictor";

    private static readonly StoredFormat Stored = new(typeof(NmfRatingTransformer), "NMF RATE", LoaderSignature);

    internal NmfRatingTransformer(
        IHostEnvironment environment, RatingModel model, string userColumnName, string itemColumnName)
        : base(Contracts.CheckRef(environment, nameof(environment)).Register(nameof(NmfRatingTransformer)))
        => (Model, MatrixColumnIndexColumnName, MatrixRowIndexColumnName) = (model, userColumnName, itemColumnName);

    /// <summary>The model, usable without a data view.</summary>
    public RatingModel Model { get; }

    /// <summary>Key column of the users.</summary>
    public string MatrixColumnIndexColumnName { get; }

    /// <summary>Key column of the items.</summary>
    public string MatrixRowIndexColumnName { get; }

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // *** Binary format ***
    // int: id of the name of the user column; int: id of that of the item column
    // int: rank K; int: users; int: items
    // double: overall mean; users doubles, items doubles: deviations
    // users x K floats, items x K floats: factors, NaN where there was no rating
    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Stored.Begin(Host, ctx);
        ctx.SaveNonEmptyString(MatrixColumnIndexColumnName);
        ctx.SaveNonEmptyString(MatrixRowIndexColumnName);
        ctx.Writer.Write(Model.Rank);
        ctx.Writer.Write(Model.Users);
        ctx.Writer.Write(Model.Items);
        ctx.Writer.Write(Model.OverallMean);
        foreach (var deviation in Model.UserMeans)
            ctx.Writer.Write(deviation);
        foreach (var deviation in Model.ItemMeans)
            ctx.Writer.Write(deviation);
        for (var user = 0; user < Model.Users; user++)
            WriteFactors(Model.UserFactors(user));
        for (var item = 0; item < Model.Items; item++)
            WriteFactors(Model.ItemFactors(item));

        void WriteFactors(ReadOnlySpan<float> factors)
        {
            foreach (var value in factors)
                ctx.Writer.Write(value);
        }
    }

    static StoredFormat IStoredTransformer<NmfRatingTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<NmfRatingTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<NmfRatingTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static NmfRatingTransformer IStoredTransformer<NmfRatingTransformer>.Load(
        IHost host, ModelLoadContext ctx, CheckedReader reader)
    {
        var (userColumn, itemColumn) = (ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
        var rank = reader.ReadCount("rank", 1);
        var users = reader.ReadCount("number of users", 1);
        var items = reader.ReadCount("number of items", 1);
        reader.Require(
            (long)users * rank <= Array.MaxLength && (long)items * rank <= Array.MaxLength, "size of the factors");
        var overall = reader.ReadFinite("overall mean", above: 0);
        var userMeans = reader.ReadArray("means of users", users, sizeof(double), r => r.ReadFinite("mean of a user"));
        var itemMeans = reader.ReadArray("means of items", items, sizeof(double), r => r.ReadFinite("mean of an item"));
        var userFactors = reader.ReadArray(
            "factors of users", users * rank, sizeof(float), r => r.ReadFactor("factor of a user"));
        var itemFactors = reader.ReadArray(
            "factors of items", items * rank, sizeof(float), r => r.ReadFactor("factor of an item"));
        return new NmfRatingTransformer(
            host, RatingModel.FromParameters(rank, overall, userMeans, itemMeans, userFactors, itemFactors), userColumn,
            itemColumn);
    }

    private sealed class Mapper : MapperBase
    {
        private readonly NmfRatingTransformer _parent;
        private readonly DataViewSchema.Column _user;
        private readonly DataViewSchema.Column _item;

        public Mapper(NmfRatingTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _user = RatingKeys.User.In(Host, schema, parent.MatrixColumnIndexColumnName);
            _item = RatingKeys.Item.In(Host, schema, parent.MatrixRowIndexColumnName);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.Add(
                AnnotationUtils.Kinds.ScoreColumnKind, TextDataViewType.Instance,
                (ref ReadOnlyMemory<char> kind) => kind = AnnotationUtils.Const.ScoreColumnKind.Regression.AsMemory());
            annotations.Add(
                AnnotationUtils.Kinds.ScoreValueKind, TextDataViewType.Instance,
                (ref ReadOnlyMemory<char> kind) => kind = AnnotationUtils.Const.ScoreValueKind.Score.AsMemory());
            annotations.Add(
                AnnotationUtils.Kinds.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue),
                (ref uint id) => id = 1);
            return [new(NmfRatingTrainer.ScoreColumnName, NumberDataViewType.Single, annotations.ToAnnotations())];
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var (getUser, getItem) = (input.GetGetter<uint>(input.Schema[_user.Index]),
                input.GetGetter<uint>(input.Schema[_item.Index]));
            var model = _parent.Model;
            var (user, item) = (0u, 0u);
            ValueGetter<float> getter = (ref float score) =>
            {
                getUser(ref user);
                getItem(ref item);

                // A missing key is 0, which becomes an index that no model has.
                score = model.Predict((int)user - 1, (int)item - 1);
            };
            return getter;
        }

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
            => column => activeOutput(0) && (column == _user.Index || column == _item.Index);

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
