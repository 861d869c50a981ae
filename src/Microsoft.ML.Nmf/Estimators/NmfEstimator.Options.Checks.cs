using Microsoft.ML.Runtime;
using Nmf;
using Nmf.Kernels;

namespace Microsoft.ML.Transforms;

public sealed partial class NmfEstimator
{
    // What the options must be, in the words of ML.NET's users.
    public sealed partial class Options
    {
        internal Options Validated(IExceptionContext context)
        {
            context.CheckNonWhiteSpace(OutputColumnName, nameof(OutputColumnName));
            context.CheckUserArg(
                InputColumnName is null || !string.IsNullOrWhiteSpace(InputColumnName),
                nameof(InputColumnName), "The name of the input column must not be empty.");
            context.CheckUserArg(
                ReconstructionColumnName is null || !string.IsNullOrWhiteSpace(ReconstructionColumnName),
                nameof(ReconstructionColumnName), "The name of the reconstruction column must not be empty.");
            context.CheckUserArg(
                ReconstructionColumnName != OutputColumnName,
                nameof(ReconstructionColumnName),
                "The reconstruction column must have another name than the output column.");
            context.CheckUserArg(
                ImputedColumnName is null || !string.IsNullOrWhiteSpace(ImputedColumnName),
                nameof(ImputedColumnName), "The name of the imputed column must not be empty.");
            context.CheckUserArg(
                ImputedColumnName is null
                || (ImputedColumnName != OutputColumnName && ImputedColumnName != ReconstructionColumnName),
                nameof(ImputedColumnName), "The imputed column must have another name than the other output columns.");
            context.CheckUserArg(
                Enum.IsDefined(MissingValues), nameof(MissingValues),
                $"There is no meaning {MissingValues} of missing values.");
            context.CheckUserArg(
                Enum.IsDefined(AbsentEntries), nameof(AbsentEntries),
                $"There is no meaning {AbsentEntries} of absent entries.");
            context.CheckUserArg(
                ImputedColumnName is null || HasMissingEntries,
                nameof(ImputedColumnName),
                "The imputed column fills in missing entries, but the options say that there are none: "
                    + "set MissingValues to NaN or AbsentEntries to Missing.");
            context.CheckUserArg(
                !HasMissingEntries || Solver == NmfSolver.Auto || Solver.SupportsWeights(),
                nameof(Solver),
                $"The solver {Solver} needs every entry: it cannot leave missing ones out. "
                + "Choose Auto or a multiplicative update.");
            context.CheckUserArg(
                ExampleWeightColumnName is null || !string.IsNullOrWhiteSpace(ExampleWeightColumnName),
                nameof(ExampleWeightColumnName), "The name of the column of weights must not be empty.");
            context.CheckUserArg(
                ExampleWeightColumnName is null || Solver == NmfSolver.Auto || Solver.SupportsWeights(),
                nameof(Solver),
                $"The solver {Solver} gives every row the same weight. Choose Auto or a multiplicative update.");
            CheckOutlierColumns(context);
            CheckAbundances(context);
            CheckKnownComponents(context);
            var isWeighted = HasMissingEntries || ExampleWeightColumnName is not null;
            context.CheckUserArg(
                !isWeighted || Measure is null, nameof(Measure),
                $"Missing entries and weights of rows go with beta-divergences, not with {Measure}.");
            context.CheckUserArg(
                !isWeighted || Outliers is null, nameof(Outliers),
                "Missing entries and weights of rows do not go with an outlier term.");
            context.CheckUserArg(Rank > 0, nameof(Rank), "The rank must be greater than zero.");
            context.CheckUserArg(double.IsFinite(Beta), nameof(Beta), "Beta must be a finite number.");
            context.CheckUserArg(Enum.IsDefined(Solver), nameof(Solver), $"There is no solver {Solver}.");
            context.CheckUserArg(
                Solver.RequiredBeta() is not { } beta || beta == Beta,
                nameof(Solver),
                $"The solver {Solver} minimises the divergence with beta = {Solver.RequiredBeta()} only, "
                + $"not that with beta = {Beta}.");
            context.CheckUserArg(
                Enum.IsDefined(Initialization), nameof(Initialization),
                $"There is no initialization {Initialization}.");
            context.CheckUserArg(Enum.IsDefined(Scale), nameof(Scale), $"There is no scale convention {Scale}.");
            context.CheckUserArg(
                MaximumNumberOfIterations >= 0, nameof(MaximumNumberOfIterations),
                "The maximum number of iterations must not be negative.");
            context.CheckUserArg(Tolerance >= 0, nameof(Tolerance), "The tolerance must not be negative.");
            context.CheckUserArg(
                CheckpointPath is null || !string.IsNullOrWhiteSpace(CheckpointPath), nameof(CheckpointPath),
                "The path of the checkpoint must not be empty.");
            context.CheckUserArg(
                CheckpointInterval >= TimeSpan.Zero, nameof(CheckpointInterval),
                "The interval between checkpoints must not be negative.");
            context.CheckUserArg(
                NumberOfStarts > 0, nameof(NumberOfStarts), "The number of starts must be greater than zero.");
            context.CheckUserArg(
                NumberOfThreads is null or > 0, nameof(NumberOfThreads),
                "The number of threads must be greater than zero.");
            context.CheckUserArg(
                InferenceTolerance is > 0 and < double.PositiveInfinity, nameof(InferenceTolerance),
                "The inference tolerance must be greater than zero.");
            context.CheckUserArg(
                MaximumNumberOfInferenceIterations > 0,
                nameof(MaximumNumberOfInferenceIterations),
                "The maximum number of inference iterations must be greater than zero.");
            context.CheckUserArg(
                OnnxIterations is > 0 and <= NmfTransformer.MaximumOnnxIterations,
                nameof(OnnxIterations),
                $"The number of ONNX iterations must be between 1 and {NmfTransformer.MaximumOnnxIterations}.");
            context.CheckUserArg(Penalties is not null, nameof(Penalties), "The list of penalties must not be null.");
            // What the core asks beyond this, such as a solver that is made for one divergence.
            ToCore(seed: 0).Validate();
            var copy = (Options)MemberwiseClone();
            copy.Penalties = [.. Penalties!];
            copy.Endmembers = Endmembers?.Select(spectrum => (float[])spectrum.Clone()).ToArray();
            copy.KnownComponents = KnownComponents?.Select(component => (float[])component.Clone()).ToArray();
            return copy;
        }

        private void CheckAbundances(IExceptionContext context)
        {
            context.CheckUserArg(
                SeparableSearch is not { } search || Enum.IsDefined(search), nameof(SeparableSearch),
                $"There is no endmember search {SeparableSearch}.");
            context.CheckUserArg(
                SeparableSearch is null || (MaximumNumberOfIterations == 0 && Scale == ComponentScale.None),
                nameof(SeparableSearch),
                "Components that are rows of the input are not improved or scaled: "
                + "set MaximumNumberOfIterations to 0 and Scale to None, or use SeparableNmf.");
            context.CheckUserArg(
                SeparableSearch is null || (Endmembers is null && InitialModel is null
                    && !HasMissingEntries && ExampleWeightColumnName is null), nameof(SeparableSearch),
                "An endmember search goes with complete rows of equal weight, "
                + "and without given endmembers or an initial model.");
            var isUnmixing = Abundances != AbundanceConstraint.None;
            context.CheckUserArg(
                !isUnmixing || (!HasMissingEntries && ExampleWeightColumnName is null), nameof(Abundances),
                "Abundances do not go with missing entries or weights of rows.");
            context.CheckUserArg(
                Endmembers is null || isUnmixing, nameof(Endmembers),
                "Endmembers go with abundances: set Abundances, or use HyperspectralUnmixing.");
            context.CheckUserArg(
                Endmembers is null || Endmembers.Count == Rank, nameof(Endmembers),
                $"There are {Endmembers?.Count} endmembers, but the rank is {Rank}.");
            context.CheckUserArg(
                Endmembers is null || InitialModel is null, nameof(Endmembers),
                "A fit starts from endmembers or from an initial model, not from both.");
            CheckValues(context, Endmembers, nameof(Endmembers), "Endmember");
        }

        private void CheckKnownComponents(IExceptionContext context)
        {
            context.CheckUserArg(
                KnownComponents is null || (KnownComponents.Count > 0 && KnownComponents.Count <= Rank),
                nameof(KnownComponents),
                $"There are {KnownComponents?.Count} known components, but the rank is {Rank}. "
                + "There must be at least one, and no more than the rank.");
            context.CheckUserArg(
                KnownComponents is null || (InitialModel is null && Endmembers is null && SeparableSearch is null),
                nameof(KnownComponents),
                "Known components do not go with an initial model, endmembers or a search for them.");
            CheckValues(context, KnownComponents, nameof(KnownComponents), "Known component");
        }

        private static void CheckValues(
            IExceptionContext context, IReadOnlyList<float[]>? components, string option, string what)
        {
            for (var k = 0; k < (components?.Count ?? 0); k++)
            {
                context.CheckUserArg(components![k] is not null, option, $"{what} {k} is null.");
                var at = Array.FindIndex(components[k], value => !(value >= 0 && float.IsFinite(value)));
                context.CheckUserArg(
                    at < 0, option,
                    $"{what} {k} holds {(at < 0 ? 0 : components[k][at])} at slot {at}. "
                    + "Its values must be finite and at least 0.");
            }
        }

        private void CheckOutlierColumns(IExceptionContext context)
        {
            foreach (var (name, option) in new[] { (OutlierScoreColumnName, nameof(OutlierScoreColumnName)),
                (OutlierColumnName, nameof(OutlierColumnName)) })
            {
                context.CheckUserArg(
                    name is null || !string.IsNullOrWhiteSpace(name), option,
                    "The name of an outlier column must not be empty.");
                context.CheckUserArg(
                    name is null || Outliers is not null, option,
                    "An outlier column needs an outlier term: set Outliers, or use RobustNmf.");
                context.CheckUserArg(
                    name is null || (name != OutputColumnName && name != ReconstructionColumnName), option,
                    "An outlier column must have another name than the other output columns.");
            }

            context.CheckUserArg(
                OutlierColumnName is null || OutlierColumnName != OutlierScoreColumnName, nameof(OutlierColumnName),
                "The two outlier columns must have different names.");
        }
    }
}
