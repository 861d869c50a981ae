using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What can be said of data that are counts, as the Kullback-Leibler divergence takes them to be.</summary>
internal static class PoissonCounts
{
    private const int EntriesOfNoiseFloor = 1 << 14;

    /// <summary>Whether all entries are whole numbers, of a size at which others exist too.</summary>
    public static bool AreCounts<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var n = 0; n < data.Samples; n++)
        {
            foreach (var value in data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n))
            {
                if (!T.IsInteger(value) || double.CreateTruncating(value) > Largest<T>())
                    return false;
            }
        }

        return true;
    }

    /// <summary>Whether all observed entries are whole numbers, of a size at which others exist too.</summary>
    public static bool AreObservedCounts<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var n = 0; n < data.Samples; n++)
        {
            foreach (var value in data.Dense is { } dense ? dense.Row(n) : data.Sparse!.RowValues(n))
            {
                if (double.CreateTruncating(value) > Largest<T>())
                    return false;
            }
        }

        return NmfLikelihood.FirstObjection(data, new PoissonNoise()) is null;
    }

    // Every number above is whole: that says nothing.
    private static double Largest<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => 0.5 / double.CreateTruncating(T.BitIncrement(T.One) - T.One);

    /// <summary>The divergence per entry that counts with the means of the model would have from it; from entries drawn
    /// with replacement where there are many.</summary>
    public static double NoiseFloor<T>(NmfModel<T> model)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (samples, features) = (model.Activations.Rows, model.Dictionary.Rows);
        var all = (long)samples * features;
        var drawn = Math.Min(all, EntriesOfNoiseFloor);
        var random = new CounterRandom(model.Options.Seed, RandomStreams.NoiseFloorEntries);
        double sum = 0;
        for (long i = 0; i < drawn; i++)
        {
            var entry = drawn == all ? i : (long)(random.Uniform(i) * all);
            var mean = TensorPrimitives.Dot<T>(
                model.Activations.Row((int)(entry / features)), model.Dictionary.Row((int)(entry % features)));
            sum += Nmf.NoiseFloor.Poisson(Math.Max(0, double.CreateTruncating(mean)));
        }

        return sum / drawn;
    }
}
