namespace Nmf;

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
    public IReadOnlyList<double> Weights { get; private init; }

    /// <summary>b.</summary>
    public double Offset { get; private init; }

    internal override bool NamesComponents => true;

    internal override NmfPenalty InUnit(double size, double divergence) => this with
    {
        Weight = Weight * Math.Pow(2, -divergence),
        Weights = [.. Weights.Select(weight => weight * Math.Pow(2, -divergence))],
        Offset = Offset * Math.Pow(2, -size),
    };

    internal override double ConstantOf(double size, int samples) => samples * Weights.Sum() * size * Math.Log(2);

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples) => new GroupLogTerm<T>(
        [.. Groups.Select(g => g.ToArray())], [.. Weights], Offset, relative: false, guarded, samples, rank);

    internal override string Describe()
    {
        var groups = string.Join(", ", Groups.Select(g => $"[{string.Join(", ", g)}]"));
        var weights = string.Join(", ", Weights.Select(w => $"{w:R}"));
        return
            $"{base.Describe()}, Groups = [{groups}], Weights = [{weights}], Offset = {Offset:R} }}";
    }

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
