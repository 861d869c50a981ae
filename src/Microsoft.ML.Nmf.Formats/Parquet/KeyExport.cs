using System.Numerics;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>Keys, as the texts that they stand for, or as numbers from 1; missing ones are missing.</summary>
internal static class KeyExport
{
    public static ColumnExport Of(DataViewSchema.Column column, KeyDataViewType key)
        => key.RawType == typeof(byte) ? Of<byte>(column) : key.RawType == typeof(ushort) ? Of<ushort>(column)
            : key.RawType == typeof(uint) ? Of<uint>(column) : Of<ulong>(column);

    private static ColumnExport Of<T>(DataViewSchema.Column column)
        where T : struct, IBinaryInteger<T>
    {
        var type = column.Annotations.Schema.GetColumnOrNull(AnnotationUtils.Kinds.KeyValues)?.Type;
        if (type is not VectorDataViewType { ItemType: TextDataViewType })
            return new KeyExport<T, long>(column, long.CreateChecked);
        var texts = default(VBuffer<ReadOnlyMemory<char>>);
        column.GetKeyValues(ref texts);
        ReadOnlyMemory<char>[] values = [.. texts.DenseValues()];
        return new KeyExport<T, ReadOnlyMemory<char>>(column, key => values[int.CreateChecked(key) - 1]);
    }
}

internal sealed class KeyExport<TView, TStored>(DataViewSchema.Column column, Func<TView, TStored> convert)
    : ColumnExport(column)
    where TView : struct, INumber<TView>
    where TStored : struct
{
    private readonly DataField _field = new(column.Name, typeof(TStored), isNullable: true);
    private readonly Values<TStored> _values = new();
    private readonly Values<int> _definitions = new();
    private ValueGetter<TView>? _getter;

    public override Field Field => _field;

    public override long Values => _definitions.Count;

    public override void Bind(DataViewRow row) => _getter = row.GetGetter<TView>(Column);

    public override void Add()
    {
        var key = TView.Zero;
        _getter!(ref key);
        _definitions.Add(key == TView.Zero ? 0 : 1);
        if (key != TView.Zero)
            _values.Add(convert(key));
    }

    public override async Task FlushAsync(ParquetRowGroupWriter group, CancellationToken cancellationToken)
    {
        await group.WriteAllPartsAsync<TStored>(_field, _values.Memory, _definitions.Memory, null, cancellationToken)
            .ConfigureAwait(false);
        _values.Clear();
        _definitions.Clear();
    }
}
