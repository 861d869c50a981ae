using Microsoft.Data.Sqlite;
using Microsoft.ML.Data;
using MLNmf.Tests.Common;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Nmf.Formats.Tests;

/// <summary>Shards in Parquet files and in a database are the rows that were put there.</summary>
public sealed class ShardSourceTests : IDisposable
{
    private const int Rows = 23;
    private const int Features = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("shards").FullName;
    private readonly MLContext _ml = new(seed: 1);
    private readonly Matrix<float> _matrix = new(Rows, Features);

    public ShardSourceTests()
    {
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            for (var f = 0; f < Features; f++)
                _matrix[i, f] = (i + f) % 3 == 0 ? 0 : random.NextSingle();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Row_groups_are_shards(bool isSparse)
    {
        Save("one.parquet", isSparse);
        Save("two.parquet", isSparse);
        var source = new ParquetShards("V");
        Assert.Equal(5, await source.CountAsync(_folder + "/one.parquet", default));
        Assert.Equal(10, await source.CountAsync(_folder, default));
        Assert.EndsWith("two.parquet, row group 1", source.NameOf(_folder, 6), StringComparison.Ordinal);
        var loaded = await All(source, _folder, 10, isSparse);
        Assert.Equal([.. Values(), .. Values()], loaded);
        // In any order, and from several threads.
        var again = await Task.WhenAll(Enumerable.Range(0, 10).Reverse().Select(
            shard => Task.Run(async () => (await source.LoadAsync(_folder, shard, default)).Samples)));
        Assert.Equal([3, 5, 5, 5, 5, 3, 5, 5, 5, 5], again);
    }

    [Fact]
    public async Task Files_that_are_written_anew_come_or_go_between_two_fits_are_seen()
    {
        // A silo lives longer than a fit: of what it remembered a later one would have left samples out.
        Save("one.parquet", isSparse: false, rows: 12);
        var source = new ParquetShards("V");
        foreach (var address in new[] { _folder, Path.Combine(_folder, "one.parquet") })
            Assert.Equal(3, await source.CountAsync(address, default));
        Save("one.parquet", isSparse: false);
        foreach (var address in new[] { _folder, Path.Combine(_folder, "one.parquet") })
        {
            Assert.Equal(5, await source.CountAsync(address, default));
            Assert.Equal(Values(), await All(source, address, 5, isSparse: false));
        }

        Save("two.parquet", isSparse: false, rows: 6);
        Assert.EndsWith("two.parquet, row group 1", source.NameOf(_folder, 6), StringComparison.Ordinal);
        Assert.Equal(7, await source.CountAsync(_folder, default));
        File.Delete(Path.Combine(_folder, "one.parquet"));
        Assert.Equal(2, await source.CountAsync(_folder, default));
        Assert.Equal(Values()[..(6 * Features)], await All(source, _folder, 2, isSparse: false));
    }

    [Fact]
    public async Task Ranges_of_keys_are_shards()
    {
        var connection = StoredMatrix.CreateTable(_folder, _matrix);
        var source = new QueryShards(
            SqliteFactory.Instance, connection, "SELECT a, b, c, d FROM v WHERE id >= @from AND id < @to ORDER BY id");
        Assert.Equal(4, await source.CountAsync("100..123/6", default));
        Assert.Equal("keys 118 to 122", source.NameOf("100..123/6", 3));
        Assert.Equal(Values(), await All(source, "100..123/6", 4, isSparse: false));

        var empty = await Assert.ThrowsAsync<MatrixFormatException>(
            async () => await source.LoadAsync("0..200/50", 0, default));
        Assert.StartsWith("keys 0 to 49: there are no rows.", empty.Message, StringComparison.Ordinal);
        foreach (var address in new[] { "", "1..2", "5..5/1", "1..9/0", "a..b/c", "0..9223372036854775807/1" })
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await source.CountAsync(address, default));
        Assert.Throws<ArgumentException>(() => new QueryShards(SqliteFactory.Instance, connection, "SELECT a FROM v"));

        // Keys of both signs, further apart than the largest of them.
        const string Wide = "-9223372036854775808..4000000000000000000/1000000000000000000";
        Assert.Equal(14, await source.CountAsync(Wide, default));
        Assert.Equal("keys 3776627963145224192 to 3999999999999999999", source.NameOf(Wide, 13));
        Assert.Equal(Values(), await All(source, "-900..123/1023", 1, isSparse: false));
    }

    [Fact]
    public async Task A_query_that_gives_rows_to_two_ranges_is_refused()
    {
        var connection = StoredMatrix.CreateTable(_folder, _matrix);
        QueryShards Source(string query) => new(SqliteFactory.Instance, connection, query);
        foreach (var both in new[] { "id BETWEEN @from AND @to", "id >= @from AND id <= @to" })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(
                async () => await Source($"SELECT a, b FROM v WHERE {both} ORDER BY id").CountAsync(
                    "100..123/6", default));
            Assert.Contains("those of the key 106 would be in two shards", error.Message, StringComparison.Ordinal);
        }

        // One sample for each range.
        var sums = Source("SELECT SUM(a), COUNT(b), SUM(c) FROM v WHERE id >= @from AND id < @to");
        Assert.Equal(4, await sums.CountAsync("100..123/6", default));
        Assert.Equal(1, (await sums.LoadAsync("100..123/6", 3, default)).Samples);
    }

    [Fact]
    public async Task What_is_no_number_is_named_and_what_is_missing_can_be_meant()
    {
        var connection = StoredMatrix.CreateTable(_folder, _matrix);
        QueryShards Source(string columns, MissingValues missing = MissingValues.Error) => new(
            SqliteFactory.Instance, connection,
            $"SELECT a, {columns} FROM v WHERE id >= @from AND id < @to ORDER BY id", missing);
        var error = await Assert.ThrowsAsync<MatrixFormatException>(
            async () => await Source("'x' AS note").LoadAsync("100..103/3", 0, default));
        Assert.Equal("keys 100 to 102: column 'note', row 0: x is no number.", error.Message);
        error = await Assert.ThrowsAsync<MatrixFormatException>(
            async () => await Source("1e300 AS big").LoadAsync("100..103/3", 0, default));
        Assert.Contains("too large", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NmfDataException>(
            async () => await Source("NULLIF(id, 101)").LoadAsync("100..103/3", 0, default));
        var data = await Source("NULLIF(id, 101)", MissingValues.NaN).LoadAsync("100..103/3", 0, default);
        Assert.Equal([100f, float.NaN, 102f], [data.Dense![0, 1], data.Dense[1, 1], data.Dense[2, 1]]);
    }

    [Fact]
    public async Task A_column_that_is_no_matrix_is_refused_and_may_be_there_later()
    {
        Save("one.parquet", isSparse: false);
        var path = Path.Combine(_folder, "one.parquet");
        await Assert.ThrowsAsync<MatrixFormatException>(
            async () => await new ParquetShards("W").CountAsync(path, default));
        var sized = new ParquetShards("V", size: 5);
        await Assert.ThrowsAsync<MatrixFormatException>(async () => await sized.LoadAsync(path, 0, default));
        var later = Path.Combine(_folder, "later.parquet");
        var source = new ParquetShards("V");
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await source.CountAsync(later, default));
        File.Copy(path, later);
        Assert.Equal(5, await source.CountAsync(later, default));
    }

    private static async Task<float[]> All(IShardSource source, string address, int count, bool isSparse)
    {
        var values = new List<float>();
        for (var shard = 0; shard < count; shard++)
        {
            var data = await source.LoadAsync(address, shard, default);
            Assert.Equal(isSparse, data.Sparse is not null);
            for (var i = 0; i < data.Samples; i++)
                values.AddRange(Row(data, i));
        }

        return [.. values];
    }

    private static float[] Row(NmfData<float> data, int i)
    {
        if (data.Dense is { } dense)
            return dense.Row(i).ToArray();
        var row = new float[data.Features];
        var indices = data.Sparse!.RowIndices(i);
        var entries = data.Sparse.RowValues(i);
        for (var j = 0; j < indices.Length; j++)
            row[indices[j]] = entries[j];
        return row;
    }

    private float[] Values() => _matrix.ToRowMajor();

    private void Save(string name, bool isSparse, int rows = Rows)
        => _ml.SaveParquet(_matrix, Path.Combine(_folder, name), 5, rows, isSparse);
}
