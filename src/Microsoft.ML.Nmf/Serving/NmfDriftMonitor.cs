using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;

namespace Microsoft.ML;

/// <summary>
/// Compares the rows that a served model gets with those that it was trained on: how much of which component they have,
/// the share of words that it does not know, and how well it approximates the latest rows. All are metrics
/// (<c>mlnmf.drift.component_shift</c>, <c>mlnmf.drift.unseen_words</c>, <c>mlnmf.drift.explained_part</c>) and, with
/// thresholds, part of the health check.
/// </summary>
/// <remarks>Thread-safe. Observing a row takes O(K F) time and makes an array of F numbers: where that is much beside a
/// prediction, observe one row of many. Starts anew when another model is served.</remarks>
public sealed partial class NmfDriftMonitor : IDisposable
{
    private static readonly ConcurrentDictionary<NmfDriftMonitor, bool> Watched = new();

    private static readonly ObservableGauge<double> Unseen = NmfTelemetry.Meter.CreateObservableGauge(
        "mlnmf.drift.unseen_words", static () => Measure(static status => status.UnseenShare), "1",
        "Share of the words of recent rows that the model does not know.");

    private static readonly ObservableGauge<double> Shift = NmfTelemetry.Meter.CreateObservableGauge(
        "mlnmf.drift.component_shift", static () => Measure(static status => status.ComponentShift), "1",
        "How far the components' shares in recent rows are from those in the training, 0 to 1.");

    private static readonly ObservableGauge<double> Explained = NmfTelemetry.Meter.CreateObservableGauge(
        "mlnmf.drift.explained_part", static () => Measure(static status => status.ExplainedPart), "1",
        "The part of recent rows that the model explains.");

    private static readonly ObservableGauge<double> Training = NmfTelemetry.Meter.CreateObservableGauge(
        "mlnmf.drift.training_explained_part", static () => Measure(static status => status.TrainingExplainedPart), "1",
        "The part of the training rows that the model explains.");

    private readonly object _lock = new();
    private readonly NmfDriftOptions _options;
    private readonly Queue<Seen> _rows = [];
    private NmfModelParameters? _model;
    private double[] _sizes = [];

    /// <summary>Makes a monitor.</summary>
    /// <param name="name">Name of the model, for metrics.</param>
    /// <param name="options">Window and thresholds; copied.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public NmfDriftMonitor(string name, NmfDriftOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _options = options?.Copy() ?? new NmfDriftOptions();
        if (_options.Faults().FirstOrDefault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        Name = name;
        Watched.TryAdd(this, true);
    }

    /// <summary>The name of the model.</summary>
    public string Name { get; }

    /// <summary>How the recent rows compare with the training, now.</summary>
    public NmfDriftStatus Status
    {
        get
        {
            lock (_lock)
                return Judge();
        }
    }

    /// <summary>Takes one row into account.</summary>
    /// <param name="model">The model that served it (<see cref="NmfTransformer.Model"/>).</param>
    /// <param name="row">What went into the model: F values.</param>
    /// <param name="activations">What came out of it: K values, normalised or not.</param>
    /// <param name="words">
    /// For counts of words, how many words the row had, known or not; then those that are not in
    /// <paramref name="row"/>, whose sum is the number of known ones, are unseen. Null where there are no words, or
    /// where the values are weights and no counts.
    /// </param>
    /// <exception cref="ArgumentException">A vector has another length than the model, a value of the row or an
    /// activation is negative or not finite, or the number of words is negative.</exception>
    public void Observe(
        NmfModelParameters model, VBuffer<float> row, ReadOnlySpan<float> activations, int? words = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (row.Length != model.FeatureCount)
            throw new ArgumentException(
                $"The row has {row.Length} values, but the model has {model.FeatureCount} features.", nameof(row));
        if (activations.Length != model.Rank)
            throw new ArgumentException(
                $"There are {activations.Length} activations, but the model has {model.Rank} components.",
                nameof(activations));
        if (words is { } count)
            ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(words));
        foreach (var value in activations)
        {
            if (!(value >= 0 && float.IsFinite(value)))
                throw new ArgumentException(
                    $"There is the activation {value}; activations are nonnegative and finite.", nameof(activations));
        }

        double known = 0;
        foreach (var value in row.GetValues())
        {
            // Where NaN is missing or small negative values are zeros, they may be in a row.
            var isMissing = float.IsNaN(value) && model.MissingValues != MissingValues.Error;
            var isZero = value < 0 && model.Input.NegativeTolerance > 0;
            if (!isMissing && !isZero && !(value >= 0 && float.IsFinite(value)))
                throw new ArgumentException(
                    $"The row has the value {value}; a row of this model is nonnegative and finite.", nameof(row));
            known += isMissing || isZero ? 0 : value;
        }

        // Numbers near the end of Single have no finite fit, and would spoil that of all others.
        RowFit? fit = CanJudge(model) && RowFit.Of(model, row, activations) is var own && own.IsFinite ? own : null;
        var unseen = words is { } all ? Math.Max(0, all - known) : 0;
        lock (_lock)
        {
            if (!ReferenceEquals(_model, model))
            {
                _rows.Clear();
                _sizes = ComponentShares.Sizes(model);
            }

            _model = model;
            var seen = new Seen(words, unseen, fit, ComponentShares.Of(activations, _sizes, known));
            if (_rows.Count == _options.Window)
                _rows.Dequeue();
            _rows.Enqueue(seen);
        }
    }

    /// <summary>Ends the metrics of this monitor.</summary>
    public void Dispose()
    {
        Watched.TryRemove(this, out _);
        lock (_reading)
        {
            _disposed = true;
            _reader?.Dispose();
            (_reader, _seen) = (null, null);
        }
    }

    // The mean of a row with gaps is not that of its entries, and other measures do not add up to their constant model.
    private static bool CanJudge(NmfModelParameters model)
        => model.Problem.Entry.BetaOrNull is not null && model.MissingValues == MissingValues.Error
            && model.AbsentEntries == AbsentEntries.Zero;

    private NmfDriftStatus Judge()
    {
        if (_model is null || _rows.Count < _options.FewestRows)
            return new NmfDriftStatus { TrainingExplainedPart = _model?.ExplainedPart, Fault = _fault };
        long words = 0;
        double unseen = 0;
        var fits = new List<RowFit>(_rows.Count);
        foreach (var row in _rows)
        {
            words += row.Words ?? 0;
            unseen += row.Unseen;
            if (row.Fit is { } fit)
                fits.Add(fit);
        }

        var explained = fits.Count == 0 ? double.NaN
            : RowFit.ExplainedPart(CollectionsMarshal.AsSpan(fits), _model.FeatureCount, _model.Beta);
        var status = new NmfDriftStatus
        {
            Rows = _rows.Count,
            UnseenShare = words > 0 ? unseen / words : null,
            ExplainedPart = double.IsFinite(explained) ? explained : null,
            TrainingExplainedPart = _model.ExplainedPart,
            Fault = _fault,
        };
        status = status with
        {
            ComponentShift = ComponentShares.Shift([.. _rows.Select(row => row.Amounts)], _model.Contributions),
        };
        List<string> passed = [];
        if (status.ComponentShift > _options.LargestComponentShift)
            passed.Add($"the components are {status.ComponentShift:0.00} from their shares in the training "
                + $"(threshold {_options.LargestComponentShift:0.00})");
        if (status.UnseenShare > _options.LargestUnseenShare)
            passed.Add($"{status.UnseenShare:P1} of the words are not known to the model "
                + $"(threshold {_options.LargestUnseenShare:P1})");
        if (status.Fit < _options.SmallestFit)
            passed.Add($"the model explains {status.Fit:P1} as much of recent rows as of those of its training "
                + $"(threshold {_options.SmallestFit:P1})");
        return passed.Count == 0 ? status
            : status with { Drift = $"Of the last {status.Rows} rows, {string.Join("; ", passed)}." };
    }

    private static IEnumerable<Measurement<double>> Measure(Func<NmfDriftStatus, double?> of)
    {
        foreach (var monitor in Watched.Keys)
        {
            if (of(monitor.Status) is { } value)
                yield return new Measurement<double>(value, new KeyValuePair<string, object?>(
                    PredictorTelemetry.NameTag, monitor.Name));
        }
    }

    private readonly record struct Seen(int? Words, double Unseen, RowFit? Fit, double[] Amounts);
}
