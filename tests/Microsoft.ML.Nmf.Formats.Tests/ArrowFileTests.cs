using Microsoft.ML.Data;

namespace Microsoft.ML.Nmf.Formats.Tests;

/// <summary>Files of Apache Arrow, which pyarrow and pandas write with.</summary>
public sealed class ArrowFileTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Every_type_is_loaded_as_its_counterpart()
    {
        var data = Load("types.parquet");
        var types = data.Schema.ToDictionary(column => column.Name, column => column.Type);
        foreach (var (name, type) in new (string, DataViewType)[]
        {
            ("bool", BooleanDataViewType.Instance), ("int8", NumberDataViewType.SByte),
            ("uint8", NumberDataViewType.Byte), ("int16", NumberDataViewType.Int16),
            ("uint16", NumberDataViewType.UInt16), ("int32", NumberDataViewType.Int32),
            ("uint32", NumberDataViewType.UInt32), ("int64", NumberDataViewType.Int64),
            ("uint64", NumberDataViewType.UInt64), ("float", NumberDataViewType.Single),
            ("double", NumberDataViewType.Double), ("bool?", NumberDataViewType.Single),
            ("int16?", NumberDataViewType.Single), ("int32?", NumberDataViewType.Double),
            ("float?", NumberDataViewType.Single), ("double?", NumberDataViewType.Double),
            ("complete?", NumberDataViewType.Int64), ("text", TextDataViewType.Instance),
            ("date", DateTimeDataViewType.Instance), ("date?", DateTimeDataViewType.Instance),
            ("micros UTC", DateTimeDataViewType.Instance), ("millis?", DateTimeDataViewType.Instance),
            ("nanos", DateTimeDataViewType.Instance), ("time", TimeSpanDataViewType.Instance),
            ("decimal", NumberDataViewType.Double), ("guid", TextDataViewType.Instance),
        })
        {
            Assert.Equal(type, types[name]);
        }

        Assert.False(types.ContainsKey("bytes"));
        Assert.Equal(6, data.GetRowCount());
    }

    [Fact]
    public void Every_value_is_that_of_the_file()
    {
        var data = Load("types.parquet");
        Same("bool", true, false, true);
        Same<sbyte>("int8", -128, 0, 127);
        Same<byte>("uint8", 0, 1, 255);
        Same<short>("int16", -32768, 0, 32767);
        Same<ushort>("uint16", 0, 1, 65535);
        Assert.Equal([int.MinValue, 0, int.MaxValue, int.MinValue, 1, int.MaxValue], data.GetColumn<int>("int32"));
        Same<uint>("uint32", 0, 1, uint.MaxValue);
        Same("int64", long.MinValue, 0, long.MaxValue);
        Same<ulong>("uint64", 0, 1, ulong.MaxValue);
        Same("float", 1.5f, float.NaN, -0.1f);
        Same("double", 1.5, double.NaN, -0.1);
        Same("bool?", 1, float.NaN, 0);
        Same("int16?", 7, float.NaN, -7);
        Same("int32?", int.MaxValue, double.NaN, -7);
        Same("float?", 0.1f, float.NaN, 2);
        Same("double?", double.NaN, 0.1, double.NaN);
        Same("complete?", 1L << 62, 2, 3);
        Same("decimal", 1.25, 0, -12345678.90);
        Same("time", TimeSpan.FromSeconds(1.5), TimeSpan.Zero, TimeSpan.FromHours(23));
        Texts("text", "a", "", "ä€😀");
        Texts(
            "guid", "00112233-4455-6677-8899-aabbccddeeff", "00000000-0000-0000-0000-000000000000",
            "00000000-0000-0000-0000-000000000000");
        Same("date", new DateTime(2024, 2, 29), new DateTime(1969, 12, 31), new DateTime(1, 1, 1));
        Same("date?", default, new DateTime(2024, 1, 3), default);
        Dates("micros UTC", at => [at, at.AddYears(-100), at.AddTicks(10)]);
        var kinds = data.GetColumn<DateTime>("micros UTC").Select(date => date.Kind).Distinct();
        Assert.Equal([DateTimeKind.Utc], kinds);
        Dates("millis?", at => [at, default, at.AddYears(100)]);
        Dates("nanos", at => [at, at.AddTicks(1), at.AddYears(-50)]);

        void Same<T>(string name, params T[] values)
            => Assert.Equal([.. values, .. values], data.GetColumn<T>(name));

        void Texts(string name, params string[] values)
            => Assert.Equal([.. values, .. values], data.GetColumn<string>(name));

        // The second row group has the same a year later.
        void Dates(string name, Func<DateTime, DateTime[]> dates)
        {
            var at = new DateTime(2024, 1, 2, 3, 4, 5, 678);
            Assert.Equal([.. dates(at), .. dates(at.AddYears(1))], data.GetColumn<DateTime>(name));
        }
    }

    [Fact]
    public void Lists_are_vectors_of_a_size_where_all_have_it()
    {
        var data = Load("vectors.parquet");
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), data.Schema["same"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Double, 2), data.Schema["double"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Double), data.Schema["gaps"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Double), data.Schema["whole"].Type);
        Assert.Equal(new VectorDataViewType(TextDataViewType.Instance), data.Schema["words"].Type);
        Assert.Null(data.Schema.GetColumnOrNull("nested"));
        Assert.Equal(
            [[1, 2, 3], [4, 5, 6], [7, 8, 9], [11, 12, 13], [14, 15, 16], [17, 18, 19]],
            data.GetColumn<float[]>("same"));
        Assert.Equal(
            [[0.1, 1e300], [0, 0], [0.3, -1], [10.1, 1e300], [0, 0], [10.3, -1]], data.GetColumn<double[]>("double"));
        double[][] gaps = [[1, double.NaN, 3], [], []];
        Assert.Equal([.. gaps, .. gaps], data.GetColumn<double[]>("gaps"));
        Assert.Equal([0, 1, 2, 10, 11, 12], data.GetColumn<int>("id"));
        string[] words = ["x y", "z", ""];
        Assert.Equal(
            [.. words, .. words],
            data.GetColumn<ReadOnlyMemory<char>[]>("words").Select(row => string.Join(' ', row)));
    }

    [Fact]
    public void Rows_without_a_vector_of_a_given_size_are_missing_in_all_slots()
    {
        var data = Load("vectors.parquet", new() { VectorSizes = new Dictionary<string, int> { ["some"] = 2 } });
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), data.Schema["some"].Type);
        float[][] rows = [[1, 2], [float.NaN, float.NaN], [3, 4]];
        Assert.Equal([.. rows, .. rows], data.GetColumn<float[]>("some"));
    }

    [Fact]
    public void A_vector_of_another_size_is_an_error_with_its_place()
    {
        var data = Load("vectors.parquet", new() { VectorSizes = new Dictionary<string, int> { ["same"] = 4 } });
        var error = Assert.Throws<MatrixFormatException>(() => data.GetColumn<float[]>("same").Count());
        Assert.Equal(
            "vectors.parquet: column 'same', row 0: the list has 3 values, but the column has vectors of 4. "
            + "VectorSizes of the options names another size, or 0 for any.", error.Message);
    }

    [Fact]
    public void Numbers_become_singles_on_demand_and_what_is_too_large_is_an_error_with_its_place()
    {
        var data = Load("types.parquet", new() { NumbersAsSingle = true, Columns = ["int32", "bool", "double"] });
        Assert.Equal(["bool", "int32", "double"], data.Schema.Select(column => column.Name));
        Assert.All(data.Schema, column => Assert.Equal(NumberDataViewType.Single, column.Type));
        Assert.Equal([1, 0, 1, 1, 0, 1], data.GetColumn<float>("bool"));
        Assert.Equal([1.5f, float.NaN, -0.1f, 1.5f, float.NaN, -0.1f], data.GetColumn<float>("double"));

        var vectors = Load(
            "vectors.parquet", new()
            {
                NumbersAsSingle = true,
                VectorSizes = new Dictionary<string, int> { ["double"] = 2 },
            });
        var error = Assert.Throws<MatrixFormatException>(() => vectors.GetColumn<float[]>("double").Count());
        Assert.Equal(
            "vectors.parquet: column 'double', row 0: 1E+300, at 1, is too large for single precision.", error.Message);
    }

    [Fact]
    public void Unusual_encodings_are_read()
    {
        var data = Load("encodings.parquet");
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i * i), data.GetColumn<int>("delta"));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i / 7f), data.GetColumn<float>("split"));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"class {i % 3}"), data.GetColumn<string>("few"));
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"text {i}"), data.GetColumn<string>("lengths"));
    }

    [Fact]
    public void Vectors_of_Spark_are_sparse_or_dense()
    {
        var data = Load("spark.parquet");
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Double, 4), data.Schema["features"].Type);
        Assert.Equal([2, 4, 4, 0], data.GetColumn<VBuffer<double>>("features").Select(row => row.GetValues().Length));
        const double None = double.NaN;
        Assert.Equal(
            [[0, 2.5, 0, 1e-3], [1, 0, 3, 0.1], [None, None, None, None], [0, 0, 0, 0]],
            data.GetColumn<double[]>("features"));
    }

    private IDataView Load(string name, ParquetReadOptions? options = null)
        => _ml.Data.LoadFromParquet(Path.Combine(AppContext.BaseDirectory, "parquet", name), options);
}
