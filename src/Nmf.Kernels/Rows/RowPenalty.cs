namespace Nmf.Kernels;

/// <summary>
/// What is added to the divergence of a row: <c>Σ_k (linear_k h_k + quadratic_k h_k² / 2) + Σ_g weight_g log(1 +
/// Σ_{k∈g} scale_k h_k / offset_g)</c>. The first two keep the problem convex where it was, the logarithm does not.
/// </summary>
internal sealed record RowPenalty
{
    /// <summary>Weights of the activations, at least 0; one for each component, or empty for none.</summary>
    public IReadOnlyList<double> Linear { get; init; } = [];

    /// <summary>Weights of the halved squares of the activations, at least 0; one for each component, or
    /// empty for none.</summary>
    public IReadOnlyList<double> Quadratic { get; init; } = [];

    /// <summary>Groups of components under a logarithm; they may overlap.</summary>
    public IReadOnlyList<RowPenaltyGroup> Groups { get; init; } = [];

    /// <summary>Whether nothing is added to the divergence.</summary>
    internal bool IsZero
        => Groups.Count == 0 && !Linear.Any(weight => weight > 0) && !Quadratic.Any(weight => weight > 0);

    /// <summary>Whether it is the linear part alone.</summary>
    internal bool IsLinear => Groups.Count == 0 && !Quadratic.Any(weight => weight > 0);

    /// <summary>The penalty after the columns of the dictionary were divided, and the activations multiplied, by
    /// numbers; a component scaled by 0 is free.</summary>
    /// <param name="activationScale">What the activations of each component were multiplied by.</param>
    internal RowPenalty Rescaled(IReadOnlyList<double> activationScale)
    {
        ArgumentNullException.ThrowIfNull(activationScale);
        double Inverse(int k) => activationScale[k] > 0 ? 1 / activationScale[k] : 0;
        return new RowPenalty
        {
            Linear = [.. Linear.Select((weight, k) => Math.Min(double.MaxValue, weight * Inverse(k)))],
            Quadratic =
                [.. Quadratic.Select((weight, k) => Math.Min(double.MaxValue, weight * Inverse(k) * Inverse(k)))],
            Groups = [.. Groups.Select(group => group with { Scales = [
                .. group.Scales.Select((scale, i) => scale * Inverse(group.Components[i]))] })],
        };
    }

    /// <summary>The penalty of activations and a divergence that were divided by powers of two.</summary>
    internal RowPenalty InUnit(double activations, double divergence) => new()
    {
        Linear = [.. Linear.Select(weight => weight * Math.Pow(2, activations - divergence))],
        Quadratic = [.. Quadratic.Select(weight => weight * Math.Pow(2, (2 * activations) - divergence))],
        Groups = [.. Groups.Select(group => group with
        {
            Scales = [.. group.Scales.Select(scale => scale * Math.Pow(2, activations))],
            Weight = group.Weight * Math.Pow(2, -divergence),
        })],
    };

    /// <summary>The penalty of some of the components, in another order.</summary>
    /// <param name="order">For each new component the old one.</param>
    internal RowPenalty Reordered(IReadOnlyList<int> order)
    {
        ArgumentNullException.ThrowIfNull(order);
        var place = order.Select((old, now) => (old, now)).ToDictionary(pair => pair.old, pair => pair.now);
        return new RowPenalty
        {
            Linear = Linear.Count == 0 ? [] : [.. order.Select(k => Linear[k])],
            Quadratic = Quadratic.Count == 0 ? [] : [.. order.Select(k => Quadratic[k])],
            Groups =
            [
                .. Groups.Select(group => group with
                {
                    Components = [.. group.Components.Where(place.ContainsKey).Select(k => place[k])],
                    Scales = [.. group.Scales.Where((_, i) => place.ContainsKey(group.Components[i]))],
                }),
            ],
        };
    }

    internal void Validate(int rank)
    {
        RequireWeights(Linear, rank, nameof(Linear));
        RequireWeights(Quadratic, rank, nameof(Quadratic));
        foreach (var group in Groups)
            group.Validate(rank);
    }

    private static void RequireWeights(IReadOnlyList<double> weights, int rank, string name)
    {
        if (weights.Count != 0 && weights.Count != rank)
            throw new ArgumentException($"There are {weights.Count} weights for {rank} components.", name);
        for (var k = 0; k < weights.Count; k++)
        {
            if (!(weights[k] >= 0 && double.IsFinite(weights[k])))
                throw new ArgumentException(
                    $"The weight of component {k} is {weights[k]}. It must be finite and at least 0.", name);
        }
    }
}

/// <summary>A group of components whose sum is penalised by its logarithm.</summary>
/// <param name="Components">The components.</param>
/// <param name="Scales">What the activation of each is multiplied by before the sum.</param>
/// <param name="Weight">Weight of the logarithm, at least 0.</param>
/// <param name="Offset">Size of the sum at which the penalty starts to saturate, greater than 0.</param>
internal sealed record RowPenaltyGroup(
    IReadOnlyList<int> Components, IReadOnlyList<double> Scales, double Weight, double Offset)
{
    internal void Validate(int rank)
    {
        Require(
            Components.Count == Scales.Count, $"A group has {Components.Count} components but {Scales.Count} scales.",
            nameof(Scales));
        Require(
            Components.All(k => k >= 0 && k < rank), $"A group names a component outside 0..{rank - 1}.",
            nameof(Components));
        Require(
            Scales.All(scale => scale >= 0 && double.IsFinite(scale)),
            "The scales of a group must be finite and at least 0.", nameof(Scales));
        Require(
            Weight >= 0 && double.IsFinite(Weight),
            $"The weight of a group is {Weight}. It must be finite and at least 0.", nameof(Weight));
        Require(
            Offset > 0 && double.IsFinite(Offset),
            $"The offset of a group is {Offset}. It must be finite and greater than 0.", nameof(Offset));
    }

    private static void Require(bool condition, string message, string name)
    {
        if (!condition)
            throw new ArgumentException(message, name);
    }
}
