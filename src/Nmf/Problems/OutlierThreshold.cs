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

    // A plain fit may have stayed in a poor minimum, in which more is left over: the one that leaves least is believed.
    private const int Starts = 3;

    // λ is to depend on the data, not on how long the fit that takes it is to run. Updates that multiply need more.
    private static readonly IterationOptions Plain = new() { MaximumIterations = 200, Tolerance = 1e-5 };
    private static readonly IterationOptions Robust = new() { MaximumIterations = 500, Tolerance = 1e-5 };

    // Exact data leave rounding over, of which nothing is an outlier.
    private const double Least = 1e-4;

    private const int RowsOfBlock = 64;

    private readonly NmfData<T> _data;
    private readonly NmfStart<T> _model;
    private readonly RobustNmf _problem;
    private readonly double[] _lengths;
    private readonly double[] _sizes;
    private readonly List<double>[] _positive;

    private OutlierThreshold(NmfData<T> data, NmfStart<T> model, RobustNmf problem)
    {
        (_data, _model, _problem) = (data, model, problem);
        (_lengths, _sizes) = (new double[data.Samples], new double[data.Samples]);
        _positive = [.. Enumerable.Range(0, Blocks).Select(_ => new List<double>())];
    }

    private bool IsForSamples => _problem.Kind == OutlierKind.Samples;

    private int Blocks => (int)((_data.Samples + (RowsOfBlock - 1L)) / RowsOfBlock);

    /// <summary>λ for data in the unit of a fit, and factors to start from.</summary>
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
    /// <param name="rounds">How often the median is taken again, from fits with the λ found.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    internal static (double Lambda, NmfStart<T> Start) Estimate(
        NmfData<T> data, RobustNmf problem, NmfOptions fit, WorkTeam team, double factor, int rounds,
        CancellationToken cancellationToken)
    {
        var lambda = double.PositiveInfinity;
        NmfStart<T>? best = null;
        for (var round = 0; round <= rounds; round++)
        {
            NmfProblem inRound = round == 0 ? new BetaNmf(problem.Beta)
                : problem with { Lambda = lambda, Annealing = null };
            var options = fit with
            {
                Problem = inRound, Solver = NmfSolver.Auto, Initialization = NmfInitialization.Random,
            };
            options = options with { Solver = options.EffectiveSolverFor(data) };
            var lowest = double.PositiveInfinity;
            for (var start = 0; start < Starts; start++)
            {
                var solver = Solver<T>.Create(
                    data, options, inRound.CreateStart(data, options, start, team, cancellationToken), team);
                var report = FitLoop.Run(
                    solver, round == 0 ? Plain : Robust, null, cancellationToken);
                var work = new OutlierThreshold<T>(data, solver.Factors, problem);
                team.Run(work, work.Blocks);

                // Once outliers have taken what was to be explained, more is left over, not less: λ only falls.
                var (usual, least) = (work.Usual, Least * Median(work._sizes));
                lambda = Math.Min(lambda, factor * Math.Max(usual, least));
                if (report.Objective < lowest || best is null)
                    (lowest, best) = (report.Objective, solver.Factors);

                // Data of an exact model, which this is.
                if (usual < least)
                    return (lambda, solver.Factors);
            }
        }

        return (lambda, best!);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var end = (int)long.Min(_data.Samples, (block + 1L) * RowsOfBlock);
        for (var n = block * RowsOfBlock; n < end; n++)
        {
            ReadOnlySpan<T> h = _model.Activations!.Row(n);
            var (length, sum, count) = (0.0, 0.0, 0);
            var values = _data.Dense is { } dense ? dense.Row(n) : _data.Sparse!.RowValues(n);
            for (var j = 0; j < values.Length; j++)
            {
                // Where v is zero the model is above it.
                var v = double.CreateTruncating(values[j]);
                if (v == 0)
                    continue;
                (sum, count) = (sum + v, count + 1);
                var feature = _data.Dense is null ? _data.Sparse!.RowIndices(n)[j] : j;
                var y = double.CreateTruncating(TensorPrimitives.Dot(_model.Dictionary.Row(feature), h));
                if (v <= y)
                    continue;
                y = Math.Max(y, Least * v);
                var excess = (v - y) * (_problem.Beta == 2 ? 1 : Math.Pow(y, _problem.Beta - 2));
                length += excess * excess;
                if (!IsForSamples)
                    _positive[block].Add(excess);
            }

            // A sample of nothing tells nothing.
            (_lengths[n], _sizes[n]) = (double.NaN, double.NaN);
            if (count > 0)
                (_lengths[n], _sizes[n]) = (Math.Sqrt(length),
                    Math.Pow(sum / count, _problem.Beta - 1) * (IsForSamples ? Math.Sqrt(count) : 1));
        }
    }

    // What is usually left over.
    private double Usual => Median(IsForSamples ? _lengths : [.. _positive.SelectMany(part => part)]);

    private static double Median(double[] values)
    {
        double[] known = [.. values.Where(value => !double.IsNaN(value))];
        Array.Sort(known);
        return known.Length == 0 ? 0 : known[known.Length / 2];
    }
}
