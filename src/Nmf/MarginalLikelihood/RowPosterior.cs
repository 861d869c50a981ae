using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The distribution of the activations of one sample, for a dictionary that is known.</summary>
/// <remarks>Immutable: any number of threads may use one, each with scratch of its own.</remarks>
/// <param name="rank">Number of components.</param>
internal abstract class RowPosterior(int rank)
{
    public int Rank { get; } = rank;

    /// <summary>How much scratch a row needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>Solves one row.</summary>
    /// <param name="features">Indices of the values, or empty for all features in order.</param>
    /// <param name="values">The sample; features without an index are zero, and NaN is missing.</param>
    /// <param name="mean">Receives E[h].</param>
    /// <param name="deviation">Receives the standard deviations.</param>
    /// <param name="scratch">Memory, whatever it holds.</param>
    /// <returns>A lower bound of log p(v | W).</returns>
    public abstract double Solve(
        ReadOnlySpan<int> features, ReadOnlySpan<double> values, Span<double> mean, Span<double> deviation,
        Span<double> scratch);

    /// <summary>Solves all samples.</summary>
    public ActivationPosterior<T> SolveAll<T>(NmfData<T> data, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var work = new AllRows<T>(this, data, team.Threads, cancellationToken);
        team.Run(work, (data.Samples + AllRows<T>.RowsOfBlock - 1) / AllRows<T>.RowsOfBlock);
        return new ActivationPosterior<T>(work.Mean, work.Deviation, work.LogLikelihood);
    }

    /// <summary>Σ x y in an order that depends on the length alone.</summary>
    private protected static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var sum = Vector<double>.Zero;
        var k = 0;
        for (; k + Vector<double>.Count <= x.Length; k += Vector<double>.Count)
            sum += new Vector<double>(x[k..]) * new Vector<double>(y[k..]);
        var rest = Vector.Sum(sum);
        for (; k < x.Length; k++)
            rest += x[k] * y[k];
        return rest;
    }

    private sealed class AllRows<T> : IBlockWork
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public const int RowsOfBlock = 16;

        private readonly RowPosterior _posterior;
        private readonly NmfData<T> _data;
        private readonly CancellationToken _cancellationToken;
        private readonly (double[] Values, double[] Mean, double[] Deviation, double[] Scratch)[] _memory;

        public AllRows(RowPosterior posterior, NmfData<T> data, int threads, CancellationToken cancellationToken)
        {
            (_posterior, _data, _cancellationToken) = (posterior, data, cancellationToken);
            var rank = posterior.Rank;
            (Mean, Deviation) = (new Matrix<T>(data.Samples, rank), new Matrix<T>(data.Samples, rank));
            LogLikelihood = new double[data.Samples];
            _memory = [.. Enumerable.Range(0, threads).Select(_ => (new double[data.Features], new double[rank],
                new double[rank], new double[posterior.ScratchLength]))];
        }

        public Matrix<T> Mean { get; }

        public Matrix<T> Deviation { get; }

        public double[] LogLikelihood { get; }

        public void Run(int block, int worker)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var (memory, mean, deviation, scratch) = _memory[worker];
            var end = int.Min(_data.Samples, (block + 1) * RowsOfBlock);
            for (var n = block * RowsOfBlock; n < end; n++)
            {
                ReadOnlySpan<T> row = _data.Dense is { } dense ? dense.Row(n) : _data.Sparse!.RowValues(n);
                ReadOnlySpan<int> features = _data.Dense is null ? _data.Sparse!.RowIndices(n) : [];
                var values = memory.AsSpan(0, row.Length);
                TensorPrimitives.ConvertTruncating(row, values);
                if (_data.Dense is null && _data.HasMissingEntries)
                {
                    // What is absent is missing, not zero.
                    values = memory;
                    values.Fill(double.NaN);
                    for (var j = 0; j < row.Length; j++)
                        values[features[j]] = double.CreateTruncating(row[j]);
                    features = [];
                }

                LogLikelihood[n] = _posterior.Solve(features, values, mean, deviation, scratch);
                TensorPrimitives.ConvertTruncating<double, T>(mean, Mean.Row(n));
                TensorPrimitives.ConvertTruncating<double, T>(deviation, Deviation.Row(n));
            }
        }
    }
}
