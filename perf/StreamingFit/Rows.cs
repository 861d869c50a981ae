using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf.Kernels;

namespace StreamingFit;

internal sealed class DenseRow
{
    public float[] Features { get; set; } = [];
}

internal sealed class SparseRow
{
    public VBuffer<float> Features { get; set; }
}

/// <summary>Rows as a data view that holds none of them.</summary>
internal abstract class Rows(int features)
{
    public const string Column = nameof(DenseRow.Features);

    public int Features => features;

    public abstract long Count { get; }

    public virtual long StoredEntries => Count * Features;

    public abstract IDataView View(MLContext context);

    public abstract DataInMemory ToData();

    public static IDataView View<TRow>(MLContext context, IEnumerable<TRow> rows, int size)
        where TRow : class
    {
        var definition = SchemaDefinition.Create(typeof(TRow));
        definition[Column].ColumnType = new VectorDataViewType(NumberDataViewType.Single, size);
        return context.Data.LoadFromEnumerable(rows, definition);
    }
}

internal abstract class DenseRows(int features) : Rows(features)
{
    public abstract IEnumerable<DenseRow> All();

    public override IDataView View(MLContext context) => View(context, All(), Features);

    public override DataInMemory ToData()
    {
        var matrix = new Matrix<float>((int)Count, Features);
        var at = 0;
        foreach (var row in All())
            row.Features.CopyTo(matrix.Row(at++));
        return new DataInMemory(matrix, null);
    }

    public override string ToString() => $"{Count} x {Features} dense";
}

/// <summary>Any number of documents: words by their ranks (Zipf), a few topics each, drawn from a pool.</summary>
internal sealed class GeneratedDocuments : Rows
{
    private const int Pool = 2048;
    private const int Words = 120;
    private const int Topics = 12;

    private readonly VBuffer<float>[] _pool;

    public GeneratedDocuments(long count, int features)
        : base(features)
    {
        Count = count;
        var random = new Random(7);
        _pool = [.. Enumerable.Range(0, Pool).Select(_ => Document(random, features))];
    }

    public override long Count { get; }

    public override long StoredEntries => Enumerable.Range(0, (int)Count).Sum(n => (long)At(n).GetValues().Length);

    public override IDataView View(MLContext context) => View(context, All(), Features);

    public override unsafe DataInMemory ToData()
    {
        var matrix = new SparseMatrix<float>((int)Count, Features, StoredEntries);
        long at = 0;
        for (var n = 0; n < Count; n++)
        {
            var document = At(n);
            var values = document.GetValues();
            values.CopyTo(new Span<float>(matrix.Values + at, values.Length));
            document.GetIndices().CopyTo(new Span<int>(matrix.ColumnIndices + at, values.Length));
            at += values.Length;
            matrix.RowStarts[n + 1] = at;
        }

        return new DataInMemory(null, matrix);
    }

    public override string ToString()
        => $"{Count} x {Features} sparse, {(double)StoredEntries / Count:F0} non-zeros a row";

    private static VBuffer<float> Document(Random random, int features)
    {
        var topic = random.Next(Topics);
        var counts = new SortedDictionary<int, float>();
        for (var i = 0; i < Words; i++)
        {
            // Every topic has the ranks in another order, half of the words are common to all.
            var word = (int)(features * Math.Pow(random.NextDouble(), 3));
            var at = i % 2 == 0 ? word : (int)((word * 7919L + (topic * 104_729L)) % features);
            counts[at] = counts.GetValueOrDefault(at) + 1;
        }

        return new VBuffer<float>(features, counts.Count, [.. counts.Values], [.. counts.Keys]);
    }

    private VBuffer<float> At(long n) => _pool[n * 1_000_003 % Pool];

    private IEnumerable<SparseRow> All()
    {
        var row = new SparseRow();
        for (long n = 0; n < Count; n++)
        {
            row.Features = At(n);
            yield return row;
        }
    }
}

/// <summary>Any number of rows of a low-rank matrix with noise, drawn from a pool: making one costs
/// next to nothing.</summary>
internal sealed class GeneratedRows : DenseRows
{
    private const int Pool = 2048;
    private const int Rank = 12;

    private readonly float[][] _pool;

    public GeneratedRows(long count, int features)
        : base(features)
    {
        Count = count;
        var random = new Random(7);
        var w = Enumerable.Range(0, features * Rank).Select(_ => Math.Pow(random.NextDouble(), 4)).ToArray();
        _pool = new float[Pool][];
        for (var n = 0; n < Pool; n++)
        {
            var h = Enumerable.Range(0, Rank).Select(_ => Math.Pow(random.NextDouble(), 4)).ToArray();
            _pool[n] = new float[features];
            for (var f = 0; f < features; f++)
            {
                var y = 0.01;
                for (var k = 0; k < Rank; k++)
                    y += w[(f * Rank) + k] * h[k];
                _pool[n][f] = (float)(y * (0.5 + random.NextDouble()));
            }
        }
    }

    public override long Count { get; }

    public override IEnumerable<DenseRow> All()
    {
        var row = new DenseRow();
        for (long n = 0; n < Count; n++)
        {
            row.Features = _pool[(n * 1_000_003) % Pool];
            yield return row;
        }
    }
}

/// <summary>Rows of float32 numbers, one after the other in a file.</summary>
internal sealed class FileRows(string path, int features) : DenseRows(features)
{
    public override long Count => new FileInfo(path).Length / (sizeof(float) * (long)Features);

    public override IEnumerable<DenseRow> All()
    {
        using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        var row = new DenseRow { Features = new float[Features] };
        for (long n = 0; n < Count; n++)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(row.Features.AsSpan()));
            yield return row;
        }
    }
}
