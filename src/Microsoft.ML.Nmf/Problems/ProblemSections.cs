using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What is stored of a problem beside its β: each kind has a section of its own, in a
/// file of its own.</summary>
internal interface IProblemSection : IModelSection
{
    /// <summary>The problem as far as inference needs it.</summary>
    /// <param name="beta">β of the model; 2 where another measure of fit takes its place.</param>
    NmfProblem Problem(double beta);

    /// <summary>Whether inference can be written as an ONNX graph.</summary>
    bool IsExported => false;
}

/// <summary>Which problems have a section; the others are known by their β.</summary>
internal static class ProblemSections
{
    private static readonly Dictionary<Type, Func<NmfEstimator.Options, NmfProblem, IProblemSection>> Writers = new()
    {
        [typeof(MeasureNmf)] = (options, _) => MeasureSection.Of(options),
        [typeof(RobustNmf)] = (options, problem) => OutlierSection.Of(options, (RobustNmf)problem),
        [typeof(AbundanceNmf)] = (_, problem) => AbundanceSection.Of((AbundanceNmf)problem),
    };

    /// <summary>The section of the problem of a fit, or null.</summary>
    /// <param name="options">Options of the estimator.</param>
    /// <param name="fitted">The problem with what the fit has decided.</param>
    public static IProblemSection? Of(NmfEstimator.Options options, NmfProblem fitted)
        => Writers.GetValueOrDefault(fitted.GetType())?.Invoke(options, fitted);
}
