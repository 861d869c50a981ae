using Microsoft.ML.Data;
using Parquet.Schema;

namespace Microsoft.ML.Transforms.Formats;

/// <summary>A column with a list in each row.</summary>
/// <param name="name">Name.</param>
/// <param name="field">The values.</param>
/// <param name="element">What they become.</param>
/// <param name="slotNames">Names of the slots, or null.</param>
/// <param name="size">Number of values of every row, or 0 for any.</param>
internal sealed class ListColumn<TStored, TView>(
    string name, DataField field, Element<TStored, TView> element, string[]? slotNames, int size)
    : ParquetColumn(name, new VectorDataViewType(element.ViewType, size), slotNames), ISizedColumn
    where TStored : struct
    where TView : struct
{
    public override ColumnBlock CreateBlock() => new ListBlock<TStored, TView>(Name, field, element, size);
}

/// <summary>A column of vectors, whose length can be asked for.</summary>
internal interface ISizedColumn
{
    ColumnBlock CreateBlock();
}

/// <summary>Vectors of a row group.</summary>
internal interface ISizedBlock
{
    /// <summary>Length of the vector of a row, or -1 where there is none.</summary>
    int LengthOf(int row);
}

/// <summary>Its values in a row group, one row after the other.</summary>
internal sealed class ListBlock<TStored, TView>(
    string name, DataField field, Element<TStored, TView> element, int size) : ColumnBlock, ISizedBlock
    where TStored : struct
    where TView : struct
{
    private int[] _starts = [];
    private bool[] _isMissing = [];
    private TView[] _values = [];

    /// <summary>The values of a row.</summary>
    public ReadOnlySpan<TView> Row(int row) => _values.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    public int LengthOf(int row) => _isMissing[row] ? -1 : _starts[row + 1] - _starts[row];

    public override async Task LoadAsync(GroupPlace group)
    {
        using var raw = await group.ReadAsync<TStored>(field).ConfigureAwait(false);
        if (_starts.Length < group.Rows + 1)
            (_starts, _isMissing) = (new int[group.Rows + 1], new bool[group.Rows]);
        Array.Clear(_isMissing);
        var stored = raw.Values;
        var levels = raw.DefinitionLevels;
        var repetitions = raw.RepetitionLevels;
        if (_values.Length < levels.Length)
            _values = new TView[levels.Length];
        // At the level of an element a list has one, whether it is missing or not; one below the list is empty; further
        // down there is none.
        // Which of them may be missing is for each file to say.
        var found = group.File.Find(field);
        var (present, exists) = (found.MaxDefinitionLevel, found.MaxDefinitionLevel - (found.IsNullable ? 1 : 0));
        var (row, count, next) = (-1, 0, 0);
        for (var i = 0; i < levels.Length; i++)
        {
            if (repetitions[i] == 0)
            {
                if (++row >= group.Rows)
                    throw group.Error(name, row, $"the row group has {group.Rows} rows, and more lists.");
                _starts[row] = count;
                _isMissing[row] = levels[i] < exists - 1;
            }

            if (levels[i] < exists)
                continue;
            if (levels[i] < present)
            {
                _values[count++] = element.Missing;
                continue;
            }

            var value = stored[next++];
            try
            {
                _values[count++] = element.Convert(value);
            }
            catch (OverflowException e)
            {
                throw group.Error(name, row, $"{value}, at {count - 1 - _starts[row]}, is {e.Message}.", e);
            }
        }

        if (row != group.Rows - 1)
            throw group.Error(name, row + 1, $"the row group has {group.Rows} rows, and fewer lists.");
        _starts[group.Rows] = count;
        for (var i = 0; i < group.Rows && size > 0; i++)
        {
            if (LengthOf(i) is >= 0 and var length && length != size)
                throw group.Error(
                    name, i, $"the list has {length} values, but the column has vectors of {size}. VectorSizes of the "
                    + "options names another size, or 0 for any.");
        }
    }

    public override Delegate Getter(Func<int> row) => new ValueGetter<VBuffer<TView>>((ref VBuffer<TView> value) =>
    {
        var i = row();
        var editor = VBufferEditor.Create(ref value, _isMissing[i] ? size : _starts[i + 1] - _starts[i]);
        if (_isMissing[i])
            editor.Values.Fill(element.Missing);
        else
            Row(i).CopyTo(editor.Values);
        value = editor.Commit();
    });
}
