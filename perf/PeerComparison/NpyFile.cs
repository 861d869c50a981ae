using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace PeerComparison;

/// <summary>
/// A two-dimensional array in NumPy's .npy format (version 1, little-endian float32 or float64, C order), read row by
/// row so that no second copy of it is ever in memory.
/// </summary>
internal sealed partial class NpyFile : IDisposable
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private readonly FileStream _stream;
    private readonly byte[] _row;
    private readonly bool _single;

    public NpyFile(string path)
    {
        _stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        try
        {
            var header = ReadHeader(path);
            var match = Layout().Match(header);
            if (!match.Success)
                throw new UsageException(
                    $"{path}: expected a two-dimensional little-endian float array in C order, found {header.Trim()}");
            _single = match.Groups["size"].Value == "4";
            Rows = int.Parse(match.Groups["rows"].Value, CultureInfo.InvariantCulture);
            Columns = int.Parse(match.Groups["columns"].Value, CultureInfo.InvariantCulture);
            _row = new byte[Columns * (_single ? sizeof(float) : sizeof(double))];
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Reads the next row.</summary>
    /// <param name="destination">Receives as many values as there are columns.</param>
    public void ReadRow<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (destination.Length != Columns)
            throw new UsageException($"{_stream.Name}: expected {destination.Length} columns, found {Columns}.");
        _stream.ReadExactly(_row);
        if (_single)
            Convert(MemoryMarshal.Cast<byte, float>(_row), destination);
        else
            Convert(MemoryMarshal.Cast<byte, double>(_row), destination);
    }

    public void Dispose() => _stream.Dispose();

    private static void Convert<TSource, T>(ReadOnlySpan<TSource> source, Span<T> destination)
        where TSource : unmanaged, IBinaryFloatingPointIeee754<TSource>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < destination.Length; i++)
            destination[i] = T.CreateTruncating(source[i]);
    }

    [GeneratedRegex(
        @"'descr':\s*'<f(?<size>[48])'.*'fortran_order':\s*False.*'shape':\s*\((?<rows>\d+),\s*(?<columns>\d+)\)",
        RegexOptions.Singleline)]
    private static partial Regex Layout();

    private string ReadHeader(string path)
    {
        Span<byte> start = stackalloc byte[10];
        _stream.ReadExactly(start);
        if (!start[..6].SequenceEqual(Magic) || start[6] != 1)
            throw new UsageException($"{path}: not a version 1 .npy file.");
        var text = new byte[BitConverter.ToUInt16(start[8..])];
        _stream.ReadExactly(text);
        return Encoding.ASCII.GetString(text);
    }
}
