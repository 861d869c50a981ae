using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

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
    internal override bool AllowsZeros => true;

    /// <inheritdoc/>
    internal override double LargestDatum => 1;

    /// <inheritdoc/>
    internal override bool IsConvex => true;

    /// <inheritdoc/>
    internal override bool IsScaleFree => false;

    internal override bool AllowsNoActivation => A == 1;

    internal override MeasureKernel Kernel => new BernoulliKernel(A, B);

    /// <inheritdoc/>
    internal override double Value(double datum, double model)
        => (datum == 0 ? 0 : datum * Math.Log(datum / model))
            + (datum == 1 ? 0 : (1 - datum) * Math.Log((1 - datum) / (1 - model)));

    internal override string InWords => "the Bernoulli likelihood";

    internal override void Validate() => Option.Require(
        A >= 1 && B >= 1 && double.IsFinite(A) && double.IsFinite(B), nameof(A),
        $"The parameters of the Beta prior must be finite and at least 1, not a = {A}, b = {B}.");

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => new BernoulliSolver<T>(data, this, start, team);

    internal override FinalObjective Evaluate<T>(NmfData<T> data, Matrix<T> w, Matrix<T> h, WorkTeam team)
    {
        var rest = new Matrix<T>(h.Rows, h.Columns);
        for (var n = 0; n < h.Rows; n++)
            TensorPrimitives.Subtract(T.One, h.Row(n), rest.Row(n));
        var ones = data.CreatePass(w.Columns, BetaDivergence.KullbackLeibler, team);
        var zeros = data.CreateComplementPass(w.Columns, team);
        var prior = BernoulliPrior.Penalty(h, rest, this);
        return new FinalObjective(ones.Objective(w, h) + zeros.Objective(w, rest) + prior, prior, []);
    }

    internal override string Describe()
        => $"{nameof(BernoulliLikelihood)} {{ A = {A:R}, B = {B:R} }}";
}
