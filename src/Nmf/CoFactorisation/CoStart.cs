using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Random factors of several views: activations of a mean sample add up to one on average, columns of
/// dictionaries have the level of their view, so that the mean of the model is that of the data.</summary>
internal static class CoStart
{
    public static (Matrix<T>[] Dictionaries, Matrix<T> Activations) Random<T>(
        CoupledData<T>[] data, int rank, int seed, int start)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (random, offset) = (new CounterRandom(seed, start), 0L);
        var activations = Filled(data[0].Data.Samples, 1.0 / rank);
        var dictionaries = new Matrix<T>[data.Length];
        for (var v = 0; v < data.Length; v++)
        {
            dictionaries[v] = Filled(data[v].Data.Features, data[v].Level / data[v].Data.Features);
            var observed = data[v].Data.ObservedFeatures;
            for (var f = 0; observed is not null && f < observed.Length; f++)
            {
                if (!observed[f])
                    dictionaries[v].Row(f).Clear();
            }
        }

        return (dictionaries, activations);

        // Uniform on (0, 2] times the mean: positive.
        Matrix<T> Filled(int rows, double mean)
        {
            var factor = new Matrix<T>(rows, rank);
            for (var i = 0; i < rows; i++)
            {
                foreach (ref var entry in factor.Row(i))
                    entry = T.CreateChecked(2 * mean * (1 - random.Uniform(offset++)));
            }

            return factor;
        }
    }
}
