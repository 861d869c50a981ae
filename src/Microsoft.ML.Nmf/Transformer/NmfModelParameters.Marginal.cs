using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    internal static NmfModelParameters FromMarginal(
        MarginalLikelihoodModel<float> model, NmfData<float> data, string[]? featureNames,
        MissingValues missing)
    {
        var report = model.Report!;
        var measure = new BetaMeasure(MarginalSection.BetaOf(model.Options.Noise));
        var prior = new MarginalSection(model.Options.Noise, model.Shape, model.Options.Rank, [.. model.Rates]);
        using var team = new WorkTeam(model.Options.Threads ?? Environment.ProcessorCount);
        var divergence = data.CreatePass(model.Rank, measure, team).Objective(
            model.Dictionary, model.Activations!.Mean);
        return new(
            ComponentsOf(model.Dictionary), model.Rank, featureNames, [.. report.History], [.. model.Shares])
        {
            Beta = measure.BetaOrNull!.Value,
            Solver = NmfSolver.MajorizationMinimization,
            Scale = ComponentScale.UnitSum,
            TrainingRows = data.Samples,
            Iterations = report.Iterations,
            StopReason = report.StopReason,
            Objective = divergence,
            ExplainedPart = ConstantModel.ExplainedPart(data, measure, divergence),
            Inference = model.Options.Inference,
            Sections = new ModelSections(missing == MissingValues.NaN
                ? [prior, new MissingEntriesSection(missing, AbsentEntries.Zero, null)] : [prior]),
        };
    }
}
