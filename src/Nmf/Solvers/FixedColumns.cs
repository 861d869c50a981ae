using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The first columns of a dictionary, which are known: put back after every step that has changed all columns. A step
/// that minimises or lowers a majoriser which is a sum over the entries of the dictionary still lowers the objective
/// when some entries stay where they were.
/// </summary>
/// <remarks>Keeps a copy of these columns. The step spends time on columns that do not move: the walk over the
/// data is the same.</remarks>
internal sealed class FixedColumns<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _count;
    private readonly T[] _values;

    /// <summary>Columns with the values that they have now.</summary>
    /// <param name="dictionary">Dictionary.</param>
    /// <param name="count">How many of its columns, at least 1.</param>
    public FixedColumns(Matrix<T> dictionary, int count)
    {
        _count = count;
        _values = new T[(long)dictionary.Rows * count];
        Capture(dictionary);
    }

    /// <summary>Takes the values that the columns have now.</summary>
    public void Capture(Matrix<T> dictionary)
    {
        for (var f = 0; f < dictionary.Rows; f++)
            dictionary.Row(f)[.._count].CopyTo(_values.AsSpan(f * _count));
    }

    /// <summary>Gives the columns their values back.</summary>
    public void Restore(Matrix<T> dictionary)
    {
        for (var f = 0; f < dictionary.Rows; f++)
            _values.AsSpan(f * _count, _count).CopyTo(dictionary.Row(f));
    }

    /// <summary>Sets what the columns would be scaled by to one.</summary>
    public void KeepScale(Span<double> scale) => scale[.._count].Fill(1);
}
