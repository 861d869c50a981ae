using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The last pass of a fit to a stream: objective, explained part and contributions of the dictionary found.</summary>
internal static class StreamEvaluation
{
    public static NmfModel<T> Finish<T>(INmfBatchSource<T> source, OnlineNmf<T> learner, StreamFitState state, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (options, dictionary) = (learner.Options, learner.CopyDictionary());
        try
        {
            using var sums = new Matrix<T>(1, options.Rank);
            Components.Rescale(dictionary, sums, options.Scale);
            var usage = new double[options.Rank];
            var (objective, constant) = Measure(source, learner, dictionary, state, usage, cancellationToken);
            for (var k = 0; k < usage.Length; k++)
                sums[0, k] = T.CreateSaturating(usage[k]);
            Components.SortByContribution(dictionary, sums);
            var report = new FitReport(state.History, state.Passes, state.Stopped!.Value).With([state.History[^1].Objective]);
            return NmfModel<T>.FromStream(
                options.ToModelOptions(), dictionary, report, objective, constant > 0 ? 1 - (objective / constant) : 1,
                Components.Contributions(dictionary, sums));
        }
        catch
        {
            dictionary.Dispose();
            throw;
        }
    }

    private static (double Objective, double Constant) Measure<T>(
        INmfBatchSource<T> source, OnlineNmf<T> learner, Matrix<T> dictionary, StreamFitState state, double[] usage, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (options, team) = (learner.Options, learner.Team);
        var mean = state.Sum / ((double)state.Samples!.Value * source.Features);
        using var rows = new RowSolver<T>(dictionary, options.Beta, options.InferenceTolerance, options.MaximumInferenceIterations);
        using var meanDictionary = Filled<T>(source.Features, mean);
        var batchUsage = new double[usage.Length];
        double objective = 0, constant = 0;
        long samples = 0;
        foreach (var batch in ReadAhead.Of(source.Read(options.BatchSize, 0, cancellationToken)))
        {
            using (batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var activations = Inference.Run(rows, batch, team, cancellationToken);
                using var pass = batch.CreatePass(options.Rank, options.Beta, team);
                objective += pass.Objective(dictionary, activations);
                FactorKernels.ColumnSums(activations, batchUsage);
                for (var k = 0; k < usage.Length; k++)
                    usage[k] += batchUsage[k];

                // A constant is a model of rank one.
                using var ones = Filled<T>(batch.Samples, 1);
                using var constantPass = batch.CreatePass(1, options.Beta, team);
                constant += constantPass.Objective(meanDictionary, ones);
                samples += batch.Samples;
            }
        }

        OnlineFactorizer.RequireSamples(state, samples);
        if (!double.IsFinite(objective))
            throw new NmfNumericalException($"The objective of the fitted dictionary is {objective}. Scale the data to a mean near 1, or use double precision.");

        // Constant data are explained by any fit; what is left of their objective is rounding.
        var rounding = 1e-6 * samples * source.Features * Math.Pow(mean, options.Beta) * (typeof(T) == typeof(float) ? 1 : 1e-6);
        return (objective, constant > rounding ? constant : 0);
    }

    private static Matrix<T> Filled<T>(int rows, double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var matrix = new Matrix<T>(rows, 1);
        for (var i = 0; i < rows; i++)
            matrix[i, 0] = T.CreateSaturating(value);
        return matrix;
    }
}
