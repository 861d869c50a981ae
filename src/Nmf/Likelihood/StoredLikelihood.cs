using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>How likely sparse counts are, by what is stored of every sample and the sum of its means.</summary>
/// <param name="data">Sparse data, absent entries being zeros.</param>
/// <param name="dictionary">W, features x rank.</param>
/// <param name="activations">H, samples x rank.</param>
/// <param name="noise">Noise that <see cref="NoiseModel.SumsZeros"/>.</param>
/// <param name="cancellationToken">Looked at for every sample.</param>
internal sealed class StoredLikelihood<T>(
    NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, NoiseModel noise,
    CancellationToken cancellationToken) : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int SamplesPerBlock = 64;

    private readonly double[] _sums = new double[dictionary.Columns];
    private readonly double[] _logs = new double[data.Samples];
    private readonly (double LogProbability, double Units)[] _units = new (double, double)[data.Samples];

    public LikelihoodResult Run(long? parameters, WorkTeam team)
    {
        FactorKernels.ColumnSums(dictionary, _sums);
        team.Run(this, (data.Samples + SamplesPerBlock - 1) / SamplesPerBlock);
        return new LikelihoodResult(
            noise, _logs, data.ObservedEntries, _units.Sum(u => u.LogProbability), _units.Sum(u => u.Units),
            parameters);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = Math.Min(data.Samples, (block + 1) * SamplesPerBlock);
        for (var n = block * SamplesPerBlock; n < end; n++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var h = activations.Row(n);
            ReadOnlySpan<T> stored = data.Sparse!.RowValues(n);
            var features = data.Sparse.RowIndices(n);
            var (values, means) = (new double[stored.Length], new double[stored.Length]);
            for (var j = 0; j < values.Length; j++)
            {
                values[j] = double.CreateTruncating(stored[j]);
                means[j] = double.CreateTruncating(TensorPrimitives.Dot<T>(h, dictionary.Row(features[j])));
            }

            double total = 0;
            for (var k = 0; k < _sums.Length; k++)
                total += double.CreateTruncating(h[k]) * _sums[k];
            _logs[n] = noise.LogDensityOfStored(values, means, total);
            _units[n] = noise.OfUnits(values, means, _logs[n], data.Features - values.Length);
        }
    }
}
