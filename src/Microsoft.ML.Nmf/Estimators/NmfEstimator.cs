using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// Fits a nonnegative matrix factorisation V ≈ H Wᵀ to the rows of a vector column: minimises the β-divergence between
/// the rows and nonnegative combinations of K nonnegative components.
/// </summary>
/// <remarks>
/// <para>Input: a vector of numbers of known size, dense or sparse, nonnegative and finite. Output: a vector
/// of K Singles with slot names <c>Component0</c>, <c>Component1</c>, …, in the order of contribution unless options
/// name components by their number (<see cref="NmfModelParameters"/>), and optionally the reconstruction.</para>
/// <para>The data are read once, in a single pass, into memory: 4 bytes per entry, or 8 bytes per non-zero where at
/// most a quarter of the entries are. Sparse data are never densified. An estimator is immutable, and fitting twice
/// gives the same model, bit for bit; <see cref="Fit(IDataView)"/> may be called from several threads.</para>
/// <para>Cancellation: by the <see cref="MLContext"/> or by <see cref="NmfFitOptions.CancellationToken"/>; both stop
/// the fit within an iteration with an <see cref="OperationCanceledException"/> and leave nothing behind but a
/// checkpoint that was written.</para>
/// </remarks>
public sealed partial class NmfEstimator : IEstimator<NmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal NmfEstimator(IHostEnvironment environment, Options options)
    {
        _host = NmfFitOptions.Register(environment, nameof(NmfEstimator), options);
        (_options, _seed) = NmfFitOptions.Freeze(_host, options);
    }

    /// <summary>The schema after the transformation; the same that <see cref="NmfTransformer"/> gives.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not a known-size
    /// vector of Single.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        var input = RequiredColumn.Input.In(_host, inputSchema, _options.EffectiveInputColumnName);
        if (_options.ExampleWeightColumnName is { } weights)
            WeightReader.Column.In(_host, inputSchema, weights);
        var annotations = new List<SchemaShape.Column> { VectorShape.SlotNames };
        if (_options.NormalizeOutput)
        {
            annotations.Add(new SchemaShape.Column(
                AnnotationUtils.Kinds.IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance,
                false));
        }

        SchemaShape.Column[] likeInput = input.HasSlotNames() ? [VectorShape.SlotNames] : [];
        var columns = new List<SchemaShape.Column> { VectorShape.Create(_options.OutputColumnName, annotations) };
        foreach (var name in new[] { _options.ReconstructionColumnName, _options.ImputedColumnName,
            _options.OutlierColumnName }.OfType<string>())
        {
            columns.Add(VectorShape.Create(name, likeInput));
        }
        if (_options.OutlierScoreColumnName is { } score)
            columns.Add(
                new SchemaShape.Column(score, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false));
        return inputSchema.With(columns);
    }

    /// <summary>Fits the dictionary to all rows.</summary>
    /// <param name="input">The data; read once.</param>
    /// <returns>The transformer that maps rows to activations.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or is not a known-size
    /// vector of Single.</exception>
    /// <exception cref="ArgumentException">NNDSVD was asked for a rank that the data do not have, or the initial model
    /// does not match.</exception>
    /// <exception cref="NmfDataException">
    /// There are no rows, all values are zero, or a value is negative, NaN, infinite, or zero where β ≤ 0; the message
    /// names column, row, slot and value.
    /// </exception>
    /// <exception cref="NmfNumericalException">The objective left the range of Single.</exception>
    /// <exception cref="NmfCheckpointException">The checkpoint is damaged or belongs to another fit; the message names
    /// what differs.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public NmfTransformer Fit(IDataView input) => Fit(input, _options.InitialModel);

    /// <summary>Fits the dictionary to all rows, starting from that of an earlier model: retraining.</summary>
    /// <param name="input">The data; read once.</param>
    /// <param name="initialModel">
    /// A model with the same rank and number of features, or null. Its activations for the new rows are inferred first,
    /// so on the same data the objective continues where it ended.
    /// </param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public NmfTransformer Fit(IDataView input, NmfModelParameters? initialModel)
    {
        _host.CheckValue(input, nameof(input));
        var guard = ColumnGuard.ForInput(
            _host, input.Schema, _options.EffectiveInputColumnName, _options.Problem, _options.MissingValues,
            _options.AbsentEntries, _options.NegativeTolerance);
        _options.RequireMatch(_host, initialModel, guard);

        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var data = RowReader.Read(
            channel, input, guard, cancellation, _options.Threads, _options.ExampleWeightColumnName);
        var given = GivenStart(guard);
        if (_options.LibrarySelection is not null && initialModel is null)
            return FitLibrary(data, guard, channel, cancellation);
        var options = _options.ToCore(_seed);
        if (_options.Guidance is not null)
            options = options with { Problem = GuidanceSeeds.Of(_options, guard, _host, channel) };
        options = options with { Solver = options.EffectiveSolverFor(data) };
        var messages = new FitMessages(channel, options);
        messages.BeforeFit(data);
        var selected = cancellation.Guard(token => SelectedRows(data, channel, token));
        var start = initialModel?.ToDictionary() ?? given
            ?? (selected is null ? null : SuccessiveProjection.Dictionary<float>(data, selected));
        var checkpoint = guard.Label(_options.Checkpoint);
        using var progress = ProgressChannel.OfFit(
            _host, channel, options.Starts, options.Iterations.MaximumIterations);
        var model = cancellation.Guard(token => NmfFactorizer.Fit(
            data, options, start is null ? null : new NmfStart<float>(start), checkpoint,
            new ProgressRelay(progress, _options.Progress), first: 0, ownsData: true, token));
        messages.AfterFit(model);

        var names = initialModel is null && _options.TakesComponentsAsTheyAre
            && _options.InitialComponents is { Names: not null } named
            ? SparseUnmixing.Present(model, named, [.. Enumerable.Range(0, named.Count)])
            : null;
        var parameters = NmfModelParameters.FromFit(
            model, data.Samples, guard.SlotNames(), Sections(selected, model.Options.Problem, names));
        return new NmfTransformer(_host, parameters, _options);
    }

    private NmfTransformer FitLibrary(
        NmfData<float> data, ColumnGuard guard, IChannel channel, FitCancellation cancellation)
    {
        var selection = _options.LibrarySelection!;
        new FitMessages(channel, _options.ToCore(_seed)).BeforeSelection(data, _options.InitialComponents!.Count);
        using var progress = ProgressChannel.OfFit(_host, channel, 1, selection.MaximumIterations);
        var found = cancellation.Guard(token => SparseUnmixing.Fit(
            data, _options.InitialComponents!, selection with { Threads = selection.Threads ?? _options.Threads },
            progress, token));
        new FitMessages(channel, found.Model.Options).AfterSelection(found, _options.InitialComponents!.Count);
        return new NmfTransformer(
            _host, NmfModelParameters.FromFit(
                found.Model, data.Samples, guard.SlotNames(),
                Sections(null, found.Model.Options.Problem, found.Spectra)), _options);
    }

    private int[]? SelectedRows(NmfData<float> data, IChannel channel, CancellationToken token)
    {
        if (_options.SeparableSearch is not { } search)
            return null;
        // Rows are compared by their shares, so that bright ones have no advantage, unless the scale
        // of a row means something.
        var rows = SeparableNmf.Pick(
            _options.WhitensNoise ? HySime.Whiten(data, _options.Threads, token) : data, _options.Rank, search,
            normalize: _options.Problem.IsScaleFree, _seed, _options.Threads,
            new SearchProgress(channel, _options.Rank), token);
        _host.CheckUserArg(
            rows.Length == _options.Rank, nameof(Options.Rank),
            $"The search found {rows.Length} of the {_options.Rank} rows asked for: "
            + "the others are combinations of these. Lower the rank.");
        return rows;
    }

    private Matrix<float>? GivenStart(ColumnGuard guard)
    {
        if (_options.InitialComponents is not { } components)
            return null;
        _host.CheckUserArg(
            components.Features == guard.Features, nameof(Options.InitialComponents),
            $"The components to start from (endmembers, in unmixing) have {components.Features} values, "
            + $"but column '{guard.Column}' has {guard.Features} slots. They must be the same.");
        var dictionary = new Matrix<float>(guard.Features, components.Count);
        for (var k = 0; k < components.Count; k++)
        {
            for (var f = 0; f < dictionary.Rows; f++)
                dictionary[f, k] = (float)components.Column(k)[f];
        }

        return dictionary;
    }

    private IModelSection[] Sections(int[]? selected, NmfProblem fitted, IReadOnlyList<LibrarySpectrum>? library)
    {
        var sections = new List<IModelSection>();
        if (_options.HasMissingEntries)
            sections.Add(
                new MissingEntriesSection(_options.MissingValues, _options.AbsentEntries, _options.ImputedColumnName));
        if (ProblemSections.Of(_options, fitted) is { } section)
            sections.Add(section);
        if (selected is not null)
            sections.Add(new SelectedRowsSection(selected));
        if (library is not null)
            sections.Add(new LibrarySection(library));
        else if (GuidanceSeeds.ComponentNames(_options) is { } componentNames)
            sections.Add(new ComponentNamesSection(componentNames));
        return [.. sections];
    }
}
