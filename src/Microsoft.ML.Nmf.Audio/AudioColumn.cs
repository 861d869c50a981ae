using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>A column of clips: waveforms (vectors of Single, of known or variable size), perhaps with a column of their
/// sample rates, or paths of WAV files (text).</summary>
internal sealed class AudioColumn
{
    private static readonly RequiredColumn Clip = new(
        "input", "vector of Single (a waveform) or Text (the path of a WAV file)",
        column => IsPathShape(column) || (column.Kind != SchemaShape.Column.VectorKind.Scalar
            && column.ItemType.Equals(NumberDataViewType.Single)),
        column => column.Kind == SchemaShape.Column.VectorKind.Scalar ? null : RequiredColumn.ToSingle(column));

    private static readonly RequiredColumn SampleRate = RequiredColumn.Scalar(
        "sample rate", "Single, Double or Int32", IsRateType);

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
        var column = Clip.In(host, schema, name);
        var isPath = column.Type is TextDataViewType;
        if (rateName is null)
            return new AudioColumn(column, isPath, null);
        RequireWaveforms(host, isPath, name, rateName);
        return new AudioColumn(column, isPath, SampleRate.In(host, schema, rateName));
    }

    /// <summary>Checks the columns of a shape.</summary>
    public static void RequireShape(IHost host, SchemaShape schema, string name, string? rateName)
    {
        var column = Clip.In(host, schema, name);
        if (rateName is null)
            return;
        RequireWaveforms(host, IsPathShape(column), name, rateName);
        SampleRate.In(host, schema, rateName);
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

    private static bool IsPathShape(SchemaShape.Column column)
        => column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is TextDataViewType;

    private static bool IsRateType(DataViewType type)
        => type.Equals(NumberDataViewType.Single) || type.Equals(NumberDataViewType.Double)
            || type.Equals(NumberDataViewType.Int32);

    private static void RequireWaveforms(IHost host, bool isPath, string name, string rateName)
        => host.CheckUserArg(
            !isPath, nameof(AudioNmfEstimator.Options.SampleRateColumnName),
            $"Column '{name}' has paths of WAV files, which know their sample rate: "
            + $"there is no need for column '{rateName}'.");
}
