using System.Diagnostics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Maps the rows v of a vector column to their activations, <c>h = argmin_{h ≥ 0} D_β(v | W h)</c>, and optionally to
/// their reconstructions W h.
/// </summary>
/// <remarks>
/// <para>The result of a row depends on that row alone; for 1 ≤ β ≤ 2 it is, for the training rows, what the fit
/// found, to the bit. A row of zeros has zero activations. A row that is negative, NaN or infinite somewhere, or
/// zero where β ≤ 0, is an <see cref="NmfDataException"/> that names column, row, slot and value. Where the
/// estimator was told that NaN or absent entries are missing, they are left out, and a row without any observed
/// entry has zero activations.</para>
/// <para>Thread-safe: any number of cursors and prediction engines may share a transformer. A row costs no allocation
/// once the buffers of its cursor have grown.</para>
/// <para>Saved and loaded by <c>mlContext.Model</c>, alone or in a chain. A damaged file gives
/// <see cref="FormatException"/>.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class NmfTransformer : OneToOneTransformerBase
{
    internal const int MaximumOnnxIterations = 10_000;

    private readonly RowSolver<float> _rows;
    private readonly ColumnRole[] _roles;

    internal NmfTransformer(IHostEnvironment environment, NmfModelParameters model, NmfRowOptions options)
        : this(
            Contracts.CheckRef(environment, nameof(environment)).Register(nameof(NmfTransformer)),
            model.TakingInputAs(options),
            [.. options.OutputColumnNames.Select(name => (name, options.EffectiveInputColumnName))],
            options.NormalizeOutput, options.OnnxIterations)
    {
    }

    private NmfTransformer(
        IHost host, NmfModelParameters model, (string Output, string Input)[] columns, bool normalizeOutput,
        int onnxIterations)
        : base(host, columns)
    {
        Model = model;
        _roles = RolesOf([.. columns.Select(column => column.Output)], model);
        NormalizeOutput = normalizeOutput;
        OnnxIterations = onnxIterations;
        _rows = model.CreateRowSolver();
    }

    /// <summary>The dictionary, the names of its features, and the record of the fit.</summary>
    public NmfModelParameters Model { get; }

    /// <summary>Name of the column of activations.</summary>
    public string OutputColumnName => ColumnPairs[0].outputColumnName;

    /// <summary>Name of the column that is factorised.</summary>
    public string InputColumnName => ColumnPairs[0].inputColumnName;

    /// <summary>Name of the column of inputs with their missing entries filled in, or null when
    /// there is none.</summary>
    internal string? ImputedColumnName => Model.Sections.Find<MissingEntriesSection>()?.ImputedColumnName;

    /// <summary>Whether the activations of a row are divided by their sum.</summary>
    internal bool NormalizeOutput { get; }

    /// <summary>Number of iterations into which inference is unrolled in ONNX.</summary>
    internal int OnnxIterations { get; }

    /// <summary>Where messages and progress of what is done with the model go.</summary>
    internal IHostEnvironment Environment => Host;

    private protected override IRowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    private protected override void CheckInputColumn(DataViewSchema inputSchema, int col, int srcCol)
        => ColumnGuard.ForModel(Host, inputSchema, ColumnPairs[col].inputColumnName, Model).RequireNamesOf(Model);
}
