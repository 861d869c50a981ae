using System.Numerics.Tensors;
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
    private readonly IHost _host;
    private readonly DataViewSchema.Column _column;
    private readonly MissingValues _missing;
    private readonly AbsentEntries _absent;
    private readonly MeasureOfFit _measure;
    private readonly float _smallest;

    private ColumnGuard(
        IHost host, DataViewSchema.Column column, int features, MeasureOfFit measure, MissingValues missing,
        AbsentEntries absent, float negativeTolerance)
        => (_host, _column, Features, _measure, _missing, _absent, _smallest) = (host, column, features, measure,
            missing, absent, -negativeTolerance);

    public string Column => _column.Name;

    public DataViewSchema.Column SchemaColumn => _column;

    public int Features { get; }

    /// <summary>Whether the divergence is finite at a zero, or a zero is a missing entry.</summary>
    public bool AllowsZeros => _measure.AllowsZeros || _absent == AbsentEntries.Missing;

    /// <summary>Checks the column of a schema that is to be fitted or transformed.</summary>
    /// <param name="host">Where errors come from.</param>
    /// <param name="inputSchema">The schema.</param>
    /// <param name="name">Name of the column.</param>
    /// <param name="problem">What is minimised: zeros are refused where it is infinite.</param>
    /// <param name="missing">What NaN means.</param>
    /// <param name="absent">What absent entries mean: where they are missing, a zero is one of them.</param>
    /// <param name="negativeTolerance">Down to minus this a value is taken for 0.</param>
    public static ColumnGuard ForInput(
        IHost host, DataViewSchema inputSchema, string name, NmfProblem problem,
        MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero,
        float negativeTolerance = 0)
    {
        var column = RequiredColumn.Input.In(host, inputSchema, name);
        return new ColumnGuard(
            host, column, ((VectorDataViewType)column.Type).Size, problem.Entry, missing, absent, negativeTolerance);
    }

    /// <summary>Checks the column that a model is to transform, and its size.</summary>
    public static ColumnGuard ForModel(IHost host, DataViewSchema inputSchema, string name, NmfModelParameters model)
    {
        var guard = ForInput(
            host, inputSchema, name, model.Problem, model.MissingValues, model.AbsentEntries,
            model.Input.NegativeTolerance);
        return guard.Features == model.FeatureCount
            ? guard
            : throw host.ExceptSchemaMismatch(
                nameof(inputSchema), "input", name,
                new VectorDataViewType(NumberDataViewType.Single, model.FeatureCount).ToString(),
                guard._column.Type.ToString());
    }

    /// <summary>The slot names of the column, or null when it has none.</summary>
    public string[]? SlotNames() => Slots.Names is { } names ? Array.ConvertAll(names, name => name.ToString()) : null;

    private NamedPlaces Slots
    {
        get
        {
            if (!_column.HasSlotNames(Features))
                return new("Slot", 0, Column, null);
            var names = default(VBuffer<ReadOnlyMemory<char>>);
            _column.GetSlotNames(ref names);
            return new("Slot", 0, Column, [.. names.DenseValues()]);
        }
    }

    /// <summary>Requires the slots to have the names of the fit, as the model says.</summary>
    public void RequireNamesOf(NmfModelParameters model)
        => Slots.RequireThoseOf(_host, model.FeatureNames, model.Input.Names);

    /// <summary>Requires the slots to have these names.</summary>
    public void RequireNames(IReadOnlyList<string>? names, NameMismatch reaction)
        => Slots.RequireThoseOf(_host, names, reaction);

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
        if (Slots.DifferenceFrom(model.FeatureNames, what) is { } difference)
            throw _host.ExceptUserArg(option, difference + " The features must be the same, in the same order.");
    }

    /// <summary>A checkpoint that belongs to the column and its slots.</summary>
    public NmfCheckpoint? Label(NmfCheckpoint? checkpoint) => checkpoint is null ? null : checkpoint with
    {
        Label = SlotNames() is { } names
            ? $"column '{Column}' with slots from '{names[0]}' to '{names[^1]}' ({NmfCheckpoint.MarkOf(names)})"
            : $"column '{Column}' without slot names",
    };

    /// <summary>The column of the weights of the rows, checked.</summary>
    public WeightReader Weights(DataViewSchema inputSchema, string name)
        => new(_host, WeightReader.Column.In(_host, inputSchema, name));

    /// <summary>The rows of a view.</summary>
    /// <param name="input">The view.</param>
    /// <param name="check">Called now and then: throws when the reading should stop.</param>
    /// <param name="beside">Another column that is read beside, or null.</param>
    public RowCursor Open(IDataView input, Action check, DataViewSchema.Column? beside = null)
        => new(this, input.GetRowCursor(beside is { } other ? [_column, other] : [_column]), check);

    /// <summary>Reads the column of a row, converted to Single.</summary>
    public ValueGetter<VBuffer<float>> GetterOf(DataViewRow row)
        => _column.Type.GetItemType().Equals(NumberDataViewType.Single)
            ? row.GetGetter<VBuffer<float>>(row.Schema[_column.Index])
            : RowCursorUtils.GetVecGetterAs<float>(NumberDataViewType.Single, row, _column.Index);

    /// <summary>Room for rows of the column.</summary>
    /// <param name="expectedRows">How many will come, or 0 when that is not known.</param>
    public NmfDataBuilder<float> CreateBuilder(int expectedRows = 0) => new(Features, _missing, _absent, expectedRows);

    /// <summary>Makes zeros of what is negative within the tolerance; false where nothing is.</summary>
    public bool TryClip(ref VBuffer<float> row)
    {
        if (_smallest >= 0 || !row.GetValues().ContainsAnyInRange(_smallest, -float.Epsilon))
            return false;
        foreach (ref var value in VBufferEditor.CreateFromBuffer(ref row).Values)
            value = value < 0 && value >= _smallest ? 0 : value;
        return true;
    }

    /// <summary>Checks one row that stays where it is; clips it within the tolerance.</summary>
    /// <exception cref="NmfDataException">The row cannot be factorised.</exception>
    public void RequireValid(ref VBuffer<float> row, DataViewRow place, ValueGetter<DataViewRowId> id)
    {
        if (IsValid(row) || (TryClip(ref row) && IsValid(row)))
            return;
        var identity = default(DataViewRowId);
        id(ref identity);
        throw Invalid(row, NumberOf(identity, place.Position));
    }

    /// <summary>Whether no value is above what the measure of fit is defined for.</summary>
    public bool AllowsLargest(ReadOnlySpan<float> values)
        => double.IsPositiveInfinity(_measure.LargestDatum) || values.IsEmpty
            || !(TensorPrimitives.MaxNumber(values) > _measure.LargestDatum);

    /// <summary>
    /// What messages call a row: one of several parallel cursors counts its own rows alone, but the id tells the place
    /// in the source, unless the view combines several sources.
    /// </summary>
    public static long NumberOf(DataViewRowId id, long position) => id.High == 0 ? (long)id.Low : position;

    /// <summary>What is wrong with a row that cannot be factorised.</summary>
    /// <param name="row">The row.</param>
    /// <param name="position">What the message calls it: see <see cref="NumberOf"/>.</param>
    public NmfDataException Invalid(in VBuffer<float> row, long position)
    {
        if (row.Length != Features)
            return _host.Process(new NmfDataException(
                $"Column '{Column}' has {row.Length} slots in row {position}, but {Features} were announced."));
        if (AllValid(row.GetValues()) && !AllowsLargest(row.GetValues()))
            return TooLarge(row, position);
        return AllValid(row.GetValues()) ? Zero(row, position) : InvalidValue(row, position);
    }

    /// <summary>Marks an error about the data as a whole.</summary>
    public NmfDataException Unusable(string message) => _host.Process(new NmfDataException(message));

    public NmfDataException NoRows()
        => Unusable($"There are no rows to factorize: column '{Column}' was read to its end without finding one.");

    public NmfDataException OnlyZeros(long rows)
        => Unusable($"All values of column '{Column}' are zero in all {rows} rows: there is nothing to factorize.");

    private bool IsValid(in VBuffer<float> row)
    {
        var values = row.GetValues();
        return row.Length == Features && AllValid(values)
            && (AllowsZeros || (values.Length == Features && !values.Contains(0f))) && AllowsLargest(values);
    }

    private bool AllValid(ReadOnlySpan<float> values)
    {
        if (RowKernels.Summarize(values).IsValid)
            return true;
        foreach (var value in values)
        {
            if (!IsValid(value))
                return false;
        }

        return true;
    }

    private NmfDataException TooLarge(in VBuffer<float> row, long position)
    {
        var (slot, value) = row.Items().First(item => item.Value > _measure.LargestDatum);
        return _host.Process(new NmfDataException(
            $"Column '{Column}' is {value:R} in row {position}, {SlotText(slot)}, "
            + $"but {_measure} needs data between 0 and {_measure.LargestDatum:R}.", position, slot, value));
    }

    private bool IsValid(float value)
        => value is >= 0 and <= float.MaxValue || (_missing == MissingValues.NaN && float.IsNaN(value));

    private NmfDataException InvalidValue(in VBuffer<float> row, long position)
    {
        var (slot, value) = row.Items().First(item => !IsValid(item.Value));
        var (what, advice) = float.IsNaN(value)
            ? ("not a number (NaN)", "If NaN means that a value is missing, set the option MissingValues to NaN; "
                + "else replace such values first, for instance with ReplaceMissingValues.")
            : float.IsInfinity(value) ? ("infinite", "Replace or drop such rows first.")
            : ($"negative ({value:R})", "Shift or clip the data, or drop the step that makes them negative, "
                + "such as a normalization to zero mean. What rounding leaves is taken for 0 with the option "
                + "NegativeTolerance.");
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

        return _host.Process(new NmfDataException(
            $"Column '{Column}' is 0 in row {position}, {SlotText(slot)}, where {_measure} is infinite. "
            + $"Add a small positive constant to the data, or {_measure.AdviceAboutZeros}.",
            position, slot, 0));
    }

    private string SlotText(int slot)
        => SlotNames()?[slot] is { Length: > 0 } name ? $"slot {slot} ('{name}')" : $"slot {slot}";
}
