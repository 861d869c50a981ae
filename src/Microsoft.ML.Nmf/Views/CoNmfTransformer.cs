using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;
using Nmf;

[assembly: LoadableClass(
    CoNmfTransformer.Summary, typeof(IDataTransform), typeof(RowTransformerLoader<CoNmfTransformer>), null,
    typeof(SignatureLoadDataTransform), CoNmfTransformer.UserName, CoNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    CoNmfTransformer.Summary, typeof(CoNmfTransformer), typeof(RowTransformerLoader<CoNmfTransformer>), null,
    typeof(SignatureLoadModel), CoNmfTransformer.UserName, CoNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<CoNmfTransformer>), null, typeof(SignatureLoadRowMapper),
    CoNmfTransformer.UserName, CoNmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Maps the views of a row to activations, and to approximations of the views: see
/// <see cref="CoNmfEstimator"/>.</summary>
/// <remarks>
/// <para>A view that a row lacks (an empty vector, or NaN in all slots) is predicted from the others. So is a view
/// whose column the data do not have at all, with a warning. A row without any view has zero activations.</para>
/// <para>Thread-safe: any number of cursors and prediction engines may share a transformer. Saved and loaded by
/// <c>mlContext.Model</c>; a damaged file gives <see cref="FormatException"/>.</para>
/// </remarks>
public sealed class CoNmfTransformer : RowToRowTransformerBase, IStoredRowTransformer<CoNmfTransformer>
{
    internal const string Summary = "Activations of several views of a row.";
    internal const string UserName = "Nonnegative Matrix Co-factorization Transform";
    internal const string LoaderSignature = "NmfCoTransform";

    private static readonly StoredFormat Stored = new(
        typeof(CoNmfTransformer), "NMF VIEW", LoaderSignature, version: 0x00010002);

    private readonly CoNmfParameters _model;
    private readonly CoNmfOutput[] _outputs;
    private readonly CoRowProblem<float> _problem;

    internal CoNmfTransformer(IHostEnvironment environment, CoNmfParameters model, CoNmfOutput[] outputs)
        : base(Contracts.CheckRef(environment, nameof(environment)).Register(nameof(CoNmfTransformer)))
        => (_model, _outputs, _problem) = (model, outputs, model.ToProblem());

    /// <summary>Number of components K.</summary>
    public int Rank => _model.Rank;

    /// <summary>The views, in the order of the estimator.</summary>
    public IReadOnlyList<CoNmfViewParameters> Views => _model.Views;

    /// <summary>Name of the column of activations.</summary>
    public string OutputColumnName => _outputs[0].Name;

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // *** Binary format, version 2 *** (as of all transformers with a checksum)
    // the model; int: output columns; for each: string: name; int: view, -1 for all; byte: whether it is an
    // approximation
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        _model.Save(writer);
        writer.Write(_outputs.Length);
        foreach (var output in _outputs)
        {
            writer.Write(output.Name);
            writer.Write(output.View);
            writer.Write(output.IsReconstruction);
        }
    });

    static StoredFormat IStoredTransformer<CoNmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<CoNmfTransformer>.CreateTransform(IDataView input) => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<CoNmfTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static CoNmfTransformer IStoredTransformer<CoNmfTransformer>.Load(IHost host, CheckedReader reader)
    {
        var model = CoNmfParameters.Load(reader);
        var count = reader.ReadCount("number of output columns", 1, 1 + (2 * model.Views.Length));
        var outputs = reader.ReadArray("output columns", count, 1, r => new CoNmfOutput(
            r.ReadName("output column"), r.ReadCount("view of a column", -1, model.Views.Length - 1),
            r.ReadBoolean("kind of a column")));
        reader.Require(outputs[0] is { View: -1, IsReconstruction: false }, "first output column");
        reader.Require(Array.TrueForAll(outputs[1..], output => output.View >= 0), "view of a column");
        return new CoNmfTransformer(host, model, outputs);
    }

    private sealed class Mapper : MapperBase, ISaveAsOnnx
    {
        private const string NotExported = "The ONNX export has no co-factorization.";

        private readonly CoNmfTransformer _parent;
        private readonly ColumnGuard?[] _guards;

        public Mapper(CoNmfTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _guards = [.. parent._model.Views.Select(view => GuardOf(view, schema))];
            if (Array.TrueForAll(_guards, guard => guard is null))
                throw Host.ExceptSchemaMismatch(nameof(schema), "input", parent._model.Views[0].InputColumnName);
        }

        // The views that the data do not have.
        private ColumnGuard? GuardOf(CoNmfViewParameters view, DataViewSchema schema)
        {
            if (schema.GetColumnOrNull(view.InputColumnName) is null)
            {
                using var channel = Host.Start("Views");
                channel.Warning(
                    "There is no column '{0}': it is predicted from the other views.", view.InputColumnName);
                return null;
            }

            var guard = CoRowReader.Guard(Host, schema, view.InputColumnName, view.Beta);
            if (guard.Features != view.FeatureCount)
                throw Host.ExceptSchemaMismatch(
                    nameof(schema), "input", view.InputColumnName,
                    new VectorDataViewType(NumberDataViewType.Single, view.FeatureCount).ToString(),
                    guard.SchemaColumn.Type.ToString());
            guard.RequireNames(view.FeatureNames, _parent._model.Names);
            return guard;
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
            => [.. _parent._outputs.Select(output =>
            {
                var annotations = new DataViewSchema.Annotations.Builder();
                if (!output.IsReconstruction)
                    annotations.AddSlotNames(_parent._model.SlotNames);
                else if (_parent._model.Views[output.View].FeatureNames is { } names)
                    annotations.AddSlotNames(names);
                return new DataViewSchema.DetachedColumn(
                    output.Name, new VectorDataViewType(NumberDataViewType.Single, output.IsReconstruction
                        ? _parent._model.Views[output.View].FeatureCount : _parent.Rank), annotations.ToAnnotations());
            })];

        // All columns of a row come from one solution, so they share the state of the row.
        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            var getters = new Delegate[_parent._outputs.Length];
            var row = Row(input, out disposer);
            for (var column = 0; column < getters.Length; column++)
            {
                if (activeOutput(column))
                    getters[column] = row.Getter(_parent._outputs[column]);
            }

            return getters;
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
            => Row(input, out disposer).Getter(_parent._outputs[iinfo]);

        private CoRowActivations Row(DataViewRow input, out Action? disposer)
            => new(
                _parent._model, _parent._problem, _guards, input,
                TransformScope.Begin(input, nameof(CoNmfModel<float>), out disposer));

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => OnnxGraph.Refuse(Host, NotExported);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw Host.ExceptNotSupp(NotExported);

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var any = Enumerable.Range(0, _parent._outputs.Length).Any(activeOutput);
            return column => any && Array.Exists(_guards, guard => guard?.SchemaColumn.Index == column);
        }

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
