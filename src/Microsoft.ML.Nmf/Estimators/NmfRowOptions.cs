using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>What the options of the estimators have in common that give an <see cref="NmfTransformer"/>.</summary>
public abstract class NmfRowOptions : NmfFitOptions
{
    private protected NmfRowOptions()
    {
    }

    /// <summary>
    /// Name of a second output column for the approximation W h of each row (a vector like the input, with its slot
    /// names), or null for none. It does not depend on <see cref="NormalizeOutput"/>.
    /// </summary>
    public string? ReconstructionColumnName { get; set; }

    /// <summary>Whether the activations of a row are divided by their sum, so that they are shares; a row of
    /// zeros stays zero.</summary>
    public bool NormalizeOutput { get; set; }

    /// <summary>Where the factors start.</summary>
    public NmfInitialization Initialization { get; set; }

    /// <summary>How the scale that dictionary and activations share is fixed.</summary>
    public ComponentScale Scale { get; set; }

    /// <summary>A model whose dictionary the fit starts from, for instance one that was loaded, or null. It must have
    /// the same rank and features.</summary>
    public NmfModelParameters? InitialModel { get; set; }

    /// <summary>Most iterations into which inference is unrolled when the model is exported to ONNX, which has no
    /// stopping rule.</summary>
    public int OnnxIterations { get; set; } = 200;

    /// <summary>The output columns in the order of <see cref="NmfTransformer"/>.</summary>
    internal string[] OutputColumnNames
        => [OutputColumnName, .. FurtherOutputs.Select(column => column.Name).OfType<string>()];

    private protected override IEnumerable<(string Option, string? Name, string What)> FurtherOutputs
        => [(nameof(ReconstructionColumnName), ReconstructionColumnName, "reconstruction column")];

    private protected override void Check(IExceptionContext context) => context.CheckUserArg(
        OnnxIterations is > 0 and <= NmfTransformer.MaximumOnnxIterations, nameof(OnnxIterations),
        $"The number of ONNX iterations must be between 1 and {NmfTransformer.MaximumOnnxIterations}.");

    /// <summary>Requires a model that the fit starts from to have the rank and the features.</summary>
    internal void RequireMatch(IHost host, NmfModelParameters? initial, ColumnGuard guard)
    {
        if (initial is null)
            return;
        host.CheckUserArg(
            initial.Rank == Rank, nameof(InitialModel),
            $"The initial model has rank {initial.Rank}, but the rank asked for is {Rank}. They must be the same.");
        guard.RequireFeaturesOf(initial, nameof(InitialModel), "initial model");
    }
}
