using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Recipes;

/// <summary>
/// An estimator in one file, for the model of <see cref="CautiousNmf"/>. What reads rows, checks columns, cancels and
/// reports is there; transform, prediction engine, saving and loading come with <see cref="NmfTransformer"/>.
/// </summary>
internal sealed class CautiousNmfEstimator : IEstimator<NmfTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    public CautiousNmfEstimator(IHostEnvironment environment, Options options)
    {
        _host = NmfFitOptions.Register(environment, nameof(CautiousNmfEstimator), options);
        (_options, _seed) = NmfFitOptions.Freeze(_host, options);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        RequiredColumn.Input.In(_host, inputSchema, _options.EffectiveInputColumnName);
        return inputSchema.With(VectorShape.Create(_options.OutputColumnName, VectorShape.SlotNames));
    }

    public NmfTransformer Fit(IDataView input)
    {
        _host.CheckValue(input, nameof(input));
        var guard = ColumnGuard.ForInput(
            _host, input.Schema, _options.EffectiveInputColumnName, new CautiousNmf(_options.Beta));
        using var channel = _host.Start("Training");
        using var cancellation = new FitCancellation(_host, _options.CancellationToken);
        var data = RowReader.Read(channel, input, guard, cancellation, _options.Threads);
        using var progress = ProgressChannel.OfFit(_host, channel, 1, _options.Iterations.MaximumIterations);
        var checkpoint = guard.Label(_options.Checkpoint);
        var model = cancellation.Guard(
            token => NmfFactorizer.Fit(data, _options.ToCore(_seed), null, checkpoint, progress, token));
        return new NmfTransformer(
            _host, NmfModelParameters.FromFit(model, data.Samples, guard.SlotNames()), _options);
    }

    /// <summary>The model's options beside those of all estimators; the core checks them.</summary>
    public sealed class Options : NmfRowOptions
    {
        public double Beta { get; set; } = BetaDivergence.KullbackLeibler;

        public IterationOptions Iterations { get; set; } = new();

        public NmfOptions ToCore(int seed) => new()
        {
            Rank = Rank, Problem = new CautiousNmf(Beta), Iterations = Iterations, Inference = Inference,
            Initialization = Initialization, Scale = Scale, Threads = Threads, Seed = seed,
        };

        private protected override void ValidateCore() => ToCore(seed: 0).Validate();
    }
}
