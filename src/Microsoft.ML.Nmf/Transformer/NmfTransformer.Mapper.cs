using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfTransformer
{
    /// <summary>The transformer on rows of one schema.</summary>
    private sealed partial class Mapper : OneToOneMapperBase
    {
        private readonly NmfTransformer _parent;
        private readonly ColumnGuard _guard;

        public Mapper(NmfTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
        {
            _parent = parent;
            _guard = ColumnGuard.ForModel(Host, inputSchema, parent.InputColumnName, parent.Model);
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var model = _parent.Model;
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.AddSlotNames(model.SlotNames);
            if (_parent.NormalizeOutput)
                annotations.Add(
                    AnnotationUtils.Kinds.IsNormalized, BooleanDataViewType.Instance, (ref bool value) => value = true);
            var inputNames = new DataViewSchema.Annotations.Builder();
            inputNames.Add(_guard.SchemaColumn.Annotations, kind => kind == AnnotationUtils.Kinds.SlotNames);
            return [.. _parent.ColumnPairs.Select((pair, column) => _parent.RoleOf(column) switch
            {
                ColumnRole.Activations => Column(pair.outputColumnName, model.Rank, annotations),
                ColumnRole.OutlierScore => new DataViewSchema.DetachedColumn(
                    pair.outputColumnName, NumberDataViewType.Single),
                _ => Column(pair.outputColumnName, model.FeatureCount, inputNames),
            })];
        }

        // All columns of a row come from one solution, so they share the state of the row.
        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            var getters = new Delegate[OutputColumns.Value.Length];
            var wanted = Enumerable.Range(0, getters.Length).Where(activeOutput).ToArray();
            if (wanted.Length == 0)
                return getters;
            var row = Row(input, wanted.Length > 1, out disposer);
            foreach (var column in wanted)
                getters[column] = Getter(row, column);
            return getters;
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
            => Getter(Row(input, shared: false, out disposer), iinfo);

        private RowActivations Row(DataViewRow input, bool shared, out Action? disposer)
            => new(
                _parent._rows, _parent.Model, _parent.NormalizeOutput, _guard, input,
                TransformScope.Begin(input, nameof(NmfModel<float>), out disposer), shared);

        private Delegate Getter(RowActivations row, int column) => _parent.RoleOf(column) switch
        {
            ColumnRole.Activations => (ValueGetter<VBuffer<float>>)row.GetActivations,
            ColumnRole.Reconstruction => (ValueGetter<VBuffer<float>>)row.GetReconstruction,
            ColumnRole.Imputed => (ValueGetter<VBuffer<float>>)row.GetImputed,
            ColumnRole.OutlierScore => (ValueGetter<float>)row.GetOutlierScore,
            _ => (ValueGetter<VBuffer<float>>)row.GetOutliers,
        };

        private static DataViewSchema.DetachedColumn Column(
            string name, int size, DataViewSchema.Annotations.Builder annotations)
            => new(name, new VectorDataViewType(NumberDataViewType.Single, size), annotations.ToAnnotations());
    }
}
