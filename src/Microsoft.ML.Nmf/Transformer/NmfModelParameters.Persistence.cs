using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfModelParameters
{
    private const double LargestShare = 1 + 1e-6;

    // *** Binary format ***
    // int: rank K; int: number of features F
    // double: beta; byte: solver; byte: scale
    // double: inference tolerance; int: maximum number of inference iterations
    // int: training rows; int: iterations; byte: stop reason; double: objective; double: explained part
    // int: points of history; for each: int: iteration, double: objective, long: elapsed ticks
    // K doubles: contributions
    // K x F floats: components, one after the other
    // byte: whether there are feature names; F strings
    // the sections (not in version 1 of NmfTransformer): what only some models have
    internal void Save(BinaryWriter writer)
    {
        writer.Write(Rank);
        writer.Write(FeatureCount);
        writer.Write(Beta);
        writer.Write((byte)Solver);
        writer.Write((byte)Scale);
        writer.Write(Inference.Tolerance);
        writer.Write(Inference.MaximumIterations);
        writer.Write(TrainingRows);
        writer.Write(Iterations);
        writer.Write((byte)StopReason);
        writer.Write(Objective);
        writer.Write(ExplainedPart);
        writer.Write(_history.Length);
        foreach (var point in _history)
        {
            writer.Write(point.Iteration);
            writer.Write(point.Objective);
            writer.Write(point.Elapsed.Ticks);
        }

        foreach (var share in _contributions)
            writer.Write(share);
        foreach (var weight in _components)
            writer.Write(weight);
        writer.WriteTexts(_featureNames);
        Sections.Save(writer);
    }

    internal static NmfModelParameters Load(CheckedReader reader, bool hasSections = true)
    {
        var rank = reader.ReadCount("rank", 1);
        var features = reader.ReadCount("number of features", 1);
        var beta = reader.ReadFinite("beta");
        var solver = reader.ReadEnum<NmfSolver>("solver");
        reader.Require(solver != NmfSolver.Auto, "solver");
        var scale = reader.ReadEnum<ComponentScale>("scale convention");
        var inferenceTolerance = reader.ReadFinite("inference tolerance", above: 0);
        var inferenceIterations = reader.ReadCount(
            "maximum number of inference iterations", 1, InferenceOptions.MostIterations);
        var trainingRows = reader.ReadCount("number of training rows", 0);
        var iterations = reader.ReadCount("number of iterations", 0);
        var stopReason = reader.ReadEnum<StopReason>("stop reason");
        var objective = reader.ReadFinite("objective");
        var explainedPart = reader.ReadFinite("explained part");
        var points = reader.ReadCount("length of the objective history", 1);
        var history = reader.ReadArray(
            "objective history", points, sizeof(int) + sizeof(double) + sizeof(long),
            r => new ObjectivePoint(r.ReadCount("iteration", 0), r.ReadFinite("objective"), r.ReadElapsed()));
        var contributions = reader.ReadArray(
            "contributions", rank, sizeof(double), r => r.ReadFinite("contribution", atLeast: 0, atMost: LargestShare));
        var components = reader.ReadNonnegativeSingles("dictionary", (long)rank * features);
        var names = reader.ReadTexts("feature names", features);
        var model = new NmfModelParameters(components, rank, names, history, contributions)
        {
            Beta = beta,
            Solver = solver,
            Scale = scale,
            Inference = new() { Tolerance = inferenceTolerance, MaximumIterations = inferenceIterations },
            TrainingRows = trainingRows,
            Iterations = iterations,
            StopReason = stopReason,
            Objective = objective,
            ExplainedPart = explainedPart,
        };
        if (hasSections)
            model.Sections = ModelSections.Load(reader, model);
        if (model.Sections.Find<AbundanceSection>()?.Problem(beta) is AbundanceNmf abundances)
            reader.Require(
                model.Penalty is null
                    || (abundances.Sum == AbundanceConstraint.Nonnegative && model.Penalty.IsLinear), "penalty");
        return model;
    }
}
