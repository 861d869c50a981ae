using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Makes the start that the options ask for. NNDSVD takes missing entries to be the mean of the observed ones
/// and does not see weights.</summary>
internal static class Initializer
{
    // In units of √(mean/K), the size of a factor entry: NNDSVD's usual fill, the mean of the
    // data, is in the wrong units.
    private const double AverageFill = 0.3;
    private const double RandomFill = 0.01;

    // A feature or sample with nothing larger than this, in means of the data, gets less of a fill: a component that
    // begins with weight where the data have none loses its activations in the first step, and with exact zeros never
    // has any again.
    private const double SmallFeature = 1.0 / (1 << 20);
    private const double LeastShare = 1e-12;

    /// <summary>Creates the factors of one start.</summary>
    /// <param name="data">Data.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="kind">What to start from; automatic is NNDSVD where the rank and the observed
    /// entries allow it.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="start">Number of the start; every start after the first is random.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="least">Of random entries in units of their mean, from 0 to 1.</param>
    /// <param name="beta">β for which a sketch is scaled.</param>
    /// <param name="cancellationToken">Looked at during a search for endmembers, between products with the
    /// data, and on a sketch.</param>
    /// <exception cref="ArgumentException">NNDSVD was asked for a rank that the data do not have.</exception>
    public static NmfStart<T> Create<T>(
        NmfData<T> data, int rank, NmfInitialization kind, int seed, int start, WorkTeam team, double least = 0,
        double? beta = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // The α-divergences and others without a β are like the one for β = 1 near the data.
        if (kind == NmfInitialization.Sketch)
        {
            return SketchStart.Create(
                data, rank, beta ?? BetaDivergence.KullbackLeibler, seed, start, team, cancellationToken);
        }

        var largest = Math.Min(data.Samples, data.Features);
        if (start > 0 || kind == NmfInitialization.ShortRuns)
            kind = NmfInitialization.Random;
        else if (kind == NmfInitialization.Auto)
            kind = rank <= largest && !IsMostlyMissing(data) ? NmfInitialization.Nndsvda : NmfInitialization.Random;
        if (kind is not (NmfInitialization.Random or NmfInitialization.SuccessiveProjection) && rank > largest)
        {
            throw new ArgumentException(
                $"A start by NNDSVD allows a rank of at most {largest}, the smaller of {data.Samples} samples and "
                + $"{data.Features} features, but the rank is {rank}. Lower the rank or choose a random start.");
        }

        var factorScale = Math.Sqrt(data.Mean / rank);
        var random = new CounterRandom(seed, start);
        switch (kind)
        {
            case NmfInitialization.Random:
                return RandomStart(data, rank, factorScale, least, random);
            case NmfInitialization.SuccessiveProjection:
                return ProjectionStart.Create(data, rank, random, team, cancellationToken);
            case NmfInitialization.Nndsvda:
                var averaged = Nndsvd.Create(data, rank, random, team, cancellationToken);
                FillZeros(data, averaged, _ => AverageFill * factorScale);
                return averaged;
            case NmfInitialization.Nndsvdar:
                var randomised = Nndsvd.Create(data, rank, random, team, cancellationToken);
                FillZeros(data, randomised, i => RandomFill * factorScale * (1 - random.Uniform(i)));
                return randomised;
            default:
                return Nndsvd.Create(data, rank, random, team, cancellationToken);
        }
    }

    // NNDSVD takes missing entries to be the mean of the others. Where they are the most, the mean is
    // nearly all that it sees.
    private static bool IsMostlyMissing<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => data.ObservedEntries < 0.5 * data.Samples * data.Features;

    private static NmfStart<T> RandomStart<T>(
        NmfData<T> data, int rank, double factorScale, double least, CounterRandom random)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Uniform on (least, 2 - least] times √(mean/K): strictly positive, and the mean of WH is the mean of the data.
        var w = new Matrix<T>(data.Features, rank);
        var h = new Matrix<T>(data.Samples, rank);
        FillRandom(w, factorScale, least, random, 0);
        FillRandom(h, factorScale, least, random, (long)data.Features * rank);
        return new NmfStart<T>(w, h);
    }

    /// <summary>Fills a factor, or some rows of it, with random numbers of a given mean.</summary>
    /// <param name="factor">The rows.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="least">The least of them in units of the mean.</param>
    /// <param name="random">The numbers.</param>
    /// <param name="offset">Index of the first: W begins at 0, H behind W.</param>
    public static void FillRandom<T>(
        Matrix<T> factor, double mean, double least, CounterRandom random, long offset)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < factor.Rows; i++)
        {
            var row = factor.Row(i);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.CreateChecked(mean * (least + (2 * (1 - least) * (1 - random.Uniform(offset++)))));
        }
    }

    private static void FillZeros<T>(NmfData<T> data, NmfStart<T> start, Func<long, double> value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (features, samples) = Largest(data);
        long index = 0;
        foreach (var (factor, largest) in new[] { (start.Dictionary, features), (start.Activations!, samples) })
        {
            for (var i = 0; i < factor.Rows; i++)
            {
                var share = Math.Clamp(
                    double.CreateTruncating(largest[i]) / (SmallFeature * data.Mean), LeastShare, 1);
                var row = factor.Row(i);
                for (var k = 0; k < row.Length; k++, index++)
                {
                    if (row[k] == T.Zero)
                        row[k] = T.CreateChecked(share * value(index));
                }
            }
        }
    }

    // The largest entry of every feature and of every sample; missing ones are the mean.
    private static (T[] Features, T[] Samples) Largest<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (features, samples) = (new T[data.Features], new T[data.Samples]);
        var copy = new T[data.Features];
        for (var n = 0; n < samples.Length; n++)
        {
            if (data.Sparse is { } sparse && !data.HasMissingEntries)
            {
                var values = sparse.RowValues(n);
                var indices = sparse.RowIndices(n);
                for (var j = 0; j < values.Length; j++)
                {
                    features[indices[j]] = T.Max(features[indices[j]], values[j]);
                    samples[n] = T.Max(samples[n], values[j]);
                }

                continue;
            }

            ReadOnlySpan<T> row = data.Dense is { } dense && !data.HasMissingEntries ? dense.Row(n) : copy;
            if (data.HasMissingEntries)
            {
                Array.Fill(copy, T.CreateChecked(data.Mean));
                data.CopyObserved(n, copy);
            }

            TensorPrimitives.Max(features, row, features);
            samples[n] = TensorPrimitives.Max(row);
        }

        return (features, samples);
    }
}
