namespace Nmf;

/// <summary>Which way round neighbouring activations are compared: the Itakura-Saito divergence is
/// not symmetric.</summary>
public enum SmoothnessDirection
{
    /// <summary><c>d_IS(h_{n-1} | h_n)</c>, the penalty of Févotte 2011.</summary>
    PreviousAgainstCurrent,

    /// <summary><c>d_IS(h_n | h_{n-1})</c>, the same penalty along reversed time: that of the nonnegative dynamical
    /// system with A = I.</summary>
    CurrentAgainstPrevious,
}

/// <summary>What smooth Itakura-Saito NMF fits and how.</summary>
public sealed record SmoothNmfOptions : SequenceNmfOptions
{
    /// <summary>
    /// Weight λ of the penalty, the same for all components, at least 0. It is compared with sums over all features: 1
    /// to 100 is the useful range for spectra. 0 is plain IS-NMF by majorisation-minimisation.
    /// </summary>
    public double Smoothness { get; init; } = 1;

    /// <summary>Weights λ_k of their own, one per component, or null for <see cref="Smoothness"/>: some components may
    /// hold long notes, others the beginnings of notes.</summary>
    public IReadOnlyList<double>? ComponentSmoothness { get; init; }

    /// <summary>Which way round neighbouring activations are compared.</summary>
    public SmoothnessDirection Direction { get; init; }

    /// <inheritdoc/>
    internal override void Validate()
    {
        RequireWeights(Smoothness, nameof(Smoothness), ComponentSmoothness, nameof(ComponentSmoothness), "smoothness");
        Option.Require(Enum.IsDefined(Direction), nameof(Direction), $"There is no smoothness direction {Direction}.");
        base.Validate();
    }

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts)
        .Add(nameof(Smoothness), Describe(EffectiveSmoothness()))
        .Add(nameof(Direction), Direction.ToString());

    internal double[] EffectiveSmoothness() => PerComponent(ComponentSmoothness, Smoothness);
}
