using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>What a survey keeps of one fit: its figures, its dictionary, and the group of every
/// compared sample.</summary>
internal sealed class SurveyFit<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private SurveyFit(RankRun run, Matrix<T> dictionary, int[] groups, double? poissonFloor)
        => (Run, Dictionary, Groups, PoissonFloor) = (run, dictionary, groups, poissonFloor);

    public RankRun Run { get; }

    public Matrix<T> Dictionary { get; }

    /// <summary>For every compared sample the component that accounts for most of it, or -1 for a sample that the
    /// model leaves empty.</summary>
    public int[] Groups { get; }

    public double? PoissonFloor { get; }

    public static SurveyFit<T> Create(
        NmfData<T> data, NmfOptions options, int start, int starts, bool counts, int[] samples, RankJobs jobs,
        CancellationToken cancellationToken)
    {
        var model = Fit(data, options, start, starts, jobs.Of(options.Rank, 0, start), cancellationToken);
        var residual = ReconstructionQuality.ResidualSumOfSquares(
            data, model.Dictionary, model.Activations, options.Threads);
        var run = new RankRun(
            start,
            model.Objective,
            model.ExplainedPart,
            residual,
            1 - (residual / data.SumOfSquares),
            Sparseness.OfColumns(model.Dictionary),
            Sparseness.OfColumns(model.Activations),
            model.Report.Iterations,
            model.Report.StopReason);
        var groups = DominantComponents(model, samples);
        var floor = counts ? PoissonCounts.NoiseFloor(model) : (double?)null;
        jobs.Completed(options.Rank, 0, start, run.Iterations, run.Objective);
        return new SurveyFit<T>(run, model.Dictionary.Clone(), groups, floor);
    }

    private static NmfModel<T> Fit(
        NmfData<T> data, NmfOptions options, int start, int starts, IProgress<FitProgress>? progress,
        CancellationToken cancellationToken)
    {
        return starts > 1 ? RandomStarts.Fit(data, options, start, progress, cancellationToken)
            : NmfFactorizer.Fit(
                data, options with { Starts = 1 }, progress: progress, cancellationToken: cancellationToken);
    }

    // The amount that a component adds to a sample, h times the sum of its column of W, does not depend on how
    // the two share their scale.
    private static int[] DominantComponents(NmfModel<T> model, int[] samples)
    {
        var sizes = new double[model.Dictionary.Columns];
        FactorKernels.ColumnSums<T>(model.Dictionary, sizes);
        var groups = new int[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            var row = model.Activations.Row(samples[i]);
            double largest = 0;
            groups[i] = -1;
            for (var k = 0; k < row.Length; k++)
            {
                var amount = double.CreateTruncating(row[k]) * sizes[k];
                if (amount > largest)
                    (largest, groups[i]) = (amount, k);
            }
        }

        return groups;
    }
}
