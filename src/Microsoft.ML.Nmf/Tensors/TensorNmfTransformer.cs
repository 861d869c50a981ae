using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;
using Nmf;
using Nmf.Kernels;

[assembly: LoadableClass(
    TensorNmfTransformer.Summary, typeof(IDataTransform), typeof(RowTransformerLoader<TensorNmfTransformer>), null,
    typeof(SignatureLoadDataTransform), TensorNmfTransformer.UserName, TensorNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    TensorNmfTransformer.Summary, typeof(TensorNmfTransformer), typeof(RowTransformerLoader<TensorNmfTransformer>),
    null, typeof(SignatureLoadModel), TensorNmfTransformer.UserName, TensorNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<TensorNmfTransformer>), null, typeof(SignatureLoadRowMapper),
    TensorNmfTransformer.UserName, TensorNmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Trainers;

/// <summary>Predicts entries of a tensor: key columns in, the Single column <c>Score</c> out, and factor rows of the
/// keys as feature vectors where the trainer was asked for them.</summary>
/// <remarks>
/// The score of a missing key is NaN, and so are its features; likewise of a key without a row in training where absent
/// entries are missing. Keys must be those of the fit. Thread-safe; a row costs O(K) for each mode. Saved and loaded by
/// <c>mlContext.Model</c>.
/// </remarks>
public sealed class TensorNmfTransformer : RowToRowTransformerBase, IStoredRowTransformer<TensorNmfTransformer>
{
    internal const string Summary = "Nonnegative tensor factorization: predicted entries.";
    internal const string UserName = "Nonnegative Tensor Factorization Predictor";
    internal const string LoaderSignature = "NmfTensorPredictor";

    private const int MostModes = 64;

    private static readonly StoredFormat Stored = new(
        typeof(TensorNmfTransformer), "NMF TENS", LoaderSignature, version: 0x00010001);

    private readonly RatingKeys[] _keys;
    private readonly string[] _outputs;
    private readonly NameMismatch _names;
    private readonly AbsentEntries _absent;
    private readonly bool[][] _observed;
    private readonly float[][] _rows;

    internal TensorNmfTransformer(
        IHostEnvironment environment, TensorNmfModel<float> model, RatingKeys[] keys, string[]? outputs,
        NameMismatch names, AbsentEntries absent, bool[][] observed)
        : base(Contracts.CheckRef(environment, nameof(environment)).Register(nameof(TensorNmfTransformer)))
    {
        (Model, _keys, _names, _absent, _observed) = (model, keys, names, absent, observed);
        _outputs = outputs is null ? [.. keys.Select(_ => "")] : [.. outputs.Select(name => name ?? "")];
        _rows = [.. model.Factors.Select((factor, n) => Shared(factor, observed[n]))];
    }

    /// <summary>The model, usable without a data view.</summary>
    public TensorNmfModel<float> Model { get; }

    /// <summary>Key columns, one for each mode.</summary>
    public IReadOnlyList<string> KeyColumnNames => [.. _keys.Select(key => key.Name)];

    /// <summary>What the keys of a mode stood for in the fit, as text; null where they had no values.</summary>
    /// <param name="mode">Number of the key column.</param>
    public IReadOnlyList<string>? GetKeyNames(int mode) => _keys[mode].Values;

    static StoredFormat IStoredTransformer<TensorNmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<TensorNmfTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<TensorNmfTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    // *** Binary format, version 1 ***
    // int: number of modes N; int: rank K; double: beta; K doubles: weights
    // byte: what other names are; byte: what absent entries are
    // for each mode: string: key column; string: factor column or ""; int: keys; texts of the keys;
    // keys x K floats: factor; a byte for each key: whether it had a row, as all have where absent entries are zeros
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        writer.Write(Model.Order);
        writer.Write(Model.Rank);
        writer.Write(Model.Beta);
        foreach (var weight in Model.Weights)
            writer.Write(weight);
        writer.Write((byte)_names);
        writer.Write((byte)_absent);
        for (var n = 0; n < Model.Order; n++)
        {
            writer.Write(_keys[n].Name);
            writer.Write(_outputs[n]);
            writer.Write(_keys[n].Count);
            writer.WriteTexts(_keys[n].Values);
            writer.WriteMatrix(Model.Factors[n]);
            foreach (var observed in _observed[n])
                writer.Write(observed);
        }
    });

    static TensorNmfTransformer IStoredTransformer<TensorNmfTransformer>.Load(IHost host, CheckedReader reader)
    {
        var order = reader.ReadCount("number of modes", 2, MostModes);
        var rank = reader.ReadCount("rank", 1);
        var beta = reader.ReadFinite("beta");
        var weights = reader.ReadArray("weights", rank, sizeof(double), r => r.ReadFinite("weight", atLeast: 0));
        var names = reader.ReadEnum<NameMismatch>("meaning of other names");
        var absent = reader.ReadEnum<AbsentEntries>("meaning of absent entries");
        var (keys, outputs, factors) = (new RatingKeys[order], new string[order], new Matrix<float>[order]);
        var observed = new bool[order][];
        for (var n = 0; n < order; n++)
        {
            var name = reader.ReadName("key column");
            outputs[n] = reader.ReadText("factor column");
            var count = reader.ReadCount("number of keys", 1);
            keys[n] = new RatingKeys(TensorKeys.Role, name, count, reader.ReadTexts("values of keys", count));
            reader.Require((long)count * rank <= Array.MaxLength, "size of a factor");
            factors[n] = Matrix<float>.FromRowMajor(
                reader.ReadNonnegativeSingles("factor", (long)count * rank), count, rank);
            observed[n] = reader.ReadArray("observed keys", count, sizeof(bool), r => r.ReadBoolean("observed key"));
        }

        reader.Require(
            keys.Select(key => key.Name).Distinct(StringComparer.Ordinal).Count() == order, "names of key columns");
        return new TensorNmfTransformer(
            host, TensorNmfModel<float>.FromParameters(factors, weights, beta), keys, outputs, names, absent, observed);
    }

    // Rows of a factor with their part of the weights; NaN where nothing was observed.
    private float[] Shared(Matrix<float> factor, bool[] observed)
    {
        var (rank, rows) = (factor.Columns, factor.ToRowMajor());
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = rows.AsSpan(i * rank, rank);
            if (!observed[i])
                row.Fill(float.NaN);
            for (var k = 0; k < rank; k++)
                row[k] = (float)(row[k] * Math.Pow(Model.Weights[k], 1.0 / Model.Order));
        }

        return rows;
    }

    private float Score(ReadOnlySpan<int> place)
    {
        double sum = 0;
        for (var k = 0; k < Model.Rank; k++)
        {
            double product = 1;
            for (var n = 0; n < place.Length; n++)
                product *= place[n] < 0 ? double.NaN : _rows[n][(place[n] * Model.Rank) + k];
            sum += product;
        }

        return (float)sum;
    }

    private sealed class Mapper : MapperBase, ISaveAsOnnx
    {
        private const string NotExported = "The ONNX export has no models of tensors.";

        private readonly TensorNmfTransformer _parent;
        private readonly DataViewSchema.Column[] _columns;

        // The mode of every output but the score, which is the first.
        private readonly int[] _modes;

        public Mapper(TensorNmfTransformer parent, DataViewSchema schema)
            : base(parent.Host.Register(nameof(Mapper)), schema, parent)
        {
            _parent = parent;
            _columns = Array.ConvertAll(parent._keys, key => key.In(Host, schema, parent._names));
            _modes = [.. Enumerable.Range(0, _columns.Length).Where(n => parent._outputs[n].Length > 0)];
        }

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var features = new VectorDataViewType(NumberDataViewType.Single, _parent.Model.Rank);
            return
            [
                RegressionScore.Column(TensorNmfTrainer.ScoreColumnName),
                .. _modes.Select(n => new DataViewSchema.DetachedColumn(_parent._outputs[n], features)),
            ];
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return iinfo == 0 ? ScoreGetter(input) : FeatureGetter(input, _modes[iinfo - 1]);
        }

        private ValueGetter<float> ScoreGetter(DataViewRow input)
        {
            var getters = Array.ConvertAll(_columns, column => input.GetGetter<uint>(input.Schema[column.Index]));
            var place = new int[getters.Length];
            return (ref float score) =>
            {
                for (var n = 0; n < place.Length; n++)
                    place[n] = Index(getters[n], n);
                score = _parent.Score(place);
            };
        }

        private ValueGetter<VBuffer<float>> FeatureGetter(DataViewRow input, int mode)
        {
            var getter = input.GetGetter<uint>(input.Schema[_columns[mode].Index]);
            var (rows, rank) = (_parent._rows[mode], _parent.Model.Rank);
            return (ref VBuffer<float> features) =>
            {
                var index = Index(getter, mode);
                var editor = VBufferEditor.Create(ref features, rank);
                if (index < 0)
                    editor.Values.Fill(float.NaN);
                else
                    rows.AsSpan(index * rank, rank).CopyTo(editor.Values);
                features = editor.Commit();
            };
        }

        // -1 for a missing key.
        private int Index(ValueGetter<uint> getter, int mode)
        {
            var key = 0u;
            getter(ref key);
            return key <= (uint)_parent._keys[mode].Count ? (int)key - 1 : -1;
        }

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => OnnxGraph.Refuse(Host, NotExported);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw Host.ExceptNotSupp(NotExported);

        private protected override Func<int, bool> GetDependenciesCore(Func<int, bool> activeOutput)
        {
            var needed = new HashSet<int>();
            if (activeOutput(0))
                needed.UnionWith(_columns.Select(column => column.Index));
            for (var at = 0; at < _modes.Length; at++)
            {
                if (activeOutput(at + 1))
                    needed.Add(_columns[_modes[at]].Index);
            }

            return needed.Contains;
        }

        private protected override void SaveModel(ModelSaveContext ctx) => _parent.SaveModel(ctx);
    }
}
