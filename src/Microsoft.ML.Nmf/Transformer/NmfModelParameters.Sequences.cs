using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    /// <summary>
    /// The components as known ones of another fit, semi-supervised: the first of its model, they stay as they are. Of
    /// a dynamical system with its transitions.
    /// </summary>
    public KnownComponents ToKnownComponents()
        => KnownComponents.FromDictionary(ToDictionary(), Sections.Find<DynamicalSystemSection>()?.ToTransitions());

    internal static NmfModelParameters FromSequences(
        SequenceNmfModel<float> model, SequenceNmfOptions options, int rows, string[]? featureNames,
        IModelSection section)
        => new(
            ComponentsOf(model.Dictionary), model.Dictionary.Columns, featureNames, [.. model.Report.History],
            [.. model.Contributions])
        {
            Beta = BetaDivergence.ItakuraSaito,
            Solver = NmfSolver.MajorizationMinimization,
            Scale = ComponentScale.UnitSum,
            TrainingRows = rows,
            Iterations = model.Report.Iterations,
            StopReason = model.Report.StopReason,
            Objective = model.Report.Objective,
            ExplainedPart = model.ExplainedPart,
            Inference = options.Inference,
            Sections = new ModelSections(section),
        };
}
