using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML.Nmf.Formats.Tests;

public sealed class ParquetRoundTripTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parquet").FullName;
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null, CompressionLevel.Fastest)]
    [InlineData(1, CompressionLevel.NoCompression)]
    [InlineData(7, CompressionLevel.SmallestSize)]
    [InlineData(100, CompressionLevel.Optimal)]
    public void Every_column_comes_back_to_the_bit(int? rowsPerGroup, CompressionLevel compression)
    {
        var rows = Rows(40);
        var data = View(rows);
        var path = Save(data, new() { RowsPerGroup = rowsPerGroup, Compression = compression });
        var loaded = _ml.Data.LoadFromParquet(path);
        Assert.Equal(
            data.Schema.Select(column => (column.Name, column.Type)),
            loaded.Schema.Select(column => (column.Name, column.Type)));
        var back = _ml.Data.CreateEnumerable<Row>(loaded, reuseRowObject: false).ToList();
        Assert.Equal(rows.Count, back.Count);
        foreach (var (expected, actual) in rows.Zip(back))
        {
            Assert.Equal(
                BitConverter.SingleToInt32Bits(expected.Single), BitConverter.SingleToInt32Bits(actual.Single));
            Assert.Equal(expected.Double, actual.Double);
            Assert.Equal(
                (expected.Flag, expected.Tiny, expected.Byte, expected.Short, expected.UShort, expected.Int),
                (actual.Flag, actual.Tiny, actual.Byte, actual.Short, actual.UShort, actual.Int));
            Assert.Equal((expected.UInt, expected.Long, expected.ULong), (actual.UInt, actual.Long, actual.ULong));
            Assert.Equal((expected.Text, expected.At), (actual.Text, actual.At));
            Assert.Equal(expected.Vector, actual.Vector);
            Assert.Equal(expected.Doubles, actual.Doubles);
            Assert.Equal(expected.Words, actual.Words);
            Assert.Equal(expected.Counts, actual.Counts);
        }

        Assert.Equal(["red", "green", "blue"], SlotNames(loaded, "Vector"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sparse_vectors_come_back_dense_or_sparse(bool isSparse)
    {
        VBuffer<float>[] rows =
        [
            new(1000, 2, [0.1f, 3], [5, 999]), new(1000, 0, [], []), new(1000, [.. Enumerable.Repeat(1f / 3, 1000)]),
            new(1000, 2, [0f, float.NaN], [0, 1]),
        ];
        var data = SparseView(rows);
        var path = Save(data, new() { SparseColumns = isSparse ? ["Features"] : [] });
        var loaded = _ml.Data.LoadFromParquet(path);
        Assert.Equal(data.Schema["Features"].Type, loaded.Schema["Features"].Type);
        Assert.Equal(rows.Select(row => row.DenseValues().ToArray()), loaded.GetColumn<float[]>("Features"));
        Assert.Equal(
            isSparse ? [2, 0, 1000, 1] : [1000, 1000, 1000, 1000],
            loaded.GetColumn<VBuffer<float>>("Features").Select(row => row.GetValues().Length));
    }

    [Fact]
    public void No_rows_keep_their_columns()
    {
        var loaded = _ml.Data.LoadFromParquet(Save(View([])));
        Assert.Equal(0, loaded.GetRowCount());
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), loaded.Schema["Vector"].Type);
        Assert.Empty(loaded.GetColumn<float>("Single"));
    }

    [Fact]
    public void Keys_are_the_texts_that_they_stand_for()
    {
        var data = View(Rows(5));
        var keys = _ml.Transforms.Conversion.MapValueToKey("Key", "Text").Fit(data).Transform(data);
        var loaded = _ml.Data.LoadFromParquet(Save(keys, new() { Columns = ["Key"] }));
        Assert.Equal(Rows(5).Select(row => row.Text), loaded.GetColumn<string>("Key"));
    }

    [Fact]
    public void Cursors_in_parallel_have_all_rows_once_and_batches_in_order()
    {
        var path = Save(View(Rows(50)), new() { RowsPerGroup = 4 });
        var data = _ml.Data.LoadFromParquet(path);
        var column = data.Schema["Int"];
        var cursors = data.GetRowCursorSet([column], 3);
        Assert.Equal(3, cursors.Length);
        var seen = new List<(long Batch, ulong Id, int Value)>();
        foreach (var cursor in cursors)
        {
            using (cursor)
            {
                var (get, id) = (cursor.GetGetter<int>(column), cursor.GetIdGetter());
                var (value, row) = (0, default(DataViewRowId));
                while (cursor.MoveNext())
                {
                    get(ref value);
                    id(ref row);
                    seen.Add((cursor.Batch, row.Low, value));
                }
            }
        }

        var ordered = seen.OrderBy(row => row.Batch).ToList();
        Assert.Equal(Rows(50).Select(row => row.Int), ordered.Select(row => row.Value));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i), ordered.Select(row => row.Id));
    }

    [Fact]
    public void The_files_of_a_folder_are_one_table()
    {
        Save(View(Rows(3)), new() { Columns = ["Int", "Text"] }, "part-0.parquet");
        Save(View([.. Rows(5).Skip(3)]), new() { Columns = ["Text", "Int"] }, "part-1.parquet");
        File.WriteAllText(Path.Combine(_folder, "_SUCCESS"), "");
        var data = _ml.Data.LoadFromParquet(_folder);
        Assert.Equal(Rows(5).Select(row => row.Int), data.GetColumn<int>("Int"));
        Assert.Equal(Rows(5).Select(row => row.Text), data.GetColumn<string>("Text"));

        Save(View(Rows(3)), new() { Columns = ["Int"] }, "part-2.parquet");
        var error = Assert.Throws<MatrixFormatException>(() => _ml.Data.LoadFromParquet(_folder));
        Assert.Equal("part-2.parquet: there is no column 'Text', which other files here have.", error.Message);
    }

    [Fact]
    public void A_fit_reads_its_rows_from_a_file_and_its_activations_go_to_one()
    {
        var data = _ml.Data.LoadFromParquet(Save(View(Rows(40)), new() { RowsPerGroup = 6 }));
        var estimator = _ml.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
        {
            OutputColumnName = "Parts",
            InputColumnName = "Vector",
            Rank = 2,
            Seed = 1,
        });
        var (model, inMemory) = (estimator.Fit(data), estimator.Fit(View(Rows(40))));
        Assert.Equal(inMemory.Model.GetComponent(0).ToArray(), model.Model.GetComponent(0).ToArray());
        var transformed = model.Transform(data);
        var loaded = _ml.Data.LoadFromParquet(Save(transformed, new() { Columns = ["Int", "Parts"] }, "parts.parquet"));
        Assert.Equal(transformed.GetColumn<float[]>("Parts"), loaded.GetColumn<float[]>("Parts"));
        Assert.Equal(SlotNames(transformed, "Parts"), SlotNames(loaded, "Parts"));
    }

    private static string[] SlotNames(IDataView data, string column)
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        data.Schema[column].GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static List<Row> Rows(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(i => new Row
        {
            Single = i == 3 ? float.NaN : (float)random.NextDouble(),
            Double = random.NextDouble(),
            Flag = random.Next(2) == 1,
            Tiny = (sbyte)random.Next(-128, 128),
            Byte = (byte)random.Next(256),
            Short = (short)random.Next(-32768, 32768),
            UShort = (ushort)random.Next(65536),
            Int = random.Next(),
            UInt = (uint)random.Next() * 2,
            Long = random.NextInt64(),
            ULong = (ulong)random.NextInt64() * 2,
            Text = i == 4 ? "" : $"text {i} äöü €",
            At = new DateTime(1900 + i, 1, 2, 3, 4, 5).AddMicroseconds(i),
            Vector = [random.NextSingle(), random.NextSingle(), random.NextSingle()],
            Doubles = [.. Enumerable.Range(0, i % 4).Select(_ => random.NextDouble())],
            Words = [.. Enumerable.Range(0, i % 3).Select(j => $"word {j}")],
            Counts = [random.Next(), random.Next()],
        })];
    }

    private IDataView View(List<Row> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        string[] names = ["red", "green", "blue"];
        definition["Vector"].AddAnnotation(
            "SlotNames", new VBuffer<ReadOnlyMemory<char>>(3, [.. names.Select(name => name.AsMemory())]),
            new VectorDataViewType(TextDataViewType.Instance, 3));
        return _ml.Data.LoadFromEnumerable(rows, definition);
    }

    private IDataView SparseView(VBuffer<float>[] rows)
    {
        var definition = SchemaDefinition.Create(typeof(SparseRow));
        definition[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1000);
        return _ml.Data.LoadFromEnumerable(rows.Select(row => new SparseRow { Features = row }), definition);
    }

    private string Save(IDataView data, ParquetWriteOptions? options = null, string name = "a.parquet")
    {
        var path = Path.Combine(_folder, name);
        _ml.Data.SaveAsParquet(data, path, options);
        return path;
    }

    private sealed class SparseRow
    {
        public VBuffer<float> Features { get; set; }
    }

    private sealed class Row
    {
        public float Single { get; set; }

        public double Double { get; set; }

        public bool Flag { get; set; }

        public sbyte Tiny { get; set; }

        public byte Byte { get; set; }

        public short Short { get; set; }

        public ushort UShort { get; set; }

        public int Int { get; set; }

        public uint UInt { get; set; }

        public long Long { get; set; }

        public ulong ULong { get; set; }

        public string Text { get; set; } = "";

        public DateTime At { get; set; }

        [VectorType(3)]
        public float[] Vector { get; set; } = [];

        public double[] Doubles { get; set; } = [];

        public string[] Words { get; set; } = [];

        [VectorType(2)]
        public int[] Counts { get; set; } = [];
    }
}
