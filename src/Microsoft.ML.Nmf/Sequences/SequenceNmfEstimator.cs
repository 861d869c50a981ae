using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a model of sequences to the rows of a vector column, such as power spectra of frames: smooth IS-NMF
/// (<see cref="SmoothOptions"/>) or the nonnegative dynamical system (<see cref="DynamicalSystemOptions"/>).
/// </summary>
/// <remarks>
/// <para>Input: a known-size vector of positive <see cref="float"/>; which rows form a sequence is told by a column.
/// Output: a vector of K Singles.</para>
/// <para>The rows are read once, in order, with one cursor, and kept dense: 4 bytes per entry. Immutable; fitting twice
/// gives the same model, bit for bit.</para>
/// </remarks>
public sealed partial class SequenceNmfEstimator : IEstimator<SequenceNmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal SequenceNmfEstimator(IHostEnvironment environment, Options options)
    {
        Contracts.CheckValue(environment, nameof(environment));
        _host = environment.Register(nameof(SequenceNmfEstimator));
        _host.CheckValue(options, nameof(options));
        _options = options.Validated(_host);
        _seed = _options.Seed ?? _host.Rand.Next();
    }

    /// <summary>The schema after the transformation.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        VectorShape.RequireInput(_host, inputSchema, _options.EffectiveInputColumnName);
        if (_options.SequenceColumnName is { } sequence)
        {
            if (!inputSchema.TryFindColumn(sequence, out var column))
                throw _host.ExceptSchemaMismatch(nameof(inputSchema), "sequence", sequence);
            if (column.Kind != SchemaShape.Column.VectorKind.Scalar
                || !(column.IsKey || SequenceReader.IsSequenceType(column.ItemType)))
            {
                throw _host.ExceptSchemaMismatch(
                    nameof(inputSchema), "sequence", sequence, SequenceReader.ExpectedType, column.GetTypeString());
            }
        }

        var columns = inputSchema.ToDictionary(column => column.Name);
        columns[_options.OutputColumnName] = VectorShape.Create(_options.OutputColumnName, VectorShape.SlotNames);
        return new SchemaShape(columns.Values);
    }

    /// <summary>Fits the model to all sequences.</summary>
    /// <param name="input">The data; read once, in order.</param>
    /// <returns>The transformer that maps the rows of whole sequences to activations.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ArgumentException">The fixed components have other features.</exception>
    /// <exception cref="NmfDataException">There are no rows, a value is not positive and finite, or the rows of a
    /// sequence are not together.</exception>
    /// <exception cref="NmfNumericalException">The objective left the range of Single.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public SequenceNmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var guard = ColumnGuard.ForInput(
            _host, input.Schema, _options.EffectiveInputColumnName, BetaDivergence.ItakuraSaito);
        guard.RequireFeaturesOf(
            _options.FixedComponents, nameof(Options.FixedComponents), "model of the fixed components");
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var data = Read(input, guard, cancellation, out var sequences);
        channel.Info(
            "Read column '{0}': {1} sequences of {2} rows together, {3} features.", guard.Column, sequences.Count,
            data.Samples, data.Features);
        var loop = _options.ToLoop(_seed);
        new FitMessages(channel, loop).BeforeFit(data);
        using var progress = new FitProgressChannel(_host, channel, loop);
        var model = cancellation.Guard(
            token => _options.Fit(data, sequences, _seed, guard.SlotNames(), progress, token));
        channel.Info(
            "Stopped after {0} iterations ({1}): objective {2:G6}, explained part {3:0.####}.", model.Iterations,
            model.StopReason, model.Objective, model.ExplainedPart);
        return new SequenceNmfTransformer(
            _host, model, _options.OutputColumnName, _options.EffectiveInputColumnName, _options.SequenceColumnName);
    }

    private NmfData<float> Read(
        IDataView input, ColumnGuard guard, FitCancellation cancellation, out SequenceLayout sequences)
    {
        var parts = new List<Matrix<float>>();
        using var reader = new SequenceReader(_host, guard, input, _options.SequenceColumnName);
        while (reader.Read(cancellation.ThrowIfRequested) is { } part)
        {
            parts.Add(part);
            cancellation.ThrowIfRequested();
        }

        if (parts.Count == 0)
            throw guard.Unusable(
                $"There are no rows to factorize: column '{guard.Column}' was read to its end without finding one.");
        sequences = SequenceLayout.FromLengths([.. parts.Select(part => part.Rows)]);
        var all = new Matrix<float>(sequences.Samples, guard.Features);
        for (var s = 0; s < parts.Count; s++)
        {
            for (var n = 0; n < parts[s].Rows; n++)
                parts[s].Row(n).CopyTo(all.Row(sequences.Start(s) + n));
        }

        return NmfData<float>.FromMatrix(all);
    }
}
