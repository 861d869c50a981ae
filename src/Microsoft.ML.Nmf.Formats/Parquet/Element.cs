using System.Numerics;
using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>What a stored value becomes.</summary>
internal abstract class Element
{
    public abstract PrimitiveDataViewType ViewType { get; }

    /// <summary>A column with one value in each row.</summary>
    public abstract ParquetColumn Scalar(string name, DataField field);

    /// <summary>A column with a list in each row.</summary>
    public abstract ParquetColumn Vector(string name, DataField field, StoredColumn? stored, int size);

    /// <summary>What the values of a field become, or null where they have no counterpart.</summary>
    /// <param name="field">The field.</param>
    /// <param name="hasMissing">Whether values are missing, or may be.</param>
    /// <param name="asSingle">Whether numbers are Singles.</param>
    public static Element? Of(DataField field, bool hasMissing, bool asSingle)
    {
        if (field is TimeDataField time)
            return field.ClrType == typeof(int) ? Time<int>(time.Precision) : Time<long>(time.Precision);
        var type = field.ClrType;
        return type == typeof(float) ? new Element<float, float>(value => value, float.NaN)
            : type == typeof(double) ? Number<double>(false, true, asSingle)
            : type == typeof(sbyte) ? Number<sbyte>(true, hasMissing, asSingle)
            : type == typeof(byte) ? Number<byte>(true, hasMissing, asSingle)
            : type == typeof(short) ? Number<short>(true, hasMissing, asSingle)
            : type == typeof(ushort) ? Number<ushort>(true, hasMissing, asSingle)
            : type == typeof(int) ? Number<int>(false, hasMissing, asSingle)
            : type == typeof(uint) ? Number<uint>(false, hasMissing, asSingle)
            : type == typeof(long) ? Number<long>(false, hasMissing, asSingle)
            : type == typeof(ulong) ? Number<ulong>(false, hasMissing, asSingle)
            : type == typeof(decimal) ? Number<decimal>(false, true, asSingle)
            : type == typeof(bool) ? (hasMissing || asSingle
                ? new Element<bool, float>(value => value ? 1 : 0, float.NaN)
                : new Element<bool, bool>(value => value, false))
            : type == typeof(ReadOnlyMemory<char>) ? new Element<ReadOnlyMemory<char>, ReadOnlyMemory<char>>(
                // The memory of the library is lent.
                value => value.ToString().AsMemory(), default)
            : type == typeof(Guid) ? new Element<Guid, ReadOnlyMemory<char>>(
                value => value.ToString().AsMemory(), default)
            : type == typeof(DateTime) ? new Element<DateTime, DateTime>(
                // The library calls local what has no time zone; its numbers are those of the file.
                value => value.Kind == DateTimeKind.Utc ? value : DateTime.SpecifyKind(value, DateTimeKind.Unspecified),
                default)
            : null;
    }

    private static Element Number<T>(bool isShort, bool hasMissing, bool asSingle)
        where T : struct, INumber<T>
    {
        if (asSingle || (hasMissing && isShort))
            return new Element<T, float>(ToSingle, float.NaN);
        if (hasMissing)
            return new Element<T, double>(double.CreateChecked, double.NaN);
        return new Element<T, T>(value => value, default);

        static float ToSingle(T value)
        {
            var single = float.CreateSaturating(value);
            return float.IsInfinity(single) && T.IsFinite(value)
                ? throw new OverflowException("too large for single precision")
                : single;
        }
    }

    private static Element<T, TimeSpan> Time<T>(TimeUnitPrecision precision)
        where T : struct, INumber<T>
    {
        (long times, long over) = precision switch
        {
            TimeUnitPrecision.Millis => (TimeSpan.TicksPerMillisecond, 1L),
            TimeUnitPrecision.Micros => (TimeSpan.TicksPerMicrosecond, 1L),
            _ => (1L, TimeSpan.NanosecondsPerTick),
        };
        return new Element<T, TimeSpan>(
            value => TimeSpan.FromTicks(checked(long.CreateChecked(value) * times / over)), default);
    }
}

/// <param name="convert">From a stored value to one of the view.</param>
/// <param name="missing">What a missing value is.</param>
internal sealed class Element<TStored, TView>(Func<TStored, TView> convert, TView missing) : Element
    where TStored : struct
    where TView : struct
{
    public override PrimitiveDataViewType ViewType { get; } = ColumnTypeExtensions.PrimitiveTypeFromType(typeof(TView));

    public TView Missing => missing;

    public TView Convert(TStored value) => convert(value);

    public override ParquetColumn Scalar(string name, DataField field)
        => new ScalarColumn<TStored, TView>(name, field, this);

    public override ParquetColumn Vector(string name, DataField field, StoredColumn? stored, int size)
        => new ListColumn<TStored, TView>(name, field, this, stored?.SlotNames, size);
}
