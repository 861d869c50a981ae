namespace Nmf;

/// <summary>
/// How the activations of several views of the same samples belong together: the same in all views, or different at a
/// price. Activations of all views are in one unit, in which those of an average sample add up to about one.
/// </summary>
public abstract record ViewCoupling
{
    private protected ViewCoupling()
    {
    }

    /// <summary>
    /// All views have the same activations: with one β this is the factorisation of the views side by side, each
    /// divided by its level and with its weight.
    /// </summary>
    public static ViewCoupling Shared { get; } = new SharedCoupling();

    /// <summary>Adds <c>λ Σ_{u&lt;v} Σ |h_u - h_v|</c>: many activations are exactly the same in several views, some
    /// are far apart.</summary>
    /// <param name="weight">λ, at least 0. Where every view has its own default weight, 1 is strong and 0.01 weak,
    /// whatever the sizes and units of the data.</param>
    public static ViewCoupling L1(double weight) => new SoftCoupling(weight, IsSquared: false);

    /// <summary>Adds <c>λ/2 Σ_{u&lt;v} Σ (h_u - h_v)²</c>: all activations are a little different.</summary>
    /// <param name="weight">λ, at least 0; 10 is strong and 0.1 weak.</param>
    public static ViewCoupling L2(double weight) => new SoftCoupling(weight, IsSquared: true);

    /// <summary>What checkpoints know of it.</summary>
    internal abstract string Describe();

    internal virtual void Validate()
    {
    }
}

/// <summary>One matrix of activations.</summary>
internal sealed record SharedCoupling : ViewCoupling
{
    internal override string Describe() => "shared";
}

/// <summary>A matrix of activations for each view.</summary>
internal sealed record SoftCoupling(double Weight, bool IsSquared) : ViewCoupling
{
    internal override string Describe() => $"{(IsSquared ? "L2" : "L1")}, weight = {Weight:R}";

    internal override void Validate() => Option.Require(
        Weight >= 0 && double.IsFinite(Weight), nameof(CoNmfOptions.Coupling),
        $"The weight of the coupling is {Weight}. It must be finite and at least 0.");
}
