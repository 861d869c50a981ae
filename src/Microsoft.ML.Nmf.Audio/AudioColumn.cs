using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>A column of clips: waveforms (vectors of Single, of known or variable size), perhaps with a column of their
/// sample rates, or paths of WAV files (text).</summary>
internal sealed class AudioColumn
{
    private const string ExpectedType = "vector of Single (a waveform) or Text (the path of a WAV file)";
    private const string ExpectedRateType = "Single, Double or Int32";

    private AudioColumn(DataViewSchema.Column column, bool isPath, DataViewSchema.Column? rate)
        => (Column, IsPath, Rate) = (column, isPath, rate);

    public DataViewSchema.Column Column { get; }

    /// <summary>Whether rows are paths.</summary>
    public bool IsPath { get; }

    /// <summary>The column of the sample rates of waveforms, or null.</summary>
    public DataViewSchema.Column? Rate { get; }

    /// <summary>All columns that a clip is read from.</summary>
    public IEnumerable<DataViewSchema.Column> All => Rate is { } rate ? [Column, rate] : [Column];

    /// <summary>Checks the columns of a schema.</summary>
    public static AudioColumn ForInput(IHost host, DataViewSchema schema, string name, string? rateName)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name);
        var isPath = column.Type is TextDataViewType;
        if (!isPath && !(column.Type is VectorDataViewType vector && vector.ItemType.Equals(NumberDataViewType.Single)))
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name, ExpectedType, column.Type.ToString());
        if (rateName is null)
            return new AudioColumn(column, isPath, null);
        RequireWaveforms(host, isPath, name, rateName);
        if (schema.GetColumnOrNull(rateName) is not { } rate)
            throw host.ExceptSchemaMismatch(nameof(schema), "sample rate", rateName);
        return IsRateType(rate.Type)
            ? new AudioColumn(column, isPath, rate)
            : throw host.ExceptSchemaMismatch(
                nameof(schema), "sample rate", rateName, ExpectedRateType, rate.Type.ToString());
    }

    /// <summary>Checks the columns of a shape.</summary>
    public static void RequireShape(IHost host, SchemaShape schema, string name, string? rateName)
    {
        if (!schema.TryFindColumn(name, out var column))
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name);
        var isPath = column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is TextDataViewType;
        if (!isPath && !(column.Kind != SchemaShape.Column.VectorKind.Scalar
            && column.ItemType.Equals(NumberDataViewType.Single)))
        {
            throw host.ExceptSchemaMismatch(nameof(schema), "input", name, ExpectedType, column.GetTypeString());
        }
        if (rateName is null)
            return;
        RequireWaveforms(host, isPath, name, rateName);
        if (!schema.TryFindColumn(rateName, out var rate))
            throw host.ExceptSchemaMismatch(nameof(schema), "sample rate", rateName);
        if (rate.Kind != SchemaShape.Column.VectorKind.Scalar || !IsRateType(rate.ItemType))
            throw host.ExceptSchemaMismatch(
                nameof(schema), "sample rate", rateName, ExpectedRateType, rate.GetTypeString());
    }

    /// <summary>Reads the sample rate of the current row; null where there is no column of rates.</summary>
    public Func<double>? CreateRateGetter(DataViewRow row)
    {
        if (Rate is not { } rate)
            return null;
        var column = row.Schema[rate.Index];
        return column.Type.RawType == typeof(int) ? Getter<int>(value => value)
            : column.Type.RawType == typeof(float) ? Getter<float>(value => value)
            : Getter<double>(value => value);

        Func<double> Getter<TValue>(Func<TValue, double> toDouble)
        {
            var getter = row.GetGetter<TValue>(column);
            var value = default(TValue)!;
            return () =>
            {
                getter(ref value);
                return toDouble(value);
            };
        }
    }

    private static bool IsRateType(DataViewType type)
        => type.Equals(NumberDataViewType.Single) || type.Equals(NumberDataViewType.Double)
            || type.Equals(NumberDataViewType.Int32);

    private static void RequireWaveforms(IHost host, bool isPath, string name, string rateName)
        => host.CheckUserArg(
            !isPath, nameof(AudioNmfEstimator.Options.SampleRateColumnName),
            $"Column '{name}' has paths of WAV files, which know their sample rate: "
            + $"there is no need for column '{rateName}'.");
}
