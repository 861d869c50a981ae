using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>A fitted smooth IS-NMF. Dictionary columns sum to one and components are sorted by contribution, unless
/// some are fixed. The objective of the fit is <c>D_IS(V | WH) + Σ λ d_IS</c> of neighbours.</summary>
/// <remarks>Immutable; may be read from several threads.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class SmoothNmfModel<T> : SequenceNmfModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private SmoothNmfModel(SmoothNmfOptions options, NmfStart<T> factors, FitReport report)
        : base(factors, report) => Options = options;

    /// <summary>The options of the fit; smoothness of their own in the order of the components of the model.</summary>
    public SmoothNmfOptions Options { get; }

    /// <inheritdoc/>
    public override Matrix<T> Transform(
        NmfData<T> data, SequenceLayout? sequences = null, CancellationToken cancellationToken = default)
        => SmoothNmf.Infer(Dictionary, data, Options, sequences, cancellationToken);

    /// <summary>A filter that gives the activations of one frame after the other as they come.</summary>
    /// <param name="updates">Updates per frame.</param>
    public CausalFilter<T> CreateFilter(int updates = 20)
        => new SmoothFilter<T>(Dictionary, Options.EffectiveSmoothness(), Options.Direction, updates);

    internal static SmoothNmfModel<T> Create(
        SmoothNmfOptions options, NmfData<T> inUnit, FitUnit unit, NmfStart<T> factors, FitReport report, WorkTeam team)
    {
        var explainedPart = SequenceFit.ExplainedPart(inUnit, factors, team);

        // The penalty does not depend on the scale of a component.
        SequenceFit.Finish(unit, options, factors, isScaleFree: true);
        if (options.KnownCount == 0)
        {
            var order = Components.SortByContribution(factors.Dictionary, factors.Activations!);
            if (options.ComponentSmoothness is { } smoothness)
                options = options with { ComponentSmoothness = [.. order.Select(k => smoothness[k])] };
        }

        return new SmoothNmfModel<T>(options, factors, report)
        {
            ExplainedPart = explainedPart,
        };
    }
}
