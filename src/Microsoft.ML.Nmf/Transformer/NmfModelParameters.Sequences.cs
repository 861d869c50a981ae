using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    internal static NmfModelParameters FromSequences(
        Matrix<float> dictionary,
        FitReport report,
        IReadOnlyList<double> contributions,
        double explainedPart,
        int rows,
        NmfOptions inference,
        string[]? featureNames,
        IModelSection section)
    {
        var (features, rank) = (dictionary.Rows, dictionary.Columns);
        var components = new float[(long)features * rank];
        for (var f = 0; f < features; f++)
        {
            var row = dictionary.Row(f);
            for (var k = 0; k < rank; k++)
                components[(k * features) + f] = row[k];
        }

        return new NmfModelParameters(components, rank, featureNames, [.. report.History], [.. contributions])
        {
            Beta = BetaDivergence.ItakuraSaito,
            Solver = NmfSolver.MajorizationMinimization,
            Scale = ComponentScale.UnitSum,
            TrainingRows = rows,
            Iterations = report.Iterations,
            StopReason = report.StopReason,
            Objective = report.Objective,
            ExplainedPart = explainedPart,
            InferenceTolerance = inference.Inference.Tolerance,
            MaximumInferenceIterations = inference.Inference.MaximumIterations,
            Sections = new ModelSections(section),
        };
    }

    internal Matrix<float> CopyDictionary() => ToDictionary();
}
