namespace Nmf.Kernels;

/// <summary>
/// A measure of fit other than a β-divergence: what is summed over all entries of the data v and the model y.
/// Immutable; may be shared between threads.
/// </summary>
/// <remarks>The kinds are <see cref="AlphaDivergence"/>, <see cref="BregmanDivergence"/> and
/// <see cref="BernoulliLikelihood"/>. Every β-divergence is chosen by its number β instead.</remarks>
public abstract record MeasureOfFit
{
    private protected MeasureOfFit()
    {
    }

    /// <summary>Whether a datum may be 0.</summary>
    public abstract bool AllowsZeros { get; }

    /// <summary>Largest value that a datum may have.</summary>
    public virtual double LargestDatum => double.PositiveInfinity;

    /// <summary>Whether the problem in H alone (W fixed) is convex, so that its minimum does not
    /// depend on the start.</summary>
    public abstract bool IsConvex { get; }

    /// <summary>Whether the measure stays the same when columns of W are multiplied and those of H divided by a number:
    /// not so where either is constrained.</summary>
    public virtual bool IsScaleFree => true;

    /// <summary>The measure of one entry.</summary>
    /// <param name="datum">v, allowed by <see cref="AllowsZeros"/> and <see cref="LargestDatum"/>; infinite
    /// or NaN otherwise.</param>
    /// <param name="model">y, greater than 0.</param>
    public abstract double Value(double datum, double model);

    /// <summary>Name and parameter in words, for messages: "the alpha-divergence with alpha = 0".</summary>
    public abstract override string ToString();

    /// <summary>Checks the parameters.</summary>
    /// <exception cref="ArgumentException">A parameter is out of range; the message names it.</exception>
    public abstract void Validate();
}

/// <summary>
/// The α-divergence <c>d_α(v|y) = (v^α y^(1-α) - α v + (α-1) y) / (α (α-1))</c>: Kullback-Leibler of v against y at α =
/// 1 and of y against v at α = 0, twice the squared Hellinger distance at ½, half of Pearson's χ² at 2, of Neyman's at
/// -1. Small α is lenient towards data far above the model, large α towards data far below it. Cichocki, Lee, Kim and
/// Choi, "Non-negative matrix factorization with α-divergence", 2008.
/// </summary>
/// <param name="Alpha">α, any finite number. α ≤ 0 needs strictly positive data. In single precision keep it between -2
/// and 3: the exponent 1/α of the update acts on rounding too.</param>
public sealed record AlphaDivergence(double Alpha) : MeasureOfFit
{
    /// <inheritdoc/>
    public override bool AllowsZeros => Alpha > 0;

    /// <inheritdoc/>
    /// <remarks>d_α is convex in y for every α.</remarks>
    public override bool IsConvex => true;

    /// <inheritdoc/>
    public override double Value(double datum, double model) => Alpha switch
    {
        1 => KullbackLeibler(datum, model),
        0 => datum == 0 ? double.PositiveInfinity : KullbackLeibler(model, datum),
        _ => ((Math.Pow(datum, Alpha) * Math.Pow(model, 1 - Alpha)) - (Alpha * datum)
            + ((Alpha - 1) * model)) / (Alpha * (Alpha - 1)),
    };

    /// <inheritdoc/>
    public override string ToString() => $"the alpha-divergence with alpha = {Alpha}";

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!double.IsFinite(Alpha))
            throw new ArgumentException("Alpha must be a finite number.", nameof(Alpha));
    }

    private static double KullbackLeibler(double x, double y) => x == 0 ? y : (x * Math.Log(x / y)) - x + y;
}

/// <summary>
/// The Bregman divergence <c>d_φ(v|y) = φ(v) - φ(y) - φ'(y) (v - y)</c> of a convex function φ. Dhillon and Sra,
/// "Generalized nonnegative matrix approximations with Bregman divergences", 2005.
/// </summary>
/// <param name="Generator">φ, by its second derivative and its divergence.</param>
public sealed record BregmanDivergence(IBregmanGenerator Generator) : MeasureOfFit
{
    /// <inheritdoc/>
    public override bool AllowsZeros => Generator.AllowsZeros;

    /// <inheritdoc/>
    public override double LargestDatum => Generator.LargestDatum;

    /// <inheritdoc/>
    /// <remarks>Unknown for a generator of which no more than φ'' is known; Itakura-Saito's is not.</remarks>
    public override bool IsConvex => false;

    /// <inheritdoc/>
    public override double Value(double datum, double model)
    {
        var value = 0.0;
        Generator.Divergence([datum], [model], new Span<double>(ref value));
        return value;
    }

    /// <inheritdoc/>
    public override string ToString() => $"the Bregman divergence of {Generator.GetType().Name}";

    /// <inheritdoc/>
    public override void Validate()
    {
        if (Generator is null)
            throw new ArgumentException("The Bregman divergence needs a generator.", nameof(Generator));
        if (!(Generator.LargestDatum > 0 && Generator.ModelLimit > 0))
            throw new ArgumentException(
                $"{Generator.GetType().Name}: the largest datum and the limit of the model must be greater than zero.",
                nameof(Generator));
    }
}

/// <summary>
/// Binary data, P(v = 1) = y: <c>v log(v/y) + (1-v) log((1-v)/(1-y))</c>, the negative log-likelihood of Bernoulli
/// trials (for v between 0 and 1 less its smallest possible value). Rows of W sum to one and 0 ≤ H ≤ 1, so that y is a
/// probability; entries of H have a Beta(a, b) prior. Magron and Févotte, "A majorization-minimization algorithm for
/// nonnegative binary matrix factorization", 2022.
/// </summary>
/// <param name="A">a ≥ 1: a - 1 observed ones are added to what every activation has seen.</param>
/// <param name="B">b ≥ 1: the same for zeros.</param>
public sealed record BernoulliLikelihood(double A = 1, double B = 1) : MeasureOfFit
{
    /// <inheritdoc/>
    public override bool AllowsZeros => true;

    /// <inheritdoc/>
    public override double LargestDatum => 1;

    /// <inheritdoc/>
    public override bool IsConvex => true;

    /// <inheritdoc/>
    public override bool IsScaleFree => false;

    /// <inheritdoc/>
    public override double Value(double datum, double model)
        => (datum == 0 ? 0 : datum * Math.Log(datum / model))
            + (datum == 1 ? 0 : (1 - datum) * Math.Log((1 - datum) / (1 - model)));

    /// <inheritdoc/>
    public override string ToString() => "the Bernoulli likelihood";

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(A >= 1 && B >= 1 && double.IsFinite(A) && double.IsFinite(B)))
            throw new ArgumentException(
                $"The parameters of the Beta prior must be finite and at least 1, not a = {A}, b = {B}.", nameof(A));
    }
}
