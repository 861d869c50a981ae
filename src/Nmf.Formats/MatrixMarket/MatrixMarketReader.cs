using System.Globalization;
using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>Reads the lines of a Matrix Market file: banner, comments, sizes, entries.</summary>
internal sealed class MatrixMarketReader : IDisposable
{
    private const int LinesBetweenLooks = 1 << 16;

    private readonly StreamReader _reader;
    private readonly string _source;
    private readonly bool _isPattern;
    private readonly bool _isSymmetric;
    private readonly bool _isSkew;
    private string _line = "";
    private long _number;

    /// <summary>Reads the banner.</summary>
    public MatrixMarketReader(StreamReader reader, string source)
    {
        (_reader, _source) = (reader, source);
        try
        {
            var words = Next() ? _line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];
            if (words.Length != 5 || !Is(words[0], "%%MatrixMarket") || !Is(words[1], "matrix"))
                throw Broken(
                    "a Matrix Market file begins with \"%%MatrixMarket matrix coordinate real general\" or the like");
            IsDense = Choice(words[2], "coordinate", "array") == 1;
            if (Is(words[3], "complex") || Is(words[4], "hermitian"))
                throw Broken("complex matrices are not read");
            _isPattern = Choice(words[3], "real", "integer", "double", "unsigned-integer", "pattern") == 4;
            var symmetry = Choice(words[4], "general", "symmetric", "skew-symmetric");
            (_isSymmetric, _isSkew) = (symmetry > 0, symmetry == 2);
            if (_isPattern && (IsDense || _isSkew))
                throw Broken("a pattern has the coordinate form, and no signs");
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public bool IsDense { get; }

    public void Dispose() => _reader.Dispose();

    public Matrix<T> ReadDense<T>(CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sizes = Sizes(2);
        var (rows, columns) = ((int)sizes[0], (int)sizes[1]);
        RequireSquare(rows, columns);
        if ((long)rows * columns > Array.MaxLength)
            throw Broken($"{rows} x {columns} values are too many for one matrix");
        var matrix = new Matrix<T>(rows, columns);
        for (var j = 0; j < columns; j++)
        {
            for (var i = _isSymmetric ? j + (_isSkew ? 1 : 0) : 0; i < rows; i++)
            {
                LookForCancellation(cancellationToken);
                if (!NextEntry())
                    throw Broken(
                        $"the file ends before the entry of row {i + 1}, column {j + 1} of {rows} x {columns}");
                var value = Value<T>(_line.AsSpan().Trim());
                matrix[i, j] = value;
                if (_isSymmetric && i != j)
                    matrix[j, i] = _isSkew ? -value : value;
            }
        }

        RequireEnd();
        return matrix;
    }

    public SparseMatrix<T> ReadSparse<T>(CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sizes = Sizes(3);
        var (rows, columns) = ((int)sizes[0], (int)sizes[1]);
        RequireSquare(rows, columns);
        if (sizes[2] > Array.MaxLength / 2)
            throw Broken($"{sizes[2]} entries are too many for one matrix");

        // The number in the file is not believed: memory is taken as entries come.
        var (rowOf, columnOf, values) = (new List<long>(), new List<long>(), new List<T>());
        Span<Range> words = stackalloc Range[5];
        for (long entry = 0; entry < sizes[2]; entry++)
        {
            LookForCancellation(cancellationToken);
            if (!NextEntry())
                throw Broken($"the file has {entry} of {sizes[2]} entries");
            var line = _line.AsSpan();
            var count = line.SplitAny(words, " \t", StringSplitOptions.RemoveEmptyEntries);
            if (count != (_isPattern ? 2 : 3))
                throw Broken(
                    $"an entry is a row, a column{(_isPattern ? "" : " and a value")}, not \"{Short(_line)}\"");
            var (i, j) = (Index(line[words[0]], rows, "row"), Index(line[words[1]], columns, "column"));
            var value = _isPattern ? T.One : Value<T>(line[words[2]]);
            Add(i, j, value);
            if (_isSymmetric && i != j)
                Add(j, i, _isSkew ? -value : value);
        }

        RequireEnd();
        return SparseEntries.FromCoordinates(_source, rows, columns, [.. rowOf], [.. columnOf], values.ToArray());

        void Add(long i, long j, T value)
        {
            rowOf.Add(i);
            columnOf.Add(j);
            values.Add(value);
        }
    }

    private static bool Is(string word, string expected) => word.Equals(expected, StringComparison.OrdinalIgnoreCase);

    private static string Short(string line) => line.Length <= 40 ? line : line[..40] + "...";

    private int Choice(string word, params string[] choices)
    {
        var found = Array.FindIndex(choices, choice => Is(word, choice));
        return found >= 0
            ? found
            : throw Broken($"\"{Short(word)}\" is not one of {string.Join(", ", choices)}");
    }

    private bool Next()
    {
        string? line;
        try
        {
            line = _reader.ReadLine();
        }
        catch (InvalidDataException e)
        {
            throw new MatrixFormatException(_source, $"the compressed data are damaged: {e.Message}", e);
        }

        _number++;
        _line = line ?? "";
        return line is not null;
    }

    private bool NextEntry()
    {
        while (Next())
        {
            if (!string.IsNullOrWhiteSpace(_line))
                return true;
        }

        return false;
    }

    private long[] Sizes(int number)
    {
        while (Next())
        {
            if (string.IsNullOrWhiteSpace(_line) || _line.StartsWith('%'))
                continue;
            var words = _line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var sizes = new long[number];
            for (var i = 0; i < number; i++)
            {
                if (words.Length != number
                    || !long.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])
                    || (i < 2 && sizes[i] >= Array.MaxLength))
                {
                    throw Broken(
                        $"the sizes are {(number == 2 ? "rows and columns" : "rows, columns and entries")}, "
                        + $"not \"{Short(_line)}\"");
                }
            }

            return sizes;
        }

        throw Broken("the file ends before the sizes");
    }

    private void RequireSquare(int rows, int columns)
    {
        if (_isSymmetric && rows != columns)
            throw Broken($"a symmetric matrix is square, not {rows} x {columns}");
    }

    private void RequireEnd()
    {
        if (NextEntry())
            throw Broken($"there is more than the sizes say: \"{Short(_line)}\"");
    }

    private long Index(ReadOnlySpan<char> text, int most, string name)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index >= 1 && index <= most
            ? index - 1
            : throw Broken($"the {name} must be a whole number from 1 to {most}, not \"{Short(text.ToString())}\"");

    private T Value<T>(ReadOnlySpan<char> text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && !TryWord(text, out value))
        {
            throw Broken($"\"{Short(text.ToString())}\" is not a number");
        }

        // What other programs write for infinity has a letter.
        return T.IsInfinity(value) && !text.ContainsAny("iI")
            ? throw Broken($"{Short(text.ToString())} is too large for {typeof(T).Name}")
            : value;
    }

    private static bool TryWord<T>(ReadOnlySpan<char> text, out T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        value = T.PositiveInfinity;
        var word = text.TrimStart("+-");
        if (word.Equals("inf", StringComparison.OrdinalIgnoreCase))
            value = text.StartsWith("-") ? T.NegativeInfinity : value;
        else if (word.Equals("nan", StringComparison.OrdinalIgnoreCase))
            value = T.NaN;
        else
            return false;
        return true;
    }

    private void LookForCancellation(CancellationToken cancellationToken)
    {
        if (_number % LinesBetweenLooks == 0)
            cancellationToken.ThrowIfCancellationRequested();
    }

    private MatrixFormatException Broken(string what) => new(_source, $"line {_number}: {what}.");
}
