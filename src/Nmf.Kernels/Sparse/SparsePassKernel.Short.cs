namespace Nmf.Kernels;

// Rows of the factors that are a few vectors only.
internal unsafe partial class SparsePassKernel<TVector, TSimd, T>
{
    private double KullbackLeiblerOfShort(in SparseSide<T> side, int from, int to, T* negative, bool withObjective)
    {
        var ratios = stackalloc T[Chunk + Slack];
        long* starts = side.Starts, ends = side.Ends;
        var stride = side.Basis.Stride;
        double objective = 0;
        for (var i = from; i < to; i++)
        {
            if (!side.Continues)
                Zero(negative, stride, i);
            var step = withObjective ? Chunk : ends[i] - starts[i];
            for (var at = starts[i]; at < ends[i]; at += step)
            {
                var count = long.Min(step, ends[i] - at);
                ShortRows<TVector, TSimd, T>.Add(
                    side.Given + (i * stride), side.Basis, side.Data.ColumnIndices + at, side.Data.Values + at, count,
                    (side.IsBand ? ends[i] : side.Data.NonZeros) - at, Floor, negative + (i * stride),
                    withObjective ? ratios : null);
                if (withObjective)
                    objective += LogLikelihoodRatio(side.Data.Values + at, ratios, (int)count);
            }
        }

        return objective;
    }
}
