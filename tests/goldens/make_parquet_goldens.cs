#:package ParquetSharp@25.0.1.2
#:property ManagePackageVersionsCentrally=false
#:property TreatWarningsAsErrors=false
#:property RunAnalyzers=false
#:property RestorePackagesWithLockFile=false
#:property PublishAot=false
// Parquet files as the C++ library of Apache Arrow writes them (which pyarrow and pandas use), through ParquetSharp:
//   dotnet run make_parquet_goldens.cs -- parquet         writes the files of the folder parquet
//   dotnet run make_parquet_goldens.cs -- read FILE       prints what that library reads in a file
using ParquetSharp;
using ParquetSharp.Schema;

if (args is ["read", var file])
{
    Read(file);
    return;
}

Types(Path.Combine(args[0], "types.parquet"));
Vectors(Path.Combine(args[0], "vectors.parquet"));
Encodings(Path.Combine(args[0], "encodings.parquet"));
Spark(Path.Combine(args[0], "spark.parquet"));
Names(Path.Combine(args[0], "names.parquet"));

// Every type, with and without missing values, in two row groups.
static void Types(string path)
{
    var nanos = LogicalType.Timestamp(false, TimeUnit.Nanos);
    Column[] columns =
    [
        new Column<bool>("bool"), new Column<sbyte>("int8"), new Column<byte>("uint8"), new Column<short>("int16"),
        new Column<ushort>("uint16"), new Column<int>("int32"), new Column<uint>("uint32"), new Column<long>("int64"),
        new Column<ulong>("uint64"), new Column<float>("float"), new Column<double>("double"),
        new Column<bool?>("bool?"), new Column<short?>("int16?"), new Column<int?>("int32?"),
        new Column<float?>("float?"),
        new Column<double?>("double?"), new Column<long?>("complete?"), new Column<string>("text"),
        new Column<Date>("date"), new Column<Date?>("date?"),
        new Column<DateTime>("micros UTC", LogicalType.Timestamp(true, TimeUnit.Micros)),
        new Column<DateTime?>("millis?", LogicalType.Timestamp(false, TimeUnit.Millis)),
        new Column<DateTimeNanos>("nanos", nanos),
        new Column<TimeSpan>("time", LogicalType.Time(false, TimeUnit.Micros)),
        new Column<decimal>("decimal", LogicalType.Decimal(10, 2)), new Column<Guid>("guid"),
        new Column<byte[]>("bytes"),
    ];
    using var writer = new ParquetFileWriter(path, columns, Compression.Snappy);
    for (var g = 0; g < 2; g++)
    {
        using var group = writer.AppendRowGroup();
        void Write<T>(params T[] values)
        {
            using var column = group.NextColumn().LogicalWriter<T>();
            column.WriteBatch(values);
        }

        var at = new DateTime(2024, 1, 2, 3, 4, 5, 678).AddYears(g);
        Write(true, false, true);
        Write<sbyte>(-128, 0, 127);
        Write<byte>(0, 1, 255);
        Write<short>(-32768, 0, 32767);
        Write<ushort>(0, 1, 65535);
        Write(int.MinValue, g, int.MaxValue);
        Write<uint>(0, 1, uint.MaxValue);
        Write(long.MinValue, 0, long.MaxValue);
        Write<ulong>(0, 1, ulong.MaxValue);
        Write(1.5f, float.NaN, -0.1f);
        Write(1.5, double.NaN, -0.1);
        Write<bool?>(true, null, false);
        Write<short?>(7, null, -7);
        Write<int?>(int.MaxValue, null, -7);
        Write<float?>(0.1f, null, 2);
        Write<double?>(null, 0.1, null);
        Write<long?>(1L << 62, 2, 3);
        Write("a", null!, "ä€😀");
        Write(new Date(2024, 2, 29), new Date(1969, 12, 31), new Date(1, 1, 1));
        Write<Date?>(null, new Date(2024, 1, 3), null);
        Write(at, at.AddYears(-100), at.AddTicks(10));
        Write<DateTime?>(at, null, at.AddYears(100));
        Write(new DateTimeNanos(at), new DateTimeNanos(at.AddTicks(1)), new DateTimeNanos(at.AddYears(-50)));
        Write(TimeSpan.FromSeconds(1.5), TimeSpan.Zero, TimeSpan.FromHours(23));
        Write(1.25m, 0m, -12345678.90m);
        Write(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), Guid.Empty, Guid.Empty);
        Write([1, 2], [], new byte[] { 3 });
    }

    writer.Close();
}

// Lists: of one length, of several, with missing values, missing lists, texts, and lists of lists.
static void Vectors(string path)
{
    Column[] columns =
    [
        new Column<int>("id"), new Column<float[]>("same"), new Column<double[]>("double"),
        new Column<double?[]>("gaps"),
        new Column<int[]>("whole"), new Column<string[]>("words"), new Column<float[]>("some"),
        new Column<float[][]>("nested"),
    ];
    using var writer = new ParquetFileWriter(path, columns, Compression.Gzip);
    for (var g = 0; g < 2; g++)
    {
        using var group = writer.AppendRowGroup();
        void Write<T>(params T[] values)
        {
            using var column = group.NextColumn().LogicalWriter<T>();
            column.WriteBatch(values);
        }

        var n = 10 * g;
        Write(n, n + 1, n + 2);
        Write([n + 1, n + 2, n + 3], [n + 4, n + 5, n + 6], new float[] { n + 7, n + 8, n + 9 });
        Write([n + 0.1, 1e300], [0, 0], new[] { n + 0.3, -1 });
        Write([1, null, 3], null!, new double?[0]);
        Write([1, 2], [3], new int[0]);
        Write(["x", "y"], ["z"], new string[0]);
        Write([1, 2], null!, new float[] { 3, 4 });
        Write([[1, 2], [3]], [], new float[][] { [4] });
    }

    writer.Close();
}

// Encodings and pages that are not the usual ones.
static void Encodings(string path)
{
    Column[] columns =
    [
        new Column<int>("delta"), new Column<float>("split"), new Column<string>("few"), new Column<string>("lengths"),
    ];
    using var properties = new WriterPropertiesBuilder().Compression(Compression.Zstd)
        .DataPageVersion(ParquetDataPageVersion.V2)
        .DisableDictionary("delta").Encoding("delta", Encoding.DeltaBinaryPacked)
        .DisableDictionary("split").Encoding("split", Encoding.ByteStreamSplit)
        .DisableDictionary("lengths").Encoding("lengths", Encoding.DeltaByteArray)
        .Build();
    using var writer = new ParquetFileWriter(path, columns, properties);
    using var group = writer.AppendRowGroup();
    using (var column = group.NextColumn().LogicalWriter<int>())
        column.WriteBatch([.. Enumerable.Range(0, 1000).Select(i => i * i)]);
    using (var column = group.NextColumn().LogicalWriter<float>())
        column.WriteBatch([.. Enumerable.Range(0, 1000).Select(i => i / 7f)]);
    using (var column = group.NextColumn().LogicalWriter<string>())
        column.WriteBatch([.. Enumerable.Range(0, 1000).Select(i => $"class {i % 3}")]);
    using (var column = group.NextColumn().LogicalWriter<string>())
        column.WriteBatch([.. Enumerable.Range(0, 1000).Select(i => $"text {i}")]);
    writer.Close();
}

// Vectors in the layout of Apache Spark: sparse, dense, missing, empty.
static void Spark(string path)
{
    using var root = new GroupNode("schema", Repetition.Required,
    [
        new GroupNode("features", Repetition.Optional,
        [
            new PrimitiveNode("type", Repetition.Required, LogicalType.Int(8, true), PhysicalType.Int32),
            new PrimitiveNode("size", Repetition.Optional, LogicalType.None(), PhysicalType.Int32),
            List("indices", PhysicalType.Int32), List("values", PhysicalType.Double),
        ]),
    ]);
    using var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy).Build();
    using var writer = new ParquetFileWriter(path, root, properties);
    using var group = writer.AppendRowGroup();
    // Rows: sparse (4: 1 -> 2.5, 3 -> 1e-3), dense (1, 0, 3, 0.1), none, sparse of zeros.
    Write<int>([1, 1, 0, 1], null, [0, 1, 0]);
    Write<int>([2, 1, 0, 2], null, [4, 4]);
    Write<int>([3, 3, 1, 0, 2], [0, 1, 0, 0, 0], [1, 3]);
    Write<double>([3, 3, 3, 3, 3, 3, 0, 2], [0, 1, 0, 1, 1, 1, 0, 0], [2.5, 1e-3, 1, 0, 3, 0.1]);
    writer.Close();

    static GroupNode List(string name, PhysicalType type) => new(
        name, Repetition.Optional,
        [
            new GroupNode("list", Repetition.Repeated,
                [new PrimitiveNode("element", Repetition.Required, LogicalType.None(), type)]),
        ], LogicalType.List());

    void Write<T>(short[] definitions, short[]? repetitions, T[] values)
        where T : unmanaged
    {
        using var column = (ColumnWriter<T>)group.NextColumn();
        column.WriteBatch(definitions.Length, definitions, repetitions ?? new short[definitions.Length], values);
    }
}

// Names that paths and schemas of other programs stumble over, one name twice, none, and a time that .NET has not.
static void Names(string path)
{
    string[] numbers = ["a.b", "A.B", "a b", "a/b", "twice", "twice", ""];
    Node[] nodes =
    [
        .. numbers.Select(name => new PrimitiveNode(
            name, Repetition.Required, LogicalType.None(), PhysicalType.Int32)),
        new GroupNode(
            "ä€𝄞", Repetition.Required,
            [
                new GroupNode(
                    "list", Repetition.Repeated,
                    [new PrimitiveNode("element", Repetition.Required, LogicalType.None(), PhysicalType.Float)]),
            ], LogicalType.List()),
        new PrimitiveNode(
            "later", Repetition.Required, LogicalType.Timestamp(true, TimeUnit.Micros), PhysicalType.Int64),
    ];
    using var root = new GroupNode("schema", Repetition.Required, nodes);
    using var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy).Build();
    using var writer = new ParquetFileWriter(path, root, properties);
    using (var group = writer.AppendRowGroup())
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            using var column = (ColumnWriter<int>)group.NextColumn();
            column.WriteBatch([2 * i + 1, 2 * i + 2]);
        }

        using (var column = (ColumnWriter<float>)group.NextColumn())
            column.WriteBatch(2, [1, 1], [0, 0], [9, 10]);
        using (var column = (ColumnWriter<long>)group.NextColumn())
            column.WriteBatch([0, 1L << 60]);
    }

    writer.Close();
}

static void Read(string path)
{
    using var reader = new ParquetFileReader(path);
    var schema = reader.FileMetaData.Schema;
    Console.WriteLine($"{reader.FileMetaData.NumRows} rows, {reader.FileMetaData.NumRowGroups} row groups, "
        + $"metadata {string.Join(", ", reader.FileMetaData.KeyValueMetadata.Keys)}");
    for (var g = 0; g < reader.FileMetaData.NumRowGroups; g++)
    {
        using var group = reader.RowGroup(g);
        for (var c = 0; c < group.MetaData.NumColumns; c++)
        {
            using var column = group.Column(c).LogicalReader();
            var values = column.Apply(new Printer(group.MetaData.NumRows));
            Console.WriteLine($"{g} {schema.Column(c).Path.ToDotString()} ({schema.Column(c).LogicalType}): {values}");
        }
    }
}

sealed class Printer(long rows) : ILogicalColumnReaderVisitor<string>
{
    public string OnLogicalColumnReader<T>(LogicalColumnReader<T> reader)
        => string.Join("; ", reader.ReadAll((int)rows).Select(value => Text(value)));

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        DateTime date => date.ToString("o"),
        System.Collections.IEnumerable list => "[" + string.Join(" ", list.Cast<object?>().Select(Text)) + "]",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
