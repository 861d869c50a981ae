using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace StreamingFit;

internal sealed class Row
{
    public float[] Features { get; set; } = [];
}

/// <summary>Rows as a data view that holds none of them.</summary>
internal abstract class Rows(int features)
{
    public int Features => features;

    public abstract long Count { get; }

    public IDataView View(MLContext context)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        definition[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        return context.Data.LoadFromEnumerable(All(), definition);
    }

    public abstract IEnumerable<Row> All();
}

/// <summary>Any number of rows of a low-rank matrix with noise, drawn from a pool: making one costs next to nothing.</summary>
internal sealed class GeneratedRows : Rows
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

    public override IEnumerable<Row> All()
    {
        var row = new Row();
        for (long n = 0; n < Count; n++)
        {
            row.Features = _pool[(n * 1_000_003) % Pool];
            yield return row;
        }
    }
}

/// <summary>Rows of float32 numbers, one after the other in a file.</summary>
internal sealed class FileRows(string path, int features) : Rows(features)
{
    public override long Count => new FileInfo(path).Length / (sizeof(float) * (long)Features);

    public override IEnumerable<Row> All()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        var row = new Row { Features = new float[Features] };
        for (long n = 0; n < Count; n++)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(row.Features.AsSpan()));
            yield return row;
        }
    }
}
