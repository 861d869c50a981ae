using Microsoft.Extensions.Options;

namespace Microsoft.ML;

/// <summary>
/// How one saved model is served by <see cref="NmfPredictor{TInput, TOutput}"/>. These are named options: the name is
/// the model's, so that they can be bound from configuration,
/// <c>services.Configure&lt;NmfPredictorOptions&gt;("topics", configuration.GetSection("Topics"))</c>. They are read
/// once, when the predictor is made.
/// </summary>
public sealed class NmfPredictorOptions
{
    /// <summary>The model file, as written by <c>mlContext.Model.Save</c>. A relative path starts at the current
    /// directory of the process.</summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// Whether a host starts only with the model: it is loaded before work is accepted, and where that fails the host
    /// stops with <see cref="NmfPredictorLoadException"/>. When false the host starts at once, the model is loaded in
    /// the background as soon as it is there, and predictions throw until then. Default true. Without a host (no
    /// <c>IHostedService</c> is started) the first use loads in either case.
    /// </summary>
    public bool RequiredAtStart { get; set; } = true;

    /// <summary>
    /// Whether a changed file is loaded by itself. When false, only
    /// <see cref="NmfPredictor{TInput, TOutput}.Refresh"/> does. Default true.
    /// </summary>
    public bool ReloadOnChange { get; set; } = true;

    /// <summary>
    /// Time between two looks at the file, in addition to the notifications of the file system, which network drives,
    /// container mounts and symbolic links do not always send. A look reads the length, the time and at most the last
    /// 64 KiB of the file. At least 10 ms, or <see cref="Timeout.InfiniteTimeSpan"/> to rely on notifications alone,
    /// which end when the directory is deleted. Default 5 s.
    /// </summary>
    public TimeSpan PollingInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time for which a changed file must stay as it is before it is loaded, so that a file that is being written is
    /// left alone. From zero to an hour. Default 250 ms.
    /// </summary>
    public TimeSpan QuietPeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Time that a load may take. Then it is given up: the old model goes on serving and the file is refused. A reader
    /// of ML.NET that does not come to an end on a damaged file cannot be stopped; its thread stays until the process
    /// ends, but stands in the way of neither the next file nor the end. A load that has taken a tenth of this gives
    /// way to a newer file. From 10 ms to a day. Default 60 s.
    /// </summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Prediction engines kept for reuse. A burst of more simultaneous calls makes engines of its own, which are
    /// dropped afterwards, and does not wait. Default twice the number of processors.
    /// </summary>
    public int MaximumRetainedEngines { get; set; } = 2 * Environment.ProcessorCount;

    /// <summary>
    /// Called on the fresh <see cref="MLContext"/> of every load, for what a pipeline needs beyond ML.NET: registering
    /// the assembly of a custom mapping, listening to the log, choosing a GPU. Called on a thread of its own.
    /// </summary>
    public Action<MLContext>? ConfigureContext { get; set; }

    /// <summary>
    /// Called on every loaded pipeline before it serves; it refuses the pipeline by throwing. For what the input
    /// and output classes cannot say: that a certain transformer is in it, that the rank is the one expected.
    /// Called on a thread of its own.
    /// </summary>
    public Action<ITransformer>? CheckModel { get; set; }

    internal NmfPredictorOptions Copy() => (NmfPredictorOptions)MemberwiseClone();

    /// <summary>What is wrong with these options, one sentence each; empty when nothing is.</summary>
    internal IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Path))
            yield return "The path of the model file must not be empty.";
        else if (Path.Contains('\0', StringComparison.Ordinal))
            yield return "The path of the model file must not contain a null character.";
        if (PollingInterval != Timeout.InfiniteTimeSpan
            && (PollingInterval < ShortestPolling || PollingInterval > LongestPolling))
        {
            yield return "The polling interval must be from 10 ms to 24 days, or infinite.";
        }
        if (QuietPeriod < TimeSpan.Zero || QuietPeriod > TimeSpan.FromHours(1))
            yield return "The quiet period must be from zero to one hour.";
        if (LoadTimeout < ShortestPolling || LoadTimeout > TimeSpan.FromDays(1))
            yield return "The time that a load may take must be from 10 ms to a day.";
        if (MaximumRetainedEngines < 1)
            yield return "The number of retained prediction engines must be greater than zero.";
    }

    private static readonly TimeSpan ShortestPolling = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPolling = TimeSpan.FromDays(24);
}

/// <summary>Validates the options of one named model and leaves all others alone.</summary>
internal sealed class NmfPredictorOptionsValidator(string name) : IValidateOptions<NmfPredictorOptions>
{
    public ValidateOptionsResult Validate(string? optionsName, NmfPredictorOptions options)
    {
        if (optionsName != name)
            return ValidateOptionsResult.Skip;
        var faults = options.Faults().Select(f => $"Model '{name}': {f}").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
