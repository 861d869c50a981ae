using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// SNPA (Gillis 2014): repeatedly picks the sample with the largest residual <c>min ‖v - W h‖²</c> over h ≥ 0, Σ h ≤ 1, W being the samples picked before.
/// </summary>
internal static class SuccessiveNonnegativeProjection
{
    // A residual below this part of the largest sample is rounding.
    private const double Rounding = 1e-10;

    public static int[] Pick<T>(NmfData<T> data, int rank, bool normalize, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var samples = Samples(data, normalize);
        var residuals = new double[data.Samples];
        var work = new Residuals(samples, residuals);
        team.Run(work, work.Blocks);
        var negligible = (typeof(T) == typeof(float) ? 1e-8 : Rounding) * residuals.Max();
        var picked = new List<int>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var farthest = Farthest(residuals);
            if (residuals[farthest] <= negligible || picked.Contains(farthest))
                break;
            picked.Add(farthest);
            if (picked.Count == Math.Min(rank, data.Samples))
                break;
            using var w = new Matrix<double>(data.Features, picked.Count);
            for (var k = 0; k < picked.Count; k++)
            {
                for (var f = 0; f < w.Rows; f++)
                    w[f, k] = samples[picked[k], f];
            }

            using var h = new Matrix<double>(data.Samples, picked.Count);
            using var pass = new AbundancePass<double>(data.Features, picked.Count, AbundanceConstraint.SumToAtMostOne, team);
            pass.Solve(w, samples, h);
            work.Model = (w, h);
            team.Run(work, work.Blocks);
        }

        return [.. picked];
    }

    private static int Farthest(double[] residuals)
    {
        var best = 0;
        for (var n = 1; n < residuals.Length; n++)
            best = residuals[n] > residuals[best] ? n : best;
        return best;
    }

    // In double, dense: differences of nearly equal numbers decide.
    private static Matrix<double> Samples<T>(NmfData<T> data, bool normalize)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var samples = new Matrix<double>(data.Samples, data.Features);
        for (var n = 0; n < samples.Rows; n++)
        {
            var row = samples.Row(n);
            var values = data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n);
            var indices = data.Sparse is { } sparse ? sparse.RowIndices(n) : [];
            double sum = 0;
            for (var j = 0; j < values.Length; j++)
            {
                var value = double.CreateTruncating(values[j]);
                row[indices.IsEmpty ? j : indices[j]] = value;
                sum += value;
            }

            if (normalize && sum > 0)
                System.Numerics.Tensors.TensorPrimitives.Divide(row, sum, row);
        }

        return samples;
    }

    private sealed class Residuals(Matrix<double> samples, double[] residuals) : IBlockWork
    {
        private const int SamplesOfBlock = 64;

        public (Matrix<double> W, Matrix<double> H)? Model { get; set; }

        public int Blocks => (samples.Rows + SamplesOfBlock - 1) / SamplesOfBlock;

        void IBlockWork.Run(int block, int worker)
        {
            var to = Math.Min(samples.Rows, (block + 1) * SamplesOfBlock);
            for (var n = block * SamplesOfBlock; n < to; n++)
            {
                ReadOnlySpan<double> row = samples.Row(n);
                double sum = 0;
                for (var f = 0; f < row.Length; f++)
                {
                    var rest = row[f];
                    if (Model is { } model)
                        rest -= System.Numerics.Tensors.TensorPrimitives.Dot<double>(model.W.Row(f), model.H.Row(n));
                    sum += rest * rest;
                }

                residuals[n] = sum;
            }
        }
    }
}
