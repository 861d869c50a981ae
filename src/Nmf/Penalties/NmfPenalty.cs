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
    public double Weight { get; }

    /// <summary>Whether the penalty applies to factors of fixed scale; null to decide by whether both factors have an
    /// ℓ1 or ℓ2 penalty. With false on one factor alone the objective has no minimum: the fit only stops.</summary>
    public bool? ScaleGuarded { get; init; }

    /// <summary>Whether the penalty bounds the size of a factor, and which.</summary>
    internal virtual PenalizedFactor? Bounds => null;

    internal virtual void Validate(int rank, double beta)
        => Require(
            Weight >= 0 && double.IsFinite(Weight),
            $"The weight of the {Name} penalty is {Weight}. It must be finite and at least 0.");

    private protected string Name => GetType().Name.Replace("Penalty", "", StringComparison.Ordinal);

    private protected static void Require(bool condition, string message, string option = nameof(NmfOptions.Penalties))
    {
        if (!condition)
            throw new ArgumentException(message, option);
    }
}

/// <summary>ℓ1: <c>λ Σ |h|</c>, sparse factors. Together with <see cref="L2Penalty"/> of the same factor it is
/// the elastic net.</summary>
public sealed record L1Penalty : NmfPenalty
{
    /// <summary>ℓ1 of the activations, unless <see cref="Factor"/> says otherwise.</summary>
    /// <param name="weight">λ.</param>
    public L1Penalty(double weight)
        : base(weight)
    {
    }

    /// <summary>Which factor.</summary>
    public PenalizedFactor Factor { get; init; }

    internal override PenalizedFactor? Bounds => Factor;
}

/// <summary>ℓ2: <c>λ/2 Σ h²</c>, factors without large entries.</summary>
public sealed record L2Penalty : NmfPenalty
{
    /// <summary>ℓ2 of the activations, unless <see cref="Factor"/> says otherwise.</summary>
    /// <param name="weight">λ.</param>
    public L2Penalty(double weight)
        : base(weight)
    {
    }

    /// <summary>Which factor.</summary>
    public PenalizedFactor Factor { get; init; }

    internal override PenalizedFactor? Bounds => Factor;
}

/// <summary>Logarithm of every activation: <c>λ Σ log(1 + h/ε)</c>, which thins out small activations and hardly
/// shrinks large ones.</summary>
public sealed record LogPenalty : NmfPenalty
{
    /// <summary>Log penalty of the activations.</summary>
    /// <param name="weight">λ.</param>
    /// <param name="scale">ε, the size at which an activation counts as large, greater than 0.</param>
    public LogPenalty(double weight, double scale)
        : base(weight)
        => Scale = scale;

    /// <summary>ε.</summary>
    public double Scale { get; }

    internal override void Validate(int rank, double beta)
    {
        base.Validate(rank, beta);
        Require(
            Scale > 0 && double.IsFinite(Scale),
            $"The scale of the Log penalty is {Scale}. It must be finite and greater than 0.");
    }
}

/// <summary>
/// Group sparsity: <c>Σ_n Σ_g λ_g log(b + Σ_{k∈g} h_kn)</c>: of the groups of components (sources, for instance), few
/// are active in a sample. Lefèvre, Bach and Févotte, "Itakura-Saito nonnegative matrix factorization with group
/// sparsity", 2011; here for every β.
/// </summary>
/// <remarks>The components of a fit with groups keep their order, so that the groups keep their meaning.</remarks>
public sealed record GroupPenalty : NmfPenalty
{
    /// <summary>Groups with one weight.</summary>
    /// <param name="groups">For each group its components; every component is in exactly one.</param>
    /// <param name="weight">λ, the same for all groups.</param>
    /// <param name="offset">b, greater than 0: the sum below which a group counts as silent.</param>
    public GroupPenalty(IReadOnlyList<IReadOnlyList<int>> groups, double weight, double offset)
        : this(groups, [.. (groups ?? throw new ArgumentNullException(nameof(groups))).Select(_ => weight)], offset)
    {
    }

    /// <summary>Groups with weights of their own.</summary>
    /// <param name="groups">For each group its components; every component is in exactly one.</param>
    /// <param name="weights">λ_g for each group.</param>
    /// <param name="offset">b, greater than 0.</param>
    public GroupPenalty(IReadOnlyList<IReadOnlyList<int>> groups, IReadOnlyList<double> weights, double offset)
        : base((weights ?? throw new ArgumentNullException(nameof(weights))).DefaultIfEmpty(0).Max())
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = [.. groups.Select(group => group.ToArray())];
        Weights = [.. weights];
        Offset = offset;
    }

    /// <summary>For each group its components.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Groups { get; }

    /// <summary>λ_g for each group.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>b.</summary>
    public double Offset { get; }

    internal override void Validate(int rank, double beta)
    {
        Require(Weights.Count == Groups.Count, $"There are {Groups.Count} groups but {Weights.Count} weights.");
        for (var g = 0; g < Weights.Count; g++)
            Require(
                Weights[g] >= 0 && double.IsFinite(Weights[g]),
                $"The weight of group {g} is {Weights[g]}. It must be finite and at least 0.");
        Require(
            Offset > 0 && double.IsFinite(Offset),
            $"The offset of the Group penalty is {Offset}. It must be finite and greater than 0.");
        var owner = new int[rank];
        Array.Fill(owner, -1);
        for (var g = 0; g < Groups.Count; g++)
        {
            foreach (var k in Groups[g])
            {
                Require(k >= 0 && k < rank, $"Group {g} names component {k}, but the components are 0 to {rank - 1}.");
                Require(
                    owner[k] < 0, $"Component {k} is in group {owner[k]} and in group {g}. Groups must not overlap.");
                owner[k] = g;
            }
        }

        var free = Array.IndexOf(owner, -1);
        Require(free < 0, $"Component {free} is in no group. Groups must cover all components.");
    }
}

/// <summary>What neighbouring samples are compared by.</summary>
public enum SmoothnessMeasure
{
    /// <summary><c>λ/2 Σ_n (h_n - h_{n-1})²</c>. Any β.</summary>
    SquaredDifference,

    /// <summary><c>λ Σ_n d_IS(h_{n-1} | h_n)</c>, which compares ratios and does not depend on the scale of a
    /// component; Févotte 2011. β = 0 only.</summary>
    ItakuraSaito,

    /// <summary>The same in the other direction of time, <c>λ Σ_n d_IS(h_n | h_{n-1})</c>. β = 0 only.</summary>
    ReversedItakuraSaito,
}

/// <summary>
/// Smoothness of the activations along the order of the samples: frames of a spectrogram, a time series. Inference for
/// single rows does not know neighbours and ignores it.
/// </summary>
public sealed record SmoothnessPenalty : NmfPenalty
{
    /// <summary>Smoothness by squared differences, unless <see cref="Measure"/> says otherwise.</summary>
    /// <param name="weight">λ.</param>
    public SmoothnessPenalty(double weight)
        : base(weight)
    {
    }

    /// <summary>What neighbouring samples are compared by.</summary>
    public SmoothnessMeasure Measure { get; init; }

    internal override void Validate(int rank, double beta)
    {
        base.Validate(rank, beta);
        Require(Enum.IsDefined(Measure), $"There is no smoothness measure {Measure}.");
        Require(
            Measure == SmoothnessMeasure.SquaredDifference || beta == BetaDivergence.ItakuraSaito,
            $"The smoothness measure {Measure} goes with beta = 0 only, not with beta = {beta}: "
            + "choose SquaredDifference.");
    }
}
