namespace Nmf;

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
    public double Scale { get; private init; }

    internal override void Validate(int rank, double beta)
    {
        base.Validate(rank, beta);
        Require(
            Scale > 0 && double.IsFinite(Scale),
            $"The scale of the Log penalty is {Scale}. It must be finite and greater than 0.");
    }

    internal override NmfPenalty InUnit(double size, double divergence)
        => this with { Weight = Weight * Math.Pow(2, -divergence), Scale = Scale * Math.Pow(2, -size) };

    internal override FactorPenalty<T> CreateTerm<T>(bool guarded, int rank, int samples) => new GroupLogTerm<T>(
        [.. Enumerable.Range(0, rank).Select(k => new[] { k })], [.. Enumerable.Repeat(Weight, rank)], Scale,
        relative: true, guarded, samples, rank);

    internal override string Describe() => $"{base.Describe()}, Scale = {Scale:R} }}";
}
