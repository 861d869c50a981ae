using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNmf.Tests.Common;
using Nmf.Formats;
using Nmf.Kernels;

namespace Nmf.Distributed.Tests;

/// <summary>Fits on silos over Parquet files, a database and text files: the bits of the same matrix in one process.
/// </summary>
public sealed class RealSourceTests : IDisposable
{
    private const int Rows = 53;
    private const int Features = 6;
    private const int RowsOfShard = 12;

    private readonly string _folder = Directory.CreateTempSubdirectory("sources").FullName;
    private readonly MLContext _ml = new(seed: 1);
    private readonly Matrix<float> _matrix = new(Rows, Features);

    public RealSourceTests()
    {
        // Nowhere zero, so that every form of the data is dense.
        var random = new Random(1);
        for (var i = 0; i < Rows; i++)
        {
            for (var f = 0; f < Features; f++)
                _matrix[i, f] = 0.1f + (random.NextSingle() * (1 + ((i + f) % 3)));
        }
    }

    public static TheoryData<string> Sources => ["parquet", "database", "text", "transformed text", "views"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task The_bits_are_those_of_the_matrix(string kind)
    {
        var (source, address) = Source(kind);
        var options = DistributedFitTests.Options("extrapolated") with { Rank = 3 };
        var whole = NmfData<float>.FromMatrix(_matrix);
        var sizes = Enumerable.Range(0, (Rows + RowsOfShard - 1) / RowsOfShard)
            .Select(s => Math.Min(RowsOfShard, Rows - (s * RowsOfShard))).ToArray();
        await using var cluster = await Cluster.Start(2, source);
        var expected = NmfFactorizer.Fit(whole, options with { Shards = NmfShards.OfSizes(sizes) });
        var model = await cluster.Nmf.FitAsync("fit", "data", address, options, interval: DistributedFitTests.Soon);
        Assert.Equal(expected.Dictionary.ToRowMajor(), model.Dictionary.ToRowMajor());
        Assert.Equal(expected.Objective, model.Objective);
        Assert.Equal(sizes, await cluster.Nmf.GetShardSizesAsync("fit"));

        Assert.Equal(sizes, await cluster.Nmf.TransformAsync(model, "data", address, "memory", kind));
        Assert.Equal(
            model.Transform(whole).ToRowMajor(),
            Enumerable.Range(0, sizes.Length).SelectMany(s => cluster.Sink.Stored[(kind, s)]));

        var online = new OnlineNmfOptions { Rank = 3, Beta = 1, BatchSize = 8, Passes = 2, Tolerance = 0 };
        var stream = await cluster.Nmf.FitOnlineAsync(
            "stream", "data", address, online, 2, interval: DistributedFitTests.Soon);
        var same = OnlineFactorizer.Fit(
            [Part(0, 2 * RowsOfShard), Part(2 * RowsOfShard, Rows)], online with { Threads = 1 });
        Assert.Equal(same.Dictionary.ToRowMajor(), stream.Dictionary.ToRowMajor());
        Assert.Equal(same.Objective, stream.Objective);
    }

    [Fact]
    public async Task What_is_wrong_in_a_text_is_named_with_file_column_row_and_slot()
    {
        var (source, address) = Source("text");
        var path = Path.Combine(_folder, "part-2.tsv");
        var lines = File.ReadAllLines(path);
        lines[4] = "1\t2\t-7\t4\t5\t6";
        File.WriteAllLines(path, lines);
        await using var cluster = await Cluster.Start(2, source);
        async Task<string> Message(string fit, string at) => (await Assert.ThrowsAsync<ShardFaultException>(
            () => cluster.Nmf.FitAsync(
                fit, "data", at, DistributedFitTests.Options("KL"), interval: DistributedFitTests.Soon))).Message;
        var message = await Message("negative", address);
        Assert.Contains($"Shard 2 ({path}): Column 'V' is negative (-7) in row 4", message, StringComparison.Ordinal);
        lines[4] = "1\t2\tx\t4\t5\t6";
        File.WriteAllLines(path, lines);
        Assert.Contains(
            "Column 'V' is not a number (NaN) in row 4", await Message("nan", address), StringComparison.Ordinal);
        File.WriteAllLines(path, []);
        Assert.Contains("part-2.tsv: there are no rows", await Message("empty", address), StringComparison.Ordinal);
        Assert.Contains(
            "No file matches", await Message("typo", Path.Combine(_folder, "prat-*.tsv")), StringComparison.Ordinal);

        var loader = Loader();
        var outside = new TextLoaderShards(loader, "V", folder: _folder);
        await Assert.ThrowsAsync<ArgumentException>(async () => await outside.CountAsync("../*.tsv", default));
        var inside = await outside.LoadAsync("part-*.tsv", 1, default);
        Assert.Equal(RowsOfShard, inside.Samples);
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await new TextLoaderShards(loader, "W").LoadAsync(address, 1, default));
    }

    [Fact]
    public async Task A_file_of_zeros_is_a_shard_and_rows_that_are_mostly_zero_are_sparse()
    {
        File.WriteAllLines(Path.Combine(_folder, "z-0.tsv"), ["0\t0\t0\t0\t0\t0", "0\t0\t0\t0\t0\t0"]);
        File.WriteAllLines(Path.Combine(_folder, "z-1.tsv"), ["0\t1\t0\t0\t0\t0", "0\t0\t0\t0\t0\t3"]);
        var source = new TextLoaderShards(Loader(), "V");
        var zeros = await source.LoadAsync(Path.Combine(_folder, "z-*.tsv"), 0, default);
        Assert.Equal((2, 6), (zeros.Samples, zeros.Features));
        var sparse = await source.LoadAsync(Path.Combine(_folder, "z-*.tsv"), 1, default);
        Assert.True(sparse.IsSparse);
        Assert.Equal(2, sparse.StoredEntries);
    }

    private INmfBatchSource<float> Part(int from, int to)
    {
        var rows = new Matrix<float>(to - from, Features);
        for (var i = 0; i < rows.Rows; i++)
            _matrix.Row(from + i).CopyTo(rows.Row(i));
        return NmfBatchSource.FromData(NmfData<float>.FromMatrix(rows));
    }

    private string Line(int row) => string.Join(
        '\t', _matrix.Row(row).ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private TextLoader Loader() => _ml.Data.CreateTextLoader(
        [new TextLoader.Column("V", DataKind.Single, 0, Features - 1)], separatorChar: '\t');

    private (IShardSource Source, string Address) Source(string kind)
    {
        switch (kind)
        {
            case "parquet":
                var path = Path.Combine(_folder, "v.parquet");
                _ml.SaveParquet(_matrix, path, RowsOfShard);
                return (new ParquetShards("V"), path);
            case "database":
                return (new QueryShards(
                    SqliteFactory.Instance, StoredMatrix.CreateTable(_folder, _matrix),
                    "SELECT a, b, c, d, e, f FROM v WHERE id >= @from AND id < @to ORDER BY id"),
                    $"100..{100 + Rows}/{RowsOfShard}");
            case "views":
                var view = _ml.Data.LoadFromMatrix(_matrix, "V");
                return (new DataViewShards(
                    address => (Rows + RowsOfShard - 1) / RowsOfShard,
                    (address, shard) => _ml.Data.TakeRows(
                        shard == 0 ? view : _ml.Data.SkipRows(view, shard * RowsOfShard), RowsOfShard), "V"), "all");
            default:
                for (var first = 0; first < Rows; first += RowsOfShard)
                {
                    File.WriteAllLines(
                        Path.Combine(_folder, $"part-{first / RowsOfShard}.tsv"),
                        Enumerable.Range(first, Math.Min(RowsOfShard, Rows - first)).Select(Line));
                }

                var address = Path.Combine(_folder, "part-*.tsv");
                if (kind == "text")
                    return (new TextLoaderShards(Loader(), "V"), address);

                // Fitted once; here to the first file.
                var loader = _ml.Data.CreateTextLoader(
                    [new("A", DataKind.Single, 0, 1), new("B", DataKind.Single, 2, 5)], separatorChar: '\t');
                var transformer = _ml.Transforms.Concatenate("V", "A", "B").Fit(
                    loader.Load(Path.Combine(_folder, "part-0.tsv")));
                return (new TextLoaderShards(loader, "V", transformer), address);
        }
    }
}
