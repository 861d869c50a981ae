using System.Numerics.Tensors;

namespace Nmf;

/// <summary>Sums of entries times the product of a row for each index, and what a core predicts of an entry.</summary>
/// <remarks>Entries come in the order of their indices, so that every mode but the last is contracted over runs: K for
/// each entry, K² for each run of the last mode, and so on.</remarks>
/// <param name="rows">A row for each index of each mode.</param>
internal sealed class CoreContraction(double[][][] rows)
{
    /// <summary>Σ value · row(i₁) ⊗ row(i₂) ⊗ …, over the entries that a visit adds.</summary>
    public double[] Sum(Action<Action<int[], double>> visit)
    {
        var (sums, current, isBegun) = (Levels(), new int[rows.Length], false);
        visit(Add);
        Flush(0);
        return sums[0];

        void Add(int[] indices, double value)
        {
            var changed = FirstChange(indices, current);
            if (isBegun && changed < rows.Length - 1)
                Flush(changed + 1);
            indices.CopyTo(current, 0);
            isBegun = true;
            TensorPrimitives.MultiplyAdd(rows[^1][indices[^1]], value, sums[^1], sums[^1]);
        }

        // Ends the runs of the modes from one on: their sums times the rows of the mode before go to its sums.
        void Flush(int from)
        {
            for (var n = rows.Length - 1; n > from - 1 && n > 0; n--)
            {
                var (run, row) = (sums[n], rows[n - 1][current[n - 1]]);
                for (var k = 0; k < row.Length; k++)
                {
                    var target = sums[n - 1].AsSpan(k * run.Length, run.Length);
                    TensorPrimitives.MultiplyAdd<double>(run, row[k], target, target);
                }

                Array.Clear(run);
            }
        }
    }

    /// <summary>What a core predicts of entries, to be asked in their order.</summary>
    public Func<int[], double> Predictor(double[] core)
    {
        var (rests, current, isBegun) = (Levels(), new int[rows.Length], false);
        core.CopyTo(rests[0], 0);
        return indices =>
        {
            for (var n = isBegun ? FirstChange(indices, current) : 0; n < rows.Length - 1; n++)
            {
                var (rest, row) = (rests[n + 1], rows[n][indices[n]]);
                Array.Clear(rest);
                for (var k = 0; k < row.Length; k++)
                    TensorPrimitives.MultiplyAdd(
                        rests[n].AsSpan(k * rest.Length, rest.Length), row[k], rest, rest);
            }

            indices.CopyTo(current, 0);
            isBegun = true;
            return TensorPrimitives.Dot<double>(rests[^1], rows[^1][indices[^1]]);
        };
    }

    // The first mode whose index is another one; the last when all others are the same.
    private int FirstChange(int[] indices, int[] current)
    {
        var changed = 0;
        while (changed < rows.Length - 1 && indices[changed] == current[changed])
            changed++;
        return changed;
    }

    // Level n runs over the modes n, n + 1, ….
    private double[][] Levels()
    {
        var levels = new double[rows.Length][];
        var size = 1;
        for (var n = rows.Length - 1; n >= 0; n--)
            levels[n] = new double[size *= rows[n][0].Length];
        return levels;
    }
}
