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
    public async Task Of_many_files_each_load_sees_its_own_as_it_is_and_whoever_counts_all()
    {
        for (var i = 0; i < 40; i++)
            Save($"{i:D2}.parquet", isSparse: false, rows: 5);
        var source = new ParquetShards("V");
        Assert.Equal(40, await source.CountAsync(_folder, default));
        for (var i = 0; i < 40; i++)
        {
            Assert.EndsWith($"{i:D2}.parquet, row group 0", source.NameOf(_folder, i), StringComparison.Ordinal);
            Assert.Equal(5, (await source.LoadAsync(_folder, i, default)).Samples);
            Save($"{i:D2}.parquet", isSparse: false, rows: 4);
            Assert.Equal(4, (await source.LoadAsync(_folder, i, default)).Samples);
        }

        Save("07.parquet", isSparse: false, rows: 12);
        Assert.Equal(42, await source.CountAsync(_folder, default));
        Assert.EndsWith("39.parquet, row group 0", source.NameOf(_folder, 41), StringComparison.Ordinal);
        Assert.Equal(2, (await source.LoadAsync(_folder, 9, default)).Samples);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await source.LoadAsync(_folder, 42, default));
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
        foreach (var both in new[]
        {
            "id BETWEEN @from AND @to", "id >= @from AND id <= @to", "id >= @from OR @to < 0",
        })
        {
            foreach (var columns in new[] { "a, b", "SUM(a), COUNT(b)", "SUM(0 * id)" })
            {
                var error = await Assert.ThrowsAsync<ArgumentException>(
                    async () => await Source($"SELECT {columns} FROM v WHERE {both} ORDER BY id").LoadAsync(
                        "100..123/6", 0, default));
                Assert.Contains("the key 106 belong to another range", error.Message, StringComparison.Ordinal);
            }
        }

        // Whatever the type of what sums of no rows are.
        foreach (var sum in new[]
        {
            "SUM(a), COUNT(b), SUM(c)", "COALESCE(SUM(a), 0), COALESCE(SUM(b), 7), 1.5", "SUM(0 * id), x'0102', 'n'",
        })
        {
            var sums = Source($"SELECT {sum} FROM v WHERE id >= @from AND id < @to");
            Assert.Equal(4, await sums.CountAsync("100..123/6", default));
            if (!sum.EndsWith('\''))
                Assert.Equal(1, (await sums.LoadAsync("100..123/6", 3, default)).Samples);
            else
                await Assert.ThrowsAsync<MatrixFormatException>(
                    async () => await sums.LoadAsync("100..123/6", 3, default));
        }
    }

    [Fact]
    public async Task An_end_that_is_taken_in_is_told_where_there_is_a_row_at_it()
    {
        // Keys with gaps: of the ends of the ranges only the third is the key of a row.
        var path = Path.Combine(_folder, "gaps.db");
        var connection = $"Data Source={path};Pooling=False";
        using (var database = new SqliteConnection(connection))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "CREATE TABLE v (id INTEGER PRIMARY KEY, a INTEGER); "
                + "INSERT INTO v VALUES (1, 5), (12, 0), (25, 2), (30, 0), (38, 4), (40, 9)";
            command.ExecuteNonQuery();
        }

        foreach (var columns in new[] { "a", "SUM(a), COUNT(a)", "SUM(a)" })
        {
            QueryShards Source(string end) => new(
                SqliteFactory.Instance, connection, $"SELECT {columns} FROM v WHERE id >= @from AND id {end}");
            var (open, closed) = (Source("< @to"), Source("<= @to"));
            Assert.Equal(4, await closed.CountAsync("0..40/10", default));
            foreach (var shard in new[] { 0, 1 })
            {
                // No row is in two shards.
                Assert.Equal(
                    Row(await open.LoadAsync("0..40/10", shard, default), 0),
                    Row(await closed.LoadAsync("0..40/10", shard, default), 0));
            }

            // Nor may one that is behind the last range be in it.
            foreach (var shard in new[] { 2, 3 })
            {
                await open.LoadAsync("0..40/10", shard, default);
                var error = await Assert.ThrowsAsync<ArgumentException>(
                    () => closed.LoadAsync("0..40/10", shard, default).AsTask());
                Assert.Contains(
                    $"the key {10 * (shard + 1)} belong to another range", error.Message, StringComparison.Ordinal);
            }
        }
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
