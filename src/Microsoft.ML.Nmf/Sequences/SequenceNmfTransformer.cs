using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

[assembly: LoadableClass(
    SequenceNmfTransformer.Summary, typeof(SequenceNmfTransformer), typeof(TransformerLoader<SequenceNmfTransformer>),
    null, typeof(SignatureLoadModel), SequenceNmfTransformer.UserName, SequenceNmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Maps the rows of whole sequences to their activations under a model of sequences: see
/// <see cref="SequenceNmfEstimator"/>.</summary>
/// <remarks>
/// <para>The activations of a row depend on the rows around it, so one sequence at a time is read ahead and kept in
/// memory; the number and the order of rows stay. There is no row-to-row mapper: prediction engines are refused, and a
/// cursor never shuffles. For frames that come one by one there is <see cref="CreateFilter"/>.</para>
/// <para>Thread-safe: any number of cursors may share a transformer. Saved and loaded by <c>mlContext.Model</c>; a
/// damaged file gives <see cref="FormatException"/>.</para>
/// </remarks>
public sealed class SequenceNmfTransformer : ITransformer, IStoredTransformer<SequenceNmfTransformer>
{
    internal const string Summary = "Activations of the rows of sequences.";
    internal const string UserName = "Sequence Nonnegative Matrix Factorization Transform";
    internal const string LoaderSignature = "NmfSequenceTransform";

    private static readonly StoredFormat Stored = new(
        typeof(SequenceNmfTransformer), "NMF SEQU", LoaderSignature, version: 0x00010002);

    private readonly IHost _host;
    private readonly Matrix<float> _dictionary;
    private readonly SequenceSection _section;

    internal SequenceNmfTransformer(
        IHostEnvironment environment, NmfModelParameters model, string outputColumnName, string inputColumnName,
        string? sequenceColumnName)
    {
        _host = Contracts.CheckRef(environment, nameof(environment)).Register(nameof(SequenceNmfTransformer));
        (Model, OutputColumnName, InputColumnName, SequenceColumnName) = (model, outputColumnName, inputColumnName,
            sequenceColumnName);
        _section = model.Sections.Find<SmoothSection>()
            ?? (SequenceSection)model.Sections.Find<DynamicalSystemSection>()!;
        _dictionary = model.ToDictionary();
    }

    /// <summary>The dictionary, the names of its features, and the record of the fit.</summary>
    public NmfModelParameters Model { get; }

    /// <summary>Name of the column of activations.</summary>
    public string OutputColumnName { get; }

    /// <summary>Name of the column that is factorised.</summary>
    public string InputColumnName { get; }

    /// <summary>Name of the column that tells sequences apart, or null.</summary>
    public string? SequenceColumnName { get; }

    /// <summary>Weights λ of smooth IS-NMF, one per component, or null for another model.</summary>
    public IReadOnlyList<double>? Smoothness => (_section as SmoothSection)?.Smoothness;

    /// <summary>Transitions A of a dynamical system, row after row (K x K: row i, column j is what component j now
    /// gives to component i next), or null for another model.</summary>
    public IReadOnlyList<float>? Transitions => (_section as DynamicalSystemSection)?.Transitions;

    /// <summary>Shapes α of a dynamical system, one per component, or null for another model.</summary>
    public IReadOnlyList<double>? Shapes => (_section as DynamicalSystemSection)?.Shapes;

    /// <summary>A causal filter for frames that come one by one, without ML.NET: push a frame, get
    /// its activations.</summary>
    /// <param name="updates">Updates per frame.</param>
    /// <returns>One filter for one stream.</returns>
    public CausalFilter<float> CreateFilter(int updates = 20) => _section.CreateFilter(_dictionary, updates);

    /// <summary>
    /// What a dynamical system expects after a row: <c>A h, A² h, …</c>. The expected data are the sums of the
    /// components (<see cref="NmfModelParameters.GetComponent"/>) with these weights.
    /// </summary>
    /// <remarks>
    /// O(K²) for each row. Take the activations of the last row of a sequence that was transformed, or those of a
    /// causal filter: elsewhere in a sequence Transform has looked at the rows that come after.
    /// </remarks>
    /// <param name="activations">The K activations of the last known row.</param>
    /// <param name="rows">How many rows to forecast, at least 0.</param>
    /// <returns>For each row its K expected activations.</returns>
    /// <exception cref="InvalidOperationException">The model is no dynamical system.</exception>
    /// <exception cref="ArgumentException">The activations are not K, or the number of rows is negative.</exception>
    public float[][] Forecast(ReadOnlySpan<float> activations, int rows)
    {
        if (_section is not DynamicalSystemSection section)
            throw new InvalidOperationException(
                "Only a nonnegative dynamical system forecasts: "
                + "smooth IS-NMF expects activations to stay as they are.");
        var transitions = section.ToTransitions();
        var forecast = DynamicalSystem.Forecast(transitions, activations, rows);
        return [.. Enumerable.Range(0, rows).Select(n => forecast.Row(n).ToArray())];
    }

    bool ITransformer.IsRowToRowMapper => false;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
        => throw _host.Except(
            "The activations of a row depend on the rows around it, so they cannot be predicted row by row. "
            + "Transform whole sequences, or use CreateFilter for frames as they come.");

    /// <summary>The schema after the transformation.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        _host.CheckValue(inputSchema, nameof(inputSchema));
        GuardFor(inputSchema).RequireNamesOf(Model);
        if (SequenceColumnName is { } sequence)
            SequenceReader.Column.In(_host, inputSchema, sequence);
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddSlotNames(Model.SlotNames);
        var builder = new DataViewSchema.Builder();
        foreach (var column in inputSchema)
            builder.AddColumn(column.Name, column.Type, column.Annotations);
        builder.AddColumn(
            OutputColumnName, new VectorDataViewType(NumberDataViewType.Single, Model.Rank),
            annotations.ToAnnotations());
        return builder.ToSchema();
    }

    /// <summary>The view with the column of activations, computed as it is read.</summary>
    /// <param name="input">The rows of each sequence together and in the order of time.</param>
    public IDataView Transform(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        return new SequenceView(_host, this, input);
    }

    // *** Binary format, version 2 *** (version 1 had no checksum and kept names in ML.NET's table)
    // string: output name; string: input name; byte: whether there is a sequence column; string: its name
    // the model parameters
    void ICanSaveModel.Save(ModelSaveContext ctx) => Stored.Save(_host, ctx, writer =>
    {
        writer.Write(OutputColumnName);
        writer.Write(InputColumnName);
        writer.Write(SequenceColumnName is not null);
        if (SequenceColumnName is not null)
            writer.Write(SequenceColumnName);
        Model.Save(writer);
    });

    internal ColumnGuard GuardFor(DataViewSchema schema)
        => ColumnGuard.ForModel(_host, schema, InputColumnName, Model);

    /// <summary>Activations of one sequence.</summary>
    internal Matrix<float> Infer(NmfData<float> data)
        => _section.Infer(Model, _dictionary, data, SequenceLayout.One(data.Samples));

    static StoredFormat IStoredTransformer<SequenceNmfTransformer>.Format => Stored;

    static SequenceNmfTransformer IStoredTransformer<SequenceNmfTransformer>.Load(
        IHost host, CheckedReader reader)
    {
        var (output, input) = (reader.ReadName("output column"), reader.ReadName("input column"));
        var sequence =
            reader.ReadBoolean("presence of a sequence column") ? reader.ReadName("sequence column") : null;
        var model = NmfModelParameters.Load(reader);
        reader.Require(
            (model.Sections.Find<SmoothSection>() is null) != (model.Sections.Find<DynamicalSystemSection>() is null),
            "model of sequences");
        return new SequenceNmfTransformer(host, model, output, input, sequence);
    }
}
