using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Learns a nonnegative tensor from rows of keys and a value: user, item, week and how often, say. Key columns in, a
/// <c>Score</c> out, the value that the model gives the place; and, where asked for, the factor rows of every key as
/// feature vectors.
/// </summary>
/// <remarks>
/// <para>Every key column is a mode. Time and memory are proportional to the number of rows. Rows with a missing key or
/// a label that is NaN are skipped, with a message. Rows of the same place count with their mean, and so many times the
/// weight, where absent places are missing, and with their sum where these are zeros.</para>
/// <para>See <see cref="TensorNmf"/> for the mathematics. Immutable; fitting twice gives the same model, bit for
/// bit.</para>
/// </remarks>
public sealed class TensorNmfTrainer : IEstimator<TensorNmfTransformer>
{
    internal const string ScoreColumnName = "Score";

    private readonly IHost _host;
    private readonly Options _options;

    internal TensorNmfTrainer(IHostEnvironment environment, Options options)
    {
        Contracts.CheckValue(environment, nameof(environment));
        _host = environment.Register(nameof(TensorNmfTrainer));
        _host.CheckValue(options, nameof(options));
        _host.CheckNonWhiteSpace(options.LabelColumnName, nameof(options.LabelColumnName));
        _host.CheckUserArg(
            options.KeyColumnNames is { Length: >= 2 }, nameof(options.KeyColumnNames),
            "A tensor needs two key columns or more.");
        foreach (var name in options.KeyColumnNames)
            _host.CheckNonWhiteSpace(name, nameof(options.KeyColumnNames));
        _host.CheckUserArg(
            options.KeyColumnNames.Distinct(StringComparer.Ordinal).Count() == options.KeyColumnNames.Length,
            nameof(options.KeyColumnNames), "Every key column is a mode of its own: one is named twice.");
        _host.CheckUserArg(
            options.FactorColumnNames is null || options.FactorColumnNames.Length == options.KeyColumnNames.Length,
            nameof(options.FactorColumnNames),
            "There must be as many names of factor columns as of key columns, empty ones for none.");
        _host.CheckUserArg(
            Array.FindAll(options.FactorColumnNames ?? [], name => !string.IsNullOrEmpty(name)) is var outputs
                && !outputs.Contains(ScoreColumnName, StringComparer.Ordinal)
                && outputs.Distinct(StringComparer.Ordinal).Count() == outputs.Length,
            nameof(options.FactorColumnNames),
            $"Every factor column needs a name of its own, other than '{ScoreColumnName}'.");
        _host.CheckUserArg(
            Enum.IsDefined(options.AbsentEntries), nameof(options.AbsentEntries),
            $"There is no meaning {options.AbsentEntries} of absent entries.");
        _host.CheckUserArg(
            Enum.IsDefined(options.NameMismatch), nameof(options.NameMismatch),
            $"There is no reaction {options.NameMismatch} to other names.");
        _options = options with
        {
            Seed = options.Seed ?? _host.Rand.Next(), KeyColumnNames = [.. options.KeyColumnNames],
            FactorColumnNames = options.FactorColumnNames is { } names ? [.. names] : null,
        };
        UserErrors.Mark(_host, _options.Validate);
    }

    /// <summary>What a <see cref="TensorNmfTrainer"/> fits and how: the options of the model, and the
    /// columns.</summary>
    public sealed record Options : TensorNmfOptions
    {
        /// <summary>Column of values, Single, at least 0.</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>Key columns, one for each mode, two or more.</summary>
        public string[] KeyColumnNames { get; init; } = [];

        /// <summary>
        /// Names of the vector columns with the factor rows of the keys, one for each key column, an empty one for
        /// none; or null. The sum over components of the product of all of them is the score: each is the row of the
        /// factor times the root of the weights that has the number of modes for its index.
        /// </summary>
        public string[]? FactorColumnNames { get; init; }

        /// <summary>What a place means that has no row: it was not observed, unless told otherwise, or a zero, as in
        /// counts (β = 1 and 2).</summary>
        public AbsentEntries AbsentEntries { get; init; } = AbsentEntries.Missing;

        /// <summary>What Transform does when keys stand for other values than in the fit, as after a MapValueToKey that
        /// was fitted again. Another number of keys is an error always.</summary>
        public NameMismatch NameMismatch { get; init; }

        /// <summary>Where to save the state of the fit, or null.</summary>
        public NmfCheckpoint? Checkpoint { get; init; }

        /// <summary>Cancels a running fit, besides the cancellation of the <see cref="MLContext"/>.</summary>
        public CancellationToken CancellationToken { get; init; }
    }

    /// <summary>The schema after the transformation: the input, a Single <c>Score</c>, and factor columns.</summary>
    /// <param name="inputSchema">Schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        RatingKeys.Label.In(_host, inputSchema, _options.LabelColumnName);
        foreach (var name in _options.KeyColumnNames)
            TensorKeys.Role.In(_host, inputSchema, name);
        var schema = inputSchema.With(new SchemaShape.Column(
            ScoreColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false,
            new SchemaShape(AnnotationUtils.GetTrainerOutputAnnotation())));
        foreach (var name in _options.FactorColumnNames ?? [])
        {
            if (!string.IsNullOrEmpty(name))
                schema = schema.With(new SchemaShape.Column(
                    name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false));
        }

        return schema;
    }

    /// <summary>Fits the model to all rows.</summary>
    /// <param name="input">Keys and values; read once, kept until the fit begins.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="NmfDataException">There is no row, or a value is negative or infinite.</exception>
    /// <exception cref="OperationCanceledException">The fit was cancelled.</exception>
    public TensorNmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var label = RatingKeys.Label.In(_host, input.Schema, _options.LabelColumnName);
        var keys = Array.ConvertAll(
            _options.KeyColumnNames, name => RatingKeys.Of(_host, TensorKeys.Role, input.Schema, name));
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var rows = TensorKeys.Read(_host, channel, input, label, keys, cancellation);
        var tensor = rows.ToTensor([.. keys.Select(key => key.Count)], _options.AbsentEntries);
        using var progress = ProgressChannel.OfFit(
            _host, channel, _options.Starts, _options.Iterations.MaximumIterations);
        var model = cancellation.Guard(token => TensorNmf.Fit(
            tensor, _options, null,
            _options.Checkpoint is { } checkpoint ? checkpoint with
            {
                Label = NmfCheckpoint.MarkOf([checkpoint.Label, .. keys.SelectMany(key => key.Values ?? [])]),
            } : null, progress, token));
        channel.Info(
            "Fitted {0} rows of a tensor of {1} with rank {2}, beta {3}: {4} iterations ({5}), objective {6:G6}.",
            rows.Count, string.Join(" x ", model.Shape), model.Rank, _options.Beta, model.Report!.Iterations,
            model.Report.StopReason, model.Report.Objective);
        FitMessages.WarnOfEnd(
            channel, model.Report.StopReason, model.Report.Iterations, _options.Iterations.Tolerance);
        return new TensorNmfTransformer(
            _host, model, keys, _options.FactorColumnNames, _options.NameMismatch, _options.AbsentEntries,
            [.. keys.Select((_, n) => tensor.Observed(n))]);
    }
}
