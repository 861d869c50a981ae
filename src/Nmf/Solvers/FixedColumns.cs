using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The columns of a dictionary that are known: put back after every step that has changed all columns. A step that
/// minimises or lowers a majoriser which is a sum over the entries of the dictionary still lowers the objective when
/// some entries stay where they were.
/// </summary>
/// <remarks>Keeps a copy of these columns. The step spends time on columns that do not move: the walk over the
/// data is the same.</remarks>
internal sealed class FixedColumns<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _columns;
    private readonly T[] _values;

    private FixedColumns(int[] columns, int rows)
    {
        _columns = columns;
        _values = new T[(long)rows * columns.Length];
    }

    /// <summary>The flagged columns with the values that they have now; null where no flag is set.</summary>
    public static FixedColumns<T>? Of(Matrix<T> dictionary, IReadOnlyList<bool>? flags)
    {
        int[] columns = [.. Enumerable.Range(0, flags?.Count ?? 0).Where(k => flags![k])];
        if (columns.Length == 0)
            return null;
        var result = new FixedColumns<T>(columns, dictionary.Rows);
        result.Capture(dictionary);
        return result;
    }

    /// <summary>Takes the values that the columns have now.</summary>
    public void Capture(Matrix<T> dictionary)
    {
        var i = 0;
        for (var f = 0; f < dictionary.Rows; f++)
        {
            var row = dictionary.Row(f);
            foreach (var k in _columns)
                _values[i++] = row[k];
        }
    }

    /// <summary>Gives the columns their values back.</summary>
    public void Restore(Matrix<T> dictionary)
    {
        var i = 0;
        for (var f = 0; f < dictionary.Rows; f++)
        {
            var row = dictionary.Row(f);
            foreach (var k in _columns)
                row[k] = _values[i++];
        }
    }

    /// <summary>Sets what the columns would be scaled by to one.</summary>
    public void KeepScale(Span<double> scale)
    {
        foreach (var k in _columns)
            scale[k] = 1;
    }
}
