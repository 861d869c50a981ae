using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

/// <summary>
/// The input column: that it has the right type, and that its rows can be factorised. Fit and Transform share it, so
/// that both refuse the same things in the same words.
/// </summary>
internal sealed class ColumnGuard
{
    public const string ExpectedType = "known-size vector of Single";

    private readonly IHost _host;
    private readonly DataViewSchema.Column _column;
    private readonly double _beta;
    private readonly bool _allowsNaN;
    private readonly MeasureOfFit? _measure;

    private ColumnGuard(
        IHost host, DataViewSchema.Column column, int features, double beta, bool allowsNaN, bool zerosAreMissing,
        MeasureOfFit? measure)
    {
        (_host, _column, Features, _beta, _measure) = (host, column, features, beta, measure);
        (_allowsNaN, AllowsZeros) = (allowsNaN, (measure?.AllowsZeros ?? beta > 0) || zerosAreMissing);
    }

    public string Column => _column.Name;

    public DataViewSchema.Column SchemaColumn => _column;

    public int Features { get; }

    /// <summary>Whether the divergence is finite at a zero.</summary>
    public bool AllowsZeros { get; }

    /// <summary>Checks the column of a schema that is to be fitted or transformed.</summary>
    /// <param name="host">Where errors come from.</param>
    /// <param name="inputSchema">The schema.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="beta">Divergence parameter: zeros are refused for β ≤ 0.</param>
    /// <param name="missing">What NaN means.</param>
    /// <param name="absent">What absent entries mean: where they are missing, a zero is one of them.</param>
    /// <param name="measure">The measure of fit in the place of the β-divergence, or null.</param>
    public static ColumnGuard ForInput(
        IHost host, DataViewSchema inputSchema, string name, double beta, MissingValues missing = MissingValues.Error,
        AbsentEntries absent = AbsentEntries.Zero, MeasureOfFit? measure = null)
    {
        if (inputSchema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(inputSchema), "input", name);
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector
            || !vector.ItemType.Equals(NumberDataViewType.Single))
        {
            throw host.ExceptSchemaMismatch(nameof(inputSchema), "input", name, ExpectedType, column.Type.ToString());
        }
        return new ColumnGuard(
            host, column, vector.Size, beta, missing == MissingValues.NaN, absent == AbsentEntries.Missing, measure);
    }

    /// <summary>The slot names of the column, or null when it has none.</summary>
    public string[]? SlotNames()
    {
        if (!_column.HasSlotNames(Features))
            return null;
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        _column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>Requires a model that a fit builds on to have the features of the column, in the same order.</summary>
    /// <param name="model">The model, or null.</param>
    /// <param name="option">The option that gave it.</param>
    /// <param name="what">What the model is to the fit.</param>
    public void RequireFeaturesOf(NmfModelParameters? model, string option, string what)
    {
        if (model is null)
            return;
        _host.CheckUserArg(
            model.FeatureCount == Features, option,
            $"The {what} has {model.FeatureCount} features, but column '{Column}' has {Features} slots. "
            + "They must be the same.");
        if (model.FeatureNames is not { } before || SlotNames() is not { } now)
            return;
        var at = Enumerable.Range(0, now.Length).FirstOrDefault(f => before[f] != now[f], -1);
        if (at >= 0)
        {
            throw _host.ExceptUserArg(
                option,
                $"Slot {at} of column '{Column}' is '{now[at]}', but the {what} was fitted with '{before[at]}' there. "
                + "The features must be the same, in the same order.");
        }
    }

    /// <summary>Where a fit to the column saves its state, and what names the column there; null
    /// without a path.</summary>
    public NmfCheckpoint? Checkpoint(string? path, TimeSpan interval) => path is null ? null : new NmfCheckpoint(path)
    {
        Interval = interval,
        Label = SlotNames() is { } names
            ? $"column '{Column}' with slots from '{names[0]}' to '{names[^1]}' ({NmfCheckpoint.MarkOf(names)})"
            : $"column '{Column}' without slot names",
    };

    /// <summary>The column of the weights of the rows, checked.</summary>
    public WeightReader Weights(DataViewSchema inputSchema, string name)
    {
        if (inputSchema.GetColumnOrNull(name) is not { } column)
            throw _host.ExceptSchemaMismatch(nameof(inputSchema), "weight", name);
        if (!column.Type.Equals(NumberDataViewType.Single))
            throw _host.ExceptSchemaMismatch(
                nameof(inputSchema), "weight", name, NumberDataViewType.Single.ToString(), column.Type.ToString());
        return new WeightReader(_host, column);
    }

    /// <summary>Checks one row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="position">Position of its cursor, for the message.</param>
    /// <param name="id">
    /// Its id: one of several parallel cursors counts its own rows alone, but the id tells the place in the source,
    /// unless the view combines several sources.
    /// </param>
    /// <exception cref="NmfDataException">The row cannot be factorised.</exception>
    public void RequireValid(in VBuffer<float> row, long position, ValueGetter<DataViewRowId> id)
    {
        var values = row.GetValues();
        if (row.Length == Features && AllValid(values) && (AllowsZeros || (values.Length == Features
            && !values.Contains(0f))) && (_measure is null || AllAtMost(values, _measure.LargestDatum)))
        {
            return;
        }

        throw Invalid(row, position, id);
    }

    /// <summary>What is wrong with a row that cannot be factorised.</summary>
    /// <inheritdoc cref="RequireValid"/>
    public NmfDataException Invalid(in VBuffer<float> row, long position, ValueGetter<DataViewRowId> id)
    {
        var identity = default(DataViewRowId);
        id(ref identity);
        return Invalid(row, identity.High == 0 ? (long)identity.Low : position);
    }

    private NmfDataException Invalid(in VBuffer<float> row, long position)
    {
        if (row.Length != Features)
            return _host.Process(new NmfDataException(
                $"Column '{Column}' has {row.Length} slots in row {position}, but {Features} were announced."));
        if (_measure is not null && AllValid(row.GetValues()) && !AllAtMost(row.GetValues(), _measure.LargestDatum))
            return TooLarge(row, position, _measure);
        return AllValid(row.GetValues()) ? Zero(row, position) : InvalidValue(row, position);
    }

    /// <summary>Marks an error about the data as a whole.</summary>
    public NmfDataException Unusable(string message) => _host.Process(new NmfDataException(message));

    private bool AllValid(ReadOnlySpan<float> values)
    {
        var at = 0;
        if (Vector.IsHardwareAccelerated && !_allowsNaN)
        {
            var largest = new Vector<float>(float.MaxValue);
            var valid = Vector<int>.AllBitsSet;
            foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(values))
                valid &= Vector.GreaterThanOrEqual(
                    vector, Vector<float>.Zero) & Vector.LessThanOrEqual(vector, largest);
            if (!Vector.EqualsAll(valid, Vector<int>.AllBitsSet))
                return false;
            at = values.Length - (values.Length % Vector<float>.Count);
        }

        foreach (var value in values[at..])
        {
            if (!IsValid(value))
                return false;
        }

        return true;
    }

    private static bool AllAtMost(ReadOnlySpan<float> values, double largest)
        => double.IsPositiveInfinity(largest) || values.IsEmpty || TensorPrimitives.Max(values) <= largest;

    private NmfDataException TooLarge(in VBuffer<float> row, long position, MeasureOfFit measure)
    {
        var (slot, value) = row.Items().First(item => item.Value > measure.LargestDatum);
        return _host.Process(new NmfDataException(
            $"Column '{Column}' is {value:R} in row {position}, {SlotText(slot)}, "
            + $"but {measure} needs data between 0 and {measure.LargestDatum:R}.", position, slot, value));
    }

    private bool IsValid(float value) => value is >= 0 and <= float.MaxValue || (_allowsNaN && float.IsNaN(value));

    private NmfDataException InvalidValue(in VBuffer<float> row, long position)
    {
        var (slot, value) = row.Items().First(item => !IsValid(item.Value));
        var (what, advice) = float.IsNaN(value)
            ? ("not a number (NaN)", "If NaN means that a value is missing, set the option MissingValues to NaN; "
                + "else replace such values first, for instance with ReplaceMissingValues.")
            : float.IsInfinity(value) ? ("infinite", "Replace or drop such rows first.")
            : ($"negative ({value:R})", "Shift or clip the data, or drop the step that makes them negative, "
                + "such as a normalization to zero mean.");
        return _host.Process(new NmfDataException(
            $"Column '{Column}' is {what} in row {position}, {SlotText(slot)}. "
            + $"Nonnegative matrix factorization needs finite values that are at least 0. {advice}",
            position, slot, value));
    }

    private NmfDataException Zero(in VBuffer<float> row, long position)
    {
        var slot = 0;
        foreach (var item in row.Items())
        {
            if (item.Key != slot || item.Value == 0)
                break;
            slot++;
        }

        return _host.Process(
            new NmfDataException(
                $"Column '{Column}' is 0 in row {position}, {SlotText(slot)}, where "
                + $"{_measure?.ToString() ?? $"the divergence with beta = {_beta}"} is infinite. Add a small positive "
                + $"constant to the data, or choose {(_measure is null ? "beta > 0" : "another measure of fit")}.",
                position, slot, 0));
    }

    private string SlotText(int slot)
        => SlotNames()?[slot] is { Length: > 0 } name ? $"slot {slot} ('{name}')" : $"slot {slot}";
}
