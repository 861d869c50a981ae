using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The last pass of a fit to a stream: objective, explained part and contributions of the
/// dictionary found.</summary>
internal static class StreamEvaluation
{
    public static NmfModel<T> Finish<T>(
        INmfBatchSource<T> source, OnlineNmf<T> learner, StreamFitState state, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var options = learner.Options;
        var usage = new double[options.Rank];
        var (objective, constant) = Measure(source, learner, state, usage, cancellationToken);
        var dictionary = learner.CopyDictionary();
        var sums = new Matrix<T>(1, options.Rank);
        for (var k = 0; k < usage.Length; k++)
            sums[0, k] = T.CreateSaturating(usage[k]);
        Components.Rescale(dictionary, sums, options.Scale);
        Components.SortByContribution(dictionary, sums);
        var report = new FitReport(state.History, state.Passes, state.Stopped!.Value)
            .With([state.History[^1].Objective]);
        return NmfModel<T>.FromStream(
            options.ToModelOptions(), dictionary, report, learner.Unit.CostOf(objective),
            constant > 0 ? 1 - (objective / constant) : 1,
            Components.Contributions(dictionary, sums));
    }

    private static (double Objective, double Constant) Measure<T>(
        INmfBatchSource<T> source, OnlineNmf<T> learner, StreamFitState state, double[] usage,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (options, team) = (learner.Options, learner.Team);
        var mean = Math.ScaleB(
            state.Sum / ((double)state.Samples!.Value * source.Features), -(learner.Unit.Exponent ?? 0));
        var meanDictionary = Filled<T>(source.Features, mean);
        double objective = 0, constant = 0;
        long samples = 0;
        foreach (var batch in ReadAhead.Of(source.Read(options.BatchSize, 0, cancellationToken)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var inUnit = learner.Unit.Apply(batch);
            objective += learner.Evaluate(inUnit, usage, cancellationToken);

            // A constant is a model of rank one.
            constant += inUnit.CreatePass(1, options.Beta, team).Objective(meanDictionary, Filled<T>(batch.Samples, 1));
            samples += batch.Samples;
            batch.GiveBack();
        }

        OnlineFactorizer.RequireSamples(state, samples);

        // Constant data are explained by any fit; what is left of their objective is rounding.
        var rounding =
            1e-6 * samples * source.Features * Math.Pow(mean, options.Beta) * (typeof(T) == typeof(float) ? 1 : 1e-6);
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
