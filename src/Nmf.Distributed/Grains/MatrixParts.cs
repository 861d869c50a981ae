using Nmf.Distributed.Messages;
using Nmf.Kernels;

namespace Nmf.Distributed.Grains;

/// <summary>Matrices in parts that fit into a message.</summary>
internal static class MatrixParts
{
    /// <summary>Cuts matrices into parts, each below a size.</summary>
    public static IEnumerable<MatrixPart> Cut(IReadOnlyList<Matrix<float>> matrices, int mostBytes)
    {
        for (var m = 0; m < matrices.Count; m++)
        {
            var matrix = matrices[m];
            var rows = RowsOf(matrix, mostBytes);
            for (var first = 0; first < matrix.Rows; first += rows)
            {
                var count = Math.Min(rows, matrix.Rows - first);
                yield return new MatrixPart(
                    m, matrix.Rows, first,
                    new MatrixRows(count == matrix.Rows ? matrix : matrix.RowsFrom(first, count)));
            }
        }
    }

    /// <summary>How many rows fit into a message.</summary>
    public static int RowsOf(Matrix<float> matrix, int mostBytes)
        => Math.Max(1, mostBytes / (sizeof(float) * Math.Max(1, matrix.Columns)));

    /// <summary>Size of matrices on the wire.</summary>
    public static long BytesOf(IEnumerable<Matrix<float>> matrices)
        => matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns * sizeof(float));

    /// <summary>Puts a part where it belongs.</summary>
    public static void CopyTo(this MatrixPart part, Matrix<float> whole)
    {
        for (var i = 0; i < part.Values.Rows; i++)
            part.Values.Row(i).CopyTo(whole.Row(part.First + i));
    }

    /// <summary>What of an answer fits into a message.</summary>
    public static ShardAnswer Answer(ShardSums<float> sums, int mostBytes)
    {
        var parts = new List<MatrixPart>();
        long bytes = 0;
        foreach (var part in Cut(sums.Matrices, mostBytes))
        {
            bytes += BytesOf([part.Values]);
            if (bytes > mostBytes && parts.Count > 0)
                break;
            parts.Add(part);
        }

        return new ShardAnswer(sums.Numbers, [.. parts]);
    }

    /// <summary>The sums of an answer, of which the parts that are missing are asked for.</summary>
    /// <param name="node">Who has answered.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="ask">The request.</param>
    public static async Task<ShardSums<float>> Complete(IShardNode node, ShardAnswer answer, ShardAsk ask)
    {
        var matrices = new Matrix<float>[ask.Shapes.Length / 2];
        for (var m = 0; m < matrices.Length; m++)
        {
            var index = m;
            var parts = answer.Parts.Where(part => part.Matrix == index).ToArray();
            if (parts.Length == 1 && parts[0].IsWhole)
            {
                matrices[m] = parts[0].Values;
                continue;
            }

            var (rows, columns) = (ask.Shapes[2 * m], ask.Shapes[(2 * m) + 1]);
            matrices[m] = new Matrix<float>(rows, columns);
            var next = 0;
            foreach (var part in parts)
            {
                part.CopyTo(matrices[m]);
                next = part.First + part.Values.Rows;
            }

            while (next < rows)
            {
                var count = Math.Min(RowsOf(matrices[m], ask.MostBytes), rows - next);
                (await node.Take(m, next, count)).CopyTo(matrices[m]);
                next += count;
            }
        }

        var sums = new ShardSums<float>(ask.Count, matrices);
        answer.Numbers.CopyTo(sums.Numbers, 0);
        return sums;
    }
}
