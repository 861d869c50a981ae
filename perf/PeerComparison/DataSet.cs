using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nmf;
using Nmf.Kernels;

namespace PeerComparison;

/// <summary>A folder that gen_data.py of the peer scripts made: dense <c>X.npy</c>, or CSR in three raw files;
/// rows are samples.</summary>
internal sealed class DataSet
{
    private readonly string _folder;

    private DataSet(string folder, JsonElement meta)
    {
        _folder = folder;
        Name = Path.GetFileName(folder);
        IsSparse = meta.GetProperty("kind").GetString() != "dense";
        Rows = meta.GetProperty("rows").GetInt32();
        Columns = meta.GetProperty("cols").GetInt32();
        NonZeros = meta.GetProperty("nnz").GetInt64();
    }

    public string Name { get; }

    public int Rows { get; }

    public int Columns { get; }

    public long NonZeros { get; }

    public bool IsSparse { get; }

    /// <summary>Opens a data set by name, in the folder that NMF_BENCH_DATA names, or in ./data.</summary>
    public static DataSet Open(string name)
    {
        var root = Environment.GetEnvironmentVariable("NMF_BENCH_DATA") ?? "data";
        var folder = Path.Combine(root, name);
        var meta = Path.Combine(folder, "meta.json");
        if (!File.Exists(meta))
        {
            throw new UsageException(
                $"{meta} is missing: make the data with gen_data.py of the peer scripts, "
                + "and set NMF_BENCH_DATA to the folder above it.");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(meta));
        return new DataSet(folder, document.RootElement);
    }

    /// <summary>Loads the first rows. Row by row, straight into the matrix that the library works on.</summary>
    public LoadedData<T> Load<T>(int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        rows = Math.Min(rows, Rows);
        return IsSparse ? new LoadedData<T>(LoadSparse<T>(rows)) : new LoadedData<T>(LoadDense<T>(rows));
    }

    /// <summary>
    /// Loads the start that all peers share. Their W0 (rows x K) is the start of our activations, their H0 (K
    /// x columns) that of our dictionary, transposed.
    /// </summary>
    public NmfStart<T> LoadStart<T>(int rows, int rank, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var left = OpenStart("W0", rank, seed, Rows);
        using var right = OpenStart("H0", rank, seed, rank);
        var activations = new Matrix<T>(Math.Min(rows, Rows), rank);
        for (var n = 0; n < activations.Rows; n++)
            left.ReadRow(activations.Row(n));
        var dictionary = new Matrix<T>(Columns, rank);
        var line = new T[Columns];
        for (var k = 0; k < rank; k++)
        {
            right.ReadRow<T>(line);
            for (var f = 0; f < line.Length; f++)
                dictionary[f, k] = line[f];
        }

        return new NmfStart<T>(dictionary, activations);
    }

    private NpyFile OpenStart(string factor, int rank, int seed, int rows)
    {
        var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{factor}_k{rank}_s{seed}.npy"));
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"{path} is missing: write it with make_init.py of the peer scripts (--data {Name} --k {rank} --seed "
                + $"{seed}).");
        }

        var file = new NpyFile(path);
        if (file.Rows == rows)
            return file;
        file.Dispose();
        throw new UsageException($"{path}: expected {rows} rows, found {file.Rows}.");
    }

    private Matrix<T> LoadDense<T>(int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var file = new NpyFile(Path.Combine(_folder, "X.npy"));
        var matrix = new Matrix<T>(rows, file.Columns);
        for (var n = 0; n < rows; n++)
            file.ReadRow(matrix.Row(n));
        return matrix;
    }

    private unsafe SparseMatrix<T> LoadSparse<T>(int rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var starts = new long[rows + 1];
        using (var file = File.OpenRead(Path.Combine(_folder, "indptr.i64")))
            file.ReadExactly(MemoryMarshal.AsBytes(starts.AsSpan()));
        var matrix = new SparseMatrix<T>(rows, Columns, starts[rows]);
        starts.CopyTo(new Span<long>(matrix.RowStarts, rows + 1));
        using var indices = File.OpenRead(Path.Combine(_folder, "indices.i32"));
        using var values = File.OpenRead(Path.Combine(_folder, "values.f32"));
        var buffer = new float[Columns];
        for (var n = 0; n < rows; n++)
        {
            var count = (int)(starts[n + 1] - starts[n]);
            indices.ReadExactly(MemoryMarshal.AsBytes(new Span<int>(matrix.ColumnIndices + starts[n], count)));
            values.ReadExactly(MemoryMarshal.AsBytes(buffer.AsSpan(0, count)));
            var row = matrix.RowMemory(n);
            for (var j = 0; j < count; j++)
                row[j] = T.CreateTruncating(buffer[j]);
        }

        return matrix;
    }
}
