namespace Nmf;

/// <summary>
/// What a measure of fit assumes about data: the distribution of V around WH, its mean. Immutable; may be shared
/// between threads.
/// </summary>
/// <remarks>
/// A β-divergence is the negative logarithm of a density up to what does not depend on the mean, <c>-log p(v|y) =
/// d_β(v|y) / φ + c(v, φ)</c>, so that the fit which minimises it has the largest likelihood. Densities are normalised:
/// what <c>c</c> leaves out is what decides between measures. docs/probability.md has them side by side.
/// </remarks>
public abstract record NoiseModel
{
    private protected NoiseModel(double? dispersion)
    {
        Option.Require(
            dispersion is null || (dispersion > 0 && double.IsFinite(dispersion.Value)), nameof(Dispersion),
            $"The dispersion must be finite and greater than zero, not {dispersion}.");
        Dispersion = dispersion;
    }

    /// <summary>φ, which says how much data vary around their mean; null until it is estimated
    /// (<see cref="NmfLikelihood.Estimate{T, TNoise}"/>). 1 where the distribution has none.</summary>
    public double? Dispersion { get; }

    /// <summary>What a fit minimises under this noise.</summary>
    public abstract NmfProblem Problem { get; }

    /// <summary>The logarithm of the density of a sample, or of its probability where data are counts.</summary>
    /// <param name="sample">The data; NaN where an entry is missing, which is left out.</param>
    /// <param name="means">The model, as many values. Where an entry is missing it does not matter.</param>
    /// <returns>-∞ for what the distribution rules out.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InvalidOperationException">The dispersion is not known.</exception>
    public abstract double LogDensity(ReadOnlySpan<double> sample, ReadOnlySpan<double> means);

    /// <summary>Name and dispersion in words.</summary>
    public sealed override string ToString()
        => HasFreeDispersion ? $"{InWords}, dispersion {(Dispersion is { } phi ? $"{phi:G4}" : "unknown")}" : InWords;

    /// <summary>The distribution in words: "Poisson noise".</summary>
    internal abstract string InWords { get; }

    /// <summary>Whether the dispersion is a parameter that data can tell.</summary>
    internal abstract bool HasFreeDispersion { get; }

    /// <summary>Whether the probability is that of whole numbers, not a density.</summary>
    internal abstract bool IsDiscrete { get; }

    /// <summary>Why the distribution cannot have a value, or null where it can.</summary>
    internal abstract string? Objection(double datum);

    /// <summary>Whether zeros are as likely as the sum of all means says, so that none need be visited.</summary>
    internal virtual bool SumsZeros => false;

    /// <summary>The logarithm of the density of a sample that is zero but for some entries.</summary>
    /// <param name="sample">These entries.</param>
    /// <param name="means">The model of them.</param>
    /// <param name="total">The sum of the means of all entries, zeros among them.</param>
    internal virtual double LogDensityOfStored(
        ReadOnlySpan<double> sample, ReadOnlySpan<double> means, double total)
        => throw new NotSupportedException();

    /// <summary>What a perplexity is made of: log-probability, and of how many units it is.</summary>
    /// <param name="sample">The data; NaN where an entry is missing.</param>
    /// <param name="means">The model.</param>
    /// <param name="logDensity">What <see cref="LogDensity"/> says of them.</param>
    /// <param name="zeros">How many further entries are zero.</param>
    internal virtual (double LogProbability, double Units) OfUnits(
        ReadOnlySpan<double> sample, ReadOnlySpan<double> means, double logDensity, int zeros = 0)
    {
        var observed = zeros;
        foreach (var value in sample)
            observed += double.IsNaN(value) ? 0 : 1;
        return (logDensity, observed);
    }

    /// <summary>The same with a dispersion.</summary>
    internal abstract NoiseModel With(double dispersion);

    /// <summary>Draws a sample.</summary>
    /// <param name="means">The model.</param>
    /// <param name="sample">Receives the data; what is NaN there stays so.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="stream">Stream.</param>
    /// <param name="number">Number of the sample, which decides its random numbers.</param>
    internal abstract void Draw(ReadOnlySpan<double> means, Span<double> sample, int seed, int stream, int number);

    /// <summary>The known dispersion.</summary>
    private protected double Phi => Dispersion ?? throw new InvalidOperationException(
        $"The dispersion of {InWords} is not known. Give one, or let {nameof(NmfLikelihood)}."
        + $"{nameof(NmfLikelihood.Estimate)} find it.");

    private protected static void RequireSameLength(ReadOnlySpan<double> sample, ReadOnlySpan<double> means)
    {
        if (sample.Length != means.Length)
            throw new ArgumentException(
                $"There are {sample.Length} values but {means.Length} means.", nameof(means));
    }
}
