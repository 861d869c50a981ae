using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using Nmf.Kernels;

namespace Nmf.Formats;

/// <summary>
/// Shards of a fit on many machines in a database, one for each range of a whole number such as the key of a table. An
/// address is <c>FROM..TO/SIZE</c>: <c>0..1000000/50000</c> are twenty shards, of the keys from 0 to 49999 and so on.
/// </summary>
/// <remarks>
/// The query has the parameters <c>@from</c> (in the range) and <c>@to</c> (behind it), and gives a row for every
/// sample, with a column of numbers for every feature. It has to say in which order, because the same shard must have
/// the same samples in the same order whenever it is asked; and the rows must not change while a fit goes on. How to
/// reach the database stays on each machine; it is not part of an address. Thread-safe: every shard has a connection of
/// its own.
/// </remarks>
public sealed partial class QueryShards : IShardSource
{
    private readonly DbProviderFactory _provider;
    private readonly string _connection;
    private readonly string _query;
    private readonly MissingValues _missing;

    /// <param name="provider">The provider of the database.</param>
    /// <param name="connectionString">How this machine reaches it.</param>
    /// <param name="query">The query, with the parameters @from and @to.</param>
    /// <param name="missing">What NULL and NaN mean.</param>
    /// <exception cref="ArgumentException">The query does not have the parameters.</exception>
    public QueryShards(
        DbProviderFactory provider, string connectionString, string query,
        MissingValues missing = MissingValues.Error)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ArgumentException.ThrowIfNullOrEmpty(query);
        if (!query.Contains("@from", StringComparison.OrdinalIgnoreCase)
            || !query.Contains("@to", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                "The query needs the parameters @from and @to, as in WHERE id >= @from AND id < @to.", nameof(query));
        }

        (_provider, _connection, _query, _missing) = (provider, connectionString, query, missing);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The address is not of the form FROM..TO/SIZE.</exception>
    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
        => new(Ranges.Of(address).Count);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query gives the rows at the end of the range to this one, too, which
    /// belong to the next one.</exception>
    /// <exception cref="MatrixFormatException">The range has no rows, or a value is no number; the message names range,
    /// column and row.</exception>
    public async ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        var ranges = Ranges.Of(address);
        var (from, to) = ranges[shard];
        await RequireOpenEnd(ranges, to, cancellationToken).ConfigureAwait(false);
        var rows = await Query(from, to, async reader =>
        {
            var samples = new List<float[]>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var sample = new float[reader.FieldCount];
                for (var f = 0; f < sample.Length; f++)
                    sample[f] = Value(reader, f, address, shard, samples.Count);
                samples.Add(sample);
            }

            return samples;
        }, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
            throw new MatrixFormatException(NameOf(address, shard), "there are no rows. Choose ranges that have some.");
        var matrix = new Matrix<float>(rows.Count, rows[0].Length);
        for (var i = 0; i < rows.Count; i++)
            rows[i].CopyTo(matrix.Row(i));
        return NmfData<float>.FromMatrix(matrix, _missing, isBatch: true);
    }

    /// <inheritdoc/>
    public string NameOf(string address, int shard)
    {
        var (from, to) = Ranges.Of(address)[shard];
        return $"keys {from} to {to - 1}";
    }

    // What is asked for from a key to before it is what is asked for from behind all ranges to in front of them:
    // nothing, or the one row that a query makes of nothing, such as sums. Where a query takes in the end and there is
    // no row at it, there is no difference, and no harm; so every end is looked at, that of the last range as well.
    private async Task RequireOpenEnd(Ranges ranges, long end, CancellationToken cancellationToken)
    {
        var atEnd = await Values(end, end, cancellationToken).ConfigureAwait(false);
        if (atEnd.Count == 0)
            return;
        var nothing = await Values(
            ranges.To + ranges.Size, Math.Max(ranges.From, long.MinValue + 1) - 1, cancellationToken)
            .ConfigureAwait(false);
        if (atEnd.Count > 1 || nothing.Count != 1 || !IsSame(atEnd[0], nothing[0]))
        {
            throw new ArgumentException(
                $"The query gives rows for the keys from {end} to before {end}, of which there are none: those of the "
                + $"key {end} belong to another range. Compare the key with < @to, not with <= or BETWEEN.");
        }

        static bool IsSame(object[] a, object[] b) => a.Length == b.Length && a.Zip(b, (x, y) => Equals(x, y)
            || (x is byte[] p && y is byte[] q && p.AsSpan().SequenceEqual(q))).All(same => same);
    }

    // The first rows, where there are more than one.
    private Task<List<object[]>> Values(long from, long to, CancellationToken cancellationToken)
        => Query(from, to, async reader =>
        {
            var rows = new List<object[]>();
            while (rows.Count < 2 && await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                rows.Add(row);
            }

            return rows;
        }, cancellationToken);

    private async Task<TResult> Query<TResult>(
        long from, long to, Func<DbDataReader, Task<TResult>> read, CancellationToken cancellationToken)
    {
        var connection = _provider.CreateConnection()
            ?? throw new InvalidOperationException($"{_provider.GetType().Name} makes no connections.");
        await using var _ = connection.ConfigureAwait(false);
        connection.ConnectionString = _connection;
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        var command = connection.CreateCommand();
        await using var __ = command.ConfigureAwait(false);
#pragma warning disable CA2100 // the query is the caller's; what varies are its parameters
        command.CommandText = _query;
#pragma warning restore CA2100
        foreach (var (name, value) in new[] { ("@from", from), ("@to", to) })
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var ___ = reader.ConfigureAwait(false);
        return await read(reader).ConfigureAwait(false);
    }

    private float Value(DbDataReader reader, int f, string address, int shard, int row)
    {
        var value = reader.GetValue(f);
        if (value is DBNull)
            return float.NaN;
        try
        {
            var number = value is string or bool or DateTime
                ? throw new InvalidCastException()
                : Convert.ToDouble(value, CultureInfo.InvariantCulture);
            return double.IsFinite(number) && float.IsInfinity((float)number)
                ? throw new OverflowException()
                : (float)number;
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            throw new MatrixFormatException(
                NameOf(address, shard),
                $"column '{reader.GetName(f)}', row {row}: {Convert.ToString(value, CultureInfo.InvariantCulture)} is "
                + (e is OverflowException ? "too large for single precision." : "no number."), e);
        }
    }

    private readonly partial record struct Ranges(long From, long To, long Size)
    {
        public int Count => checked((int)(((Int128)To - From + Size - 1) / Size));

        public (long From, long To) this[int shard]
        {
            get
            {
                ArgumentOutOfRangeException.ThrowIfNegative(shard);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, Count);
                return (From + (shard * Size), Math.Min(To, From + ((shard + 1) * Size)));
            }
        }

        public static Ranges Of(string address)
        {
            ArgumentException.ThrowIfNullOrEmpty(address);
            var match = Form().Match(address);
            if (match.Success && long.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var from)
                && long.TryParse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var to)
                && long.TryParse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture, out var size)
                && size > 0 && from < to && (Int128)to - from <= (Int128)size * int.MaxValue
                && (Int128)to + size <= long.MaxValue)
            {
                return new Ranges(from, to, size);
            }

            throw new ArgumentException(
                $"'{address}' does not name ranges of keys. They are FROM..TO/SIZE, as 0..1000000/50000.",
                nameof(address));
        }

        [GeneratedRegex(@"^(-?\d+)\.\.(-?\d+)/(\d+)$", RegexOptions.CultureInvariant)]
        private static partial Regex Form();
    }
}
