using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>A fitted smooth IS-NMF. Dictionary columns sum to one and components are sorted by contribution, unless some are fixed.</summary>
/// <remarks>Immutable; may be read from several threads.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class SmoothNmfModel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private SmoothNmfModel(SmoothNmfOptions options, NmfStart<T> factors, FitReport report)
    {
        (Options, Dictionary, Activations, Report) = (options, factors.Dictionary, factors.Activations!, report);
        Contributions = Components.Contributions(Dictionary, Activations);
    }

    /// <summary>The options of the fit; smoothness of their own in the order of the components of the model.</summary>
    public SmoothNmfOptions Options { get; }

    /// <summary>W, features x rank.</summary>
    public Matrix<T> Dictionary { get; }

    /// <summary>H, samples x rank, of the training data; positive.</summary>
    public Matrix<T> Activations { get; }

    /// <summary>How the fit went. The objective is <c>D_IS(V | WH) + Σ λ d_IS</c> of neighbours.</summary>
    public FitReport Report { get; }

    /// <summary>1 - D_IS(V | WH) / D_IS(V | c) with c the mean of the training data: 1 for an exact fit, 0 for a model as good as a constant.</summary>
    public double ExplainedPart { get; private init; }

    /// <summary>Share of each component in the sum of WH; they add up to one.</summary>
    public IReadOnlyList<double> Contributions { get; }

    /// <summary>Activations of new sequences: see <see cref="SmoothNmf.Infer"/>.</summary>
    /// <param name="data">samples x features.</param>
    /// <param name="sequences">Where sequences begin and end; null for one sequence.</param>
    /// <param name="cancellationToken">Looked at before every iteration.</param>
    /// <returns>samples x rank; the caller disposes it.</returns>
    public Matrix<T> Transform(NmfData<T> data, SequenceLayout? sequences = null, CancellationToken cancellationToken = default)
        => SmoothNmf.Infer(Dictionary, data, Options, sequences, cancellationToken);

    /// <summary>A filter that gives the activations of one frame after the other as they come.</summary>
    /// <param name="updates">Updates per frame.</param>
    public SmoothFilter<T> CreateFilter(int updates = 20) => new(Dictionary, Options.EffectiveSmoothness(), Options.Direction, updates);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dictionary.Dispose();
        Activations.Dispose();
    }

    internal static SmoothNmfModel<T> Create(SmoothNmfOptions options, NmfData<T> data, NmfStart<T> factors, FitReport report, WorkTeam team)
    {
        if (!options.HasFixedComponents)
        {
            // The penalty does not depend on the scale of a component.
            Components.Rescale(factors.Dictionary, factors.Activations!, ComponentScale.UnitSum);
            var order = Components.SortByContribution(factors.Dictionary, factors.Activations!);
            if (options.ComponentSmoothness is { } smoothness)
                options = options with { ComponentSmoothness = [.. order.Select(k => smoothness[k])] };
        }

        return new SmoothNmfModel<T>(options, factors, report)
        {
            ExplainedPart = SequenceFit.ExplainedPart(data, options.ToLoopOptions(), factors, team),
        };
    }
}
