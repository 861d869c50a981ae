using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;
using Nmf;

[assembly: LoadableClass(
    MarginalLikelihoodNmfTransformer.Summary, typeof(IDataTransform),
    typeof(RowTransformerLoader<MarginalLikelihoodNmfTransformer>), null, typeof(SignatureLoadDataTransform),
    MarginalLikelihoodNmfTransformer.UserName, MarginalLikelihoodNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    MarginalLikelihoodNmfTransformer.Summary, typeof(MarginalLikelihoodNmfTransformer),
    typeof(RowTransformerLoader<MarginalLikelihoodNmfTransformer>), null, typeof(SignatureLoadModel),
    MarginalLikelihoodNmfTransformer.UserName, MarginalLikelihoodNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<MarginalLikelihoodNmfTransformer>), null,
    typeof(SignatureLoadRowMapper), MarginalLikelihoodNmfTransformer.UserName,
    MarginalLikelihoodNmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Maps rows to the distributions of their activations: see
/// <see cref="MarginalLikelihoodNmfEstimator"/>.</summary>
/// <remarks>The result of a row depends on that row alone. Thread-safe: any number of cursors and prediction engines
/// may share a transformer. Saved and loaded by <c>mlContext.Model</c>; a damaged file gives
/// <see cref="FormatException"/>.</remarks>
public sealed class MarginalLikelihoodNmfTransformer
    : OneToOneTransformerBase, IStoredRowTransformer<MarginalLikelihoodNmfTransformer>
{
    internal const string Summary = "Distributions of the activations of rows for a dictionary of maximum likelihood.";
    internal const string UserName = "Marginal Likelihood Nonnegative Matrix Factorization Transform";
    internal const string LoaderSignature = "NmfMarginalTransform";

    private static readonly StoredFormat Stored = new(
        typeof(MarginalLikelihoodNmfTransformer), "NMF MARG", LoaderSignature, version: 0x00010001);

    private readonly MarginalSection _section;
    private readonly RowPosterior _posterior;

    internal MarginalLikelihoodNmfTransformer(
        IHostEnvironment environment, NmfModelParameters model, MarginalLikelihoodNmfEstimator.Options options)
        : this(
            Contracts.CheckRef(environment, nameof(environment)).Register(nameof(MarginalLikelihoodNmfTransformer)),
            model, options.EffectiveInputColumnName,
            [options.OutputColumnName, options.DeviationColumnName, options.LogLikelihoodColumnName])
    {
    }

    private MarginalLikelihoodNmfTransformer(IHost host, NmfModelParameters model, string input, string?[] outputs)
        : base(host, [.. outputs.OfType<string>().Select(name => (name, input))])
    {
        (Model, DeviationColumnName, LogLikelihoodColumnName) = (model, outputs[1], outputs[2]);
        _section = model.Sections.Find<MarginalSection>()!;
        _posterior = _section.ToModel(model).Posterior;
    }

    /// <summary>The dictionary, the names of its features, and the record of the fit. Its
    /// <see cref="NmfModelParameters.Rank"/> is the effective rank.</summary>
    public NmfModelParameters Model { get; }

    /// <summary>Name of the column of posterior means.</summary>
    public string OutputColumnName => ColumnPairs[0].outputColumnName;

    /// <summary>Name of the column that is factorised.</summary>
    public string InputColumnName => ColumnPairs[0].inputColumnName;

    /// <summary>Name of the column of standard deviations, or null when there is none.</summary>
    public string? DeviationColumnName { get; }

    /// <summary>Name of the column of likelihoods, or null when there is none.</summary>
    public string? LogLikelihoodColumnName { get; }

    /// <summary>Number of components that the fit started from.</summary>
    public int StartingRank => _section.StartingRank;

    /// <summary>The distribution of the data.</summary>
    public MarginalNoise Noise => _section.Noise;

    /// <summary>Shape α of the activations.</summary>
    public double Shape => _section.Shape;

    /// <summary>Rates β_k of the activations, which are α/β_k on average.</summary>
    public IReadOnlyList<double> Rates => _section.Rates;

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
        => ColumnGuard.ForModel(Host, inputSchema, InputColumnName, Model).RequireNamesOf(Model);

    // *** Binary format, version 1 ***
    // string: input name; string: output name; for each of deviations and likelihoods: byte: whether there is a column;
    // string: its name; the model parameters
    private protected override void SaveModel(ModelSaveContext ctx) => Stored.Save(Host, ctx, writer =>
    {
        writer.Write(InputColumnName);
        writer.Write(OutputColumnName);
        foreach (var name in new[] { DeviationColumnName, LogLikelihoodColumnName })
        {
            writer.Write(name is not null);
            if (name is not null)
                writer.Write(name);
        }

        Model.Save(writer);
    });

    static StoredFormat IStoredTransformer<MarginalLikelihoodNmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<MarginalLikelihoodNmfTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<MarginalLikelihoodNmfTransformer>.CreateMapper(DataViewSchema schema)
        => MakeRowMapper(schema);

    static MarginalLikelihoodNmfTransformer IStoredTransformer<MarginalLikelihoodNmfTransformer>.Load(
        IHost host, CheckedReader reader)
    {
        var (input, output) = (reader.ReadName("input column"), reader.ReadName("output column"));
        string? OptionalName(string what)
            => reader.ReadBoolean($"presence of a {what}") ? reader.ReadName(what) : null;
        string?[] outputs = [output, OptionalName("deviation column"), OptionalName("likelihood column")];
        var names = outputs.OfType<string>().ToArray();
        reader.Require(names.Distinct(StringComparer.Ordinal).Count() == names.Length, "columns");
        var model = NmfModelParameters.Load(reader);
        reader.Require(model.Sections.Find<MarginalSection>() is not null, "prior of the activations");
        return new MarginalLikelihoodNmfTransformer(host, model, input, outputs);
    }

    private sealed class Mapper : OneToOneMapperBase, ISaveAsOnnx
    {
        private const string NotExported = "The ONNX export has no distributions of activations.";

        private readonly MarginalLikelihoodNmfTransformer _parent;
        private readonly ColumnGuard _guard;

        public Mapper(MarginalLikelihoodNmfTransformer parent, DataViewSchema inputSchema)
            : base(parent.Host.Register(nameof(Mapper)), parent, inputSchema)
        {
            _parent = parent;
            _guard = ColumnGuard.ForModel(Host, inputSchema, parent.InputColumnName, parent.Model);
        }

        bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => OnnxGraph.Refuse(Host, NotExported);

        void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw Host.ExceptNotSupp(NotExported);

        protected override DataViewSchema.DetachedColumn[] GetOutputColumnsCore()
        {
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.AddSlotNames(_parent.Model.SlotNames);
            return [.. _parent.ColumnPairs.Select(pair => IsLikelihood(pair.outputColumnName)
                ? new DataViewSchema.DetachedColumn(pair.outputColumnName, NumberDataViewType.Single)
                : new DataViewSchema.DetachedColumn(
                    pair.outputColumnName, new VectorDataViewType(NumberDataViewType.Single, _parent.Model.Rank),
                    annotations.ToAnnotations()))];
        }

        // All columns of a row come from one solution, so they share the state of the row.
        public override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            var getters = new Delegate[OutputColumns.Value.Length];
            var row = Row(input, out disposer);
            for (var column = 0; column < getters.Length; column++)
            {
                if (activeOutput(column))
                    getters[column] = Getter(row, column);
            }

            return getters;
        }

        protected override Delegate MakeGetter(
            DataViewRow input, int iinfo, Func<int, bool> activeOutput, out Action? disposer)
            => Getter(Row(input, out disposer), iinfo);

        private MarginalRow Row(DataViewRow input, out Action? disposer)
            => new(
                _parent._posterior, _guard, input,
                TransformScope.Begin(input, nameof(MarginalLikelihoodModel<float>), out disposer));

        private Delegate Getter(MarginalRow row, int column)
            => column == 0 ? (ValueGetter<VBuffer<float>>)row.GetMean
                : IsLikelihood(_parent.ColumnPairs[column].outputColumnName) ? (ValueGetter<float>)row.GetLogLikelihood
                : (ValueGetter<VBuffer<float>>)row.GetDeviation;

        private bool IsLikelihood(string name) => name == _parent.LogLikelihoodColumnName;
    }
}
