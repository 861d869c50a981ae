namespace Nmf;

/// <summary>
/// Minimum volume: the penalty <c>λ/2 log det(I + WᵀW / (δ s))</c>, s being the mean squared norm of the dictionary
/// columns at the start, so that neither the unit of the data nor the number of features matters. Among the simplices
/// that hold the samples it prefers the smallest, which finds endmembers of which no sample is pure (Fu, Huang, Yang,
/// Ma and Sidiropoulos 2016; Leplat, Gillis and Ang 2020).
/// </summary>
/// <remarks>It goes with abundances (<see cref="AbundanceNmf"/>): without a bound on H the dictionary would
/// shrink to zero.</remarks>
public sealed record VolumePenalty
{
    /// <summary>
    /// λ in relation to the start: λ times the penalty there is this times the divergence there. 0 for no penalty;
    /// 0.03 to 0.3 are usual: more shrinks endmembers that were right, less leaves them inside the data.
    /// </summary>
    public double Weight { get; init; } = 0.1;

    /// <summary>δ, greater than zero: directions of the dictionary that are small against this part of s have no
    /// volume to lose.</summary>
    public double Delta { get; init; } = 1e-3;

    internal void Validate()
    {
        Option.Require(
            Weight >= 0 && double.IsFinite(Weight), nameof(Weight),
            "The weight of the volume penalty must be finite and at least zero.");
        Option.Require(
            Delta > 0 && double.IsFinite(Delta), nameof(Delta),
            "The delta of the volume penalty must be finite and greater than zero.");
    }

    internal string Describe()
        => $"{nameof(VolumePenalty)} {{ Weight = {Weight:R}, Delta = {Delta:R} }}";
}
