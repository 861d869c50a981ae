using Nmf;
using Nmf.Kernels;

namespace DistributedScale;

/// <summary>Data in eight shards: "sparse" has 30,000 rows of 150 counts among 8,000 (4.5 million non-zeros), "dense"
/// is 10,000 x 2,000.</summary>
internal sealed class Planted : IShardSource
{
    public const int Shards = 8;

    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken) => new(Shards);

    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
        => new(address == "sparse" ? NmfData<float>.FromMatrix(Sparse(shard, shard + 1), isBatch: true)
            : NmfData<float>.FromMatrix(Dense(shard, shard + 1), isBatch: true));

    /// <summary>The first shards together.</summary>
    public static NmfData<float> First(string kind, int shards) => kind == "sparse"
        ? NmfData<float>.FromMatrix(Sparse(0, shards)) : NmfData<float>.FromMatrix(Dense(0, shards));

    public static int Features(string kind) => kind == "sparse" ? 8_000 : 2_000;

    /// <summary>Entries that the kernels visit: non-zeros, or all.</summary>
    public static long Entries(string kind) => kind == "sparse" ? 30_000 * 150 : 10_000 * 2_000;

    private static SparseMatrix<float> Sparse(int from, int to)
    {
        const int rows = 30_000, features = 8_000, perRow = 150;
        var (first, last) = (from * rows / Shards, to * rows / Shards);
        var starts = new long[last - first + 1];
        var indices = new int[(last - first) * perRow];
        var values = new float[indices.Length];
        for (var n = first; n < last; n++)
        {
            var random = new Random(n);
            var row = new HashSet<int>();
            while (row.Count < perRow)
                row.Add((int)(features * Math.Pow(random.NextDouble(), 2)));
            var sorted = row.Order().ToArray();
            for (var j = 0; j < perRow; j++)
            {
                indices[((n - first) * perRow) + j] = sorted[j];
                values[((n - first) * perRow) + j] = 1 + random.Next(4);
            }

            starts[n - first + 1] = (n - first + 1L) * perRow;
        }

        return SparseMatrix<float>.FromCsr(last - first, features, starts, indices, values);
    }

    private static Matrix<float> Dense(int from, int to)
    {
        const int rows = 10_000, features = 2_000;
        var (first, last) = (from * rows / Shards, to * rows / Shards);
        var matrix = new Matrix<float>(last - first, features);
        for (var n = first; n < last; n++)
        {
            var random = new Random(n);
            var row = matrix.Row(n - first);
            for (var f = 0; f < features; f++)
                row[f] = 0.1f + random.NextSingle();
        }

        return matrix;
    }
}
