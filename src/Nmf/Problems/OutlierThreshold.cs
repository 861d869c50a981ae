using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// λ of an outlier term from the data: a multiple of what a fit usually leaves over, in the quantity that λ is compared
/// with. For samples that is the median of the length of (y^(β-2) (v - y))₊, for entries the median of what of it is
/// positive: outliers, as long as they are fewer than half, do not move it. They bend a plain fit, which then leaves
/// more of all samples, so the median is taken again after a fit with the λ found from that. What this fit has found is
/// a good start: the smaller λ is, the longer takes the way from a random one.
/// </summary>
internal sealed class OutlierThreshold<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Chosen by `perf/Nmf.Benchmarks -- outliers` (docs/math.md).
    private const double OfSamples = 2;
    private const double OfEntries = 4;
    private const int Rounds = 1;

    // Of a fit that is to give a median.
    private const int FewestIterations = 100;
    private const int MostIterations = 500;

    // Exact data leave rounding over, of which nothing is an outlier.
    private const double Least = 1e-6;

    private const int RowsOfBlock = 64;

    private readonly NmfData<T> _data;
    private readonly NmfModel<T> _model;
    private readonly RobustNmf _problem;
    private readonly double[] _lengths;
    private readonly double[] _sizes;
    private readonly List<double>[] _positive;

    private OutlierThreshold(NmfData<T> data, NmfModel<T> model, RobustNmf problem)
    {
        (_data, _model, _problem) = (data, model, problem);
        (_lengths, _sizes) = (new double[data.Samples], new double[data.Samples]);
        _positive = [.. Enumerable.Range(0, Blocks).Select(_ => new List<double>())];
    }

    private bool IsForSamples => _problem.Kind == OutlierKind.Samples;

    private int Blocks => (int)((_data.Samples + (RowsOfBlock - 1L)) / RowsOfBlock);

    /// <summary>λ for data in the unit of a fit, and factors to start from.</summary>
    /// <exception cref="NmfNumericalException">Half of the samples are where the model is zero.</exception>
    public static (double Lambda, NmfStart<T> Start) Estimate(
        NmfData<T> data, RobustNmf problem, NmfOptions fit, WorkTeam team, CancellationToken cancellationToken)
        => Estimate(
            data, problem, fit, team, problem.Kind == OutlierKind.Samples ? OfSamples : OfEntries, Rounds,
            cancellationToken);

    /// <inheritdoc cref="Estimate(NmfData{T}, RobustNmf, NmfOptions, WorkTeam, CancellationToken)"/>
    /// <param name="data">Data.</param>
    /// <param name="problem">Kind of outliers and β.</param>
    /// <param name="fit">Rank and seed.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="factor">λ over the median.</param>
    /// <param name="rounds">How often the median is taken again, from a fit with the λ found.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    internal static (double Lambda, NmfStart<T> Start) Estimate(
        NmfData<T> data, RobustNmf problem, NmfOptions fit, WorkTeam team, double factor, int rounds,
        CancellationToken cancellationToken)
    {
        double lambda = 0;
        NmfModel<T> model = null!;
        for (var round = 0; round <= rounds; round++)
        {
            model = NmfFactorizer.Fit(
                data, fit with
                {
                    Problem = round == 0 ? new BetaNmf(problem.Beta)
                        : problem with { Lambda = lambda, Annealing = null },
                    Solver = NmfSolver.Auto, Initialization = NmfInitialization.Random, Starts = 1,
                    Iterations = fit.Iterations with
                    {
                        MaximumIterations = Math.Clamp(
                            fit.Iterations.MaximumIterations, FewestIterations, MostIterations),
                    },
                }, cancellationToken: cancellationToken);
            var work = new OutlierThreshold<T>(data, model, problem);
            team.Run(work, work.Blocks);
            lambda = work.Lambda(factor);
        }

        return (lambda, new NmfStart<T>(model.Dictionary, model.Activations));
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = (int)long.Min(_data.Samples, (block + 1L) * RowsOfBlock);
        for (var n = block * RowsOfBlock; n < end; n++)
        {
            ReadOnlySpan<T> h = _model.Activations.Row(n);
            double length = 0, size = 0;
            var values = _data.Dense is { } dense ? dense.Row(n) : _data.Sparse!.RowValues(n);
            for (var j = 0; j < values.Length; j++)
            {
                // Where v is zero the model is above it.
                var v = double.CreateTruncating(values[j]);
                if (v == 0)
                    continue;
                var feature = _data.Dense is null ? _data.Sparse!.RowIndices(n)[j] : j;
                var y = double.CreateTruncating(TensorPrimitives.Dot(_model.Dictionary.Row(feature), h));
                var scale = Math.Pow(v, _problem.Beta - 1);
                size += IsForSamples ? scale * scale : scale;
                if (v <= y)
                    continue;
                var excess = (v - y) * (_problem.Beta == 2 ? 1 : Math.Pow(y, _problem.Beta - 2));
                length += excess * excess;
                if (!IsForSamples)
                    _positive[block].Add(excess);
            }

            _lengths[n] = Math.Sqrt(length);
            _sizes[n] = IsForSamples ? Math.Sqrt(size) : size / Math.Max(1, values.Length);
        }
    }

    private double Lambda(double factor)
    {
        var usual = Median(IsForSamples ? _lengths : [.. _positive.SelectMany(part => part)]);
        var lambda = factor * Math.Max(usual, Least * Median(_sizes));
        return lambda > 0 && double.IsFinite(lambda) ? lambda : throw new NmfNumericalException(
            "The lambda of the outlier term cannot be chosen from these data: the median of what a plain fit leaves is "
            + $"{usual}. Set Lambda.");
    }

    private static double Median(double[] values)
    {
        if (values.Length == 0)
            return 0;
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
