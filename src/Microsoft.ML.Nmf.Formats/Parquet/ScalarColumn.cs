using Microsoft.ML.Data;
using Nmf.Formats;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>A column with one value in each row.</summary>
internal sealed class ScalarColumn<TStored, TView>(string name, DataField field, Element<TStored, TView> element)
    : ParquetColumn(name, element.ViewType)
    where TStored : struct
    where TView : struct
{
    public override ColumnBlock CreateBlock() => new ScalarBlock<TStored, TView>(Name, field, element);
}

/// <summary>Its values in a row group.</summary>
internal sealed class ScalarBlock<TStored, TView>(string name, DataField field, Element<TStored, TView> element)
    : ColumnBlock
    where TStored : struct
    where TView : struct
{
    private TView[] _values = [];

    public ReadOnlySpan<TView> Values => _values;

    public override async Task LoadAsync(GroupPlace group)
    {
        using var raw = await group.ReadAsync<TStored>(field).ConfigureAwait(false);
        Array.Resize(ref _values, group.Rows);
        var stored = raw.Values;
        // Whether values may be missing is for each file to say.
        var present = group.File.Find(field).MaxDefinitionLevel;
        var levels = present > 0 ? raw.DefinitionLevels : default;
        if ((present > 0 ? levels.Length : stored.Length) != group.Rows)
            throw new MatrixFormatException(
                group.File.Path, $"column '{name}' has {(present > 0 ? levels.Length : stored.Length)} values in a row "
                + $"group of {group.Rows} rows.");
        var next = 0;
        for (var i = 0; i < _values.Length; i++)
        {
            if (present > 0 && levels[i] < present)
            {
                _values[i] = element.Missing;
                continue;
            }

            var value = stored[next++];
            try
            {
                _values[i] = element.Convert(value);
            }
            catch (OverflowException e)
            {
                throw group.Error(name, i, $"{value} is {e.Message}.", e);
            }
        }
    }

    public override Delegate Getter(Func<int> row)
        => new ValueGetter<TView>((ref TView value) => value = _values[row()]);
}
