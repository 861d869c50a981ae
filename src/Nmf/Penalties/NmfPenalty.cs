using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>Which factor a penalty is about.</summary>
public enum PenalizedFactor
{
    /// <summary>H.</summary>
    Activations,

    /// <summary>W.</summary>
    Dictionary,
}

/// <summary>
/// A term added to the divergence: what is minimised is <c>D_β(V | WH)</c> plus the values of all penalties.
/// Weights are absolute: they are not multiplied by the number of samples or features, so they must grow with the
/// data to mean the same (D does).
/// </summary>
/// <remarks>
/// A penalty of the size of one factor alone can be had for nothing, by a small H and a large W. It is therefore
/// <em>scale-guarded</em>: it applies to the activations that go with dictionary columns of sum one, <c>s_k h_k</c>
/// with s_k = Σ_f w_fk, without constraining W; for a penalty of the dictionary the roles are exchanged. Marmin,
/// Goulart and Févotte, "Majorization-minimization for sparse nonnegative matrix factorization with the
/// β-divergence", 2023. Where both factors have an ℓ1 or ℓ2 penalty, there is nothing to guard and both apply to
/// the factors as they are.
/// </remarks>
public abstract record NmfPenalty
{
    private protected NmfPenalty(double weight) => Weight = weight;

    /// <summary>Weight λ, finite and at least 0.</summary>
    public double Weight { get; private protected init; }

    /// <summary>Whether the penalty applies to factors of fixed scale; null to decide by whether both factors have an
    /// ℓ1 or ℓ2 penalty. With false on one factor alone the objective has no minimum: the fit only stops.</summary>
    public bool? ScaleGuarded { get; init; }

    /// <summary>Whether the penalty bounds the size of a factor, and which.</summary>
    internal virtual PenalizedFactor? Bounds => null;

    /// <summary>Whether it makes the activations of a sample depend on those of its neighbours.</summary>
    internal virtual bool TiesSamples => false;

    /// <summary>Whether all that the penalty does by itself is to divide a factor by a number.</summary>
    internal virtual bool OnlyScales(double beta) => false;

    /// <summary>Whether it names components by their index, so that they must keep their order.</summary>
    internal virtual bool NamesComponents => false;

    /// <summary>Whether it is quadratic in the activations.</summary>
    internal virtual bool IsQuadratic => false;

    /// <summary>Whether it goes with β = 0 alone, and has an update of H of its own.</summary>
    internal virtual bool NeedsItakuraSaito => false;

    /// <summary>Whether it adds logarithms of entries of W.</summary>
    internal virtual bool HasLogarithms => false;

    /// <summary>Whether sums over samples are all that it needs of the data and of H.</summary>
    internal virtual bool GoesWithShards => !TiesSamples && !NeedsItakuraSaito && !HasLogarithms;

    /// <summary>The same penalty of factors and a divergence that were divided by powers of two.</summary>
    /// <param name="size">Exponent of what it is a penalty of: of the factor, or guarded of the data.</param>
    /// <param name="divergence">Exponent of the divergence.</param>
    internal abstract NmfPenalty InUnit(double size, double divergence);

    /// <summary>What <see cref="InUnit"/> has left out of the value, which is a constant.</summary>
    internal virtual double ConstantOf(double size, int samples) => 0;

    /// <summary>Whether the penalty, one of several, applies to factors of fixed scale.</summary>
    internal bool IsGuardedAmong(IReadOnlyList<NmfPenalty> penalties) => ScaleGuarded
        ?? !(penalties.Any(p => p.Bounds == PenalizedFactor.Activations)
            && penalties.Any(p => p.Bounds == PenalizedFactor.Dictionary));

    /// <summary>The penalty as a solver needs it, or null where it has an update of its own.</summary>
    /// <param name="guarded">Whether it applies to factors of fixed scale.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="samples">Number of samples.</param>
    internal abstract FactorPenalty<T>? CreateTerm<T>(bool guarded, int rank, int samples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Its own update of H, or null.</summary>
    internal virtual SmoothSweep<T>? CreateSweep<T>(Matrix<T> h)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => null;

    /// <summary>All options, for checkpoints.</summary>
    internal virtual string Describe()
        => $"{GetType().Name} {{ Weight = {Weight:R}, ScaleGuarded = {ScaleGuarded}";

    internal virtual void Validate(int rank, double beta)
        => Require(
            Weight >= 0 && double.IsFinite(Weight),
            $"The weight of the {Name} penalty is {Weight}. It must be finite and at least 0.");

    private protected string Name => GetType().Name.Replace("Penalty", "", StringComparison.Ordinal);

    private protected static void Require(bool condition, string message)
        => Option.Require(condition, nameof(BetaNmf.Penalties), message);
}
