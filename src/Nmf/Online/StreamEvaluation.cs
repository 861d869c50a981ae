using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The last pass of a fit to a stream: objective, explained part and contributions of the
/// dictionary found.</summary>
internal static class StreamEvaluation
{
    // Not one of the passes of the fit, which are counted from 1.
    private const int Pass = 0;

    public static NmfModel<T> Finish<T>(
        StreamParts<T> parts, OnlineNmf<T> learner, StreamFitState state, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var options = learner.Options;
        var usage = new double[options.Rank];
        var (objective, constant) = Measure(parts, learner, state, usage, cancellationToken);
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
        StreamParts<T> parts, OnlineNmf<T> learner, StreamFitState state, double[] usage,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mean = Math.ScaleB(
            state.Sum / ((double)state.Samples!.Value * parts.Features), -learner.Unit.Exponent);
        double objective = 0, constant = 0;
        long samples = 0;
        for (var round = 0L; ; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var figures = learner.Evaluate(parts, Pass, round, mean, usage);
            if (figures.Parts == 0)
                break;
            objective += figures.Cost;
            constant += figures.Constant;
            samples += figures.Samples;
        }

        StreamFit.RequireSamples(state, samples);

        // Constant data are explained by any fit; what is left of their objective is rounding.
        var rounding = 1e-6 * samples * parts.Features * Math.Pow(mean, learner.Options.Beta)
            * (typeof(T) == typeof(float) ? 1 : 1e-6);
        return (objective, constant > rounding ? constant : 0);
    }
}
