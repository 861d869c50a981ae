using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>What a fit to a stream of rows says before and after its passes.</summary>
internal sealed class OnlineFitMessages(IChannel channel, OnlineNmfOptions options)
{
    public void BeforeFit(ColumnGuard guard)
    {
        channel.Info(
            "Factorizing column '{0}' with {1} features in batches of {2} rows: rank {3}, beta {4}, update {5}, "
            + "at most {6} passes, seed {7}.", guard.Column, guard.Features, options.BatchSize, options.Rank,
            options.Beta, options.EffectiveUpdate, options.Passes, options.Seed);
    }

    public void AfterFit(NmfModel<float> model, long rows)
    {
        channel.Info(
            "Stopped after {0} passes over {1} rows ({2}): objective {3:G6}, explained part {4:0.####}, {5:0.###} s.",
            model.Report.Iterations, rows, model.Report.StopReason, model.Objective, model.ExplainedPart,
            model.Report.Elapsed.TotalSeconds);
        if (options.Passes > 1)
            FitMessages.WarnOfEnd(
                channel, model.Report.StopReason, model.Report.Iterations, options.Tolerance, "passes");
        var dead = model.Contributions.Count(share => share == 0);
        if (dead > 0)
            channel.Warning(
                "{0} of {1} components are zero: the data do not need them. Lower the rank.", dead, options.Rank);
    }
}
