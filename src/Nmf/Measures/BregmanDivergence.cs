using System.Globalization;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The Bregman divergence <c>d_φ(v|y) = φ(v) - φ(y) - φ'(y) (v - y)</c> of a convex function φ. Dhillon and Sra,
/// "Generalized nonnegative matrix approximations with Bregman divergences", 2005.
/// </summary>
/// <param name="Generator">φ, by its second derivative and its divergence.</param>
public sealed record BregmanDivergence(IBregmanGenerator Generator) : MeasureOfFit
{
    /// <inheritdoc/>
    internal override bool AllowsZeros => Generator.AllowsZeros;

    /// <inheritdoc/>
    internal override double LargestDatum => Generator.LargestDatum;

    /// <inheritdoc/>
    /// <remarks>Unknown for a generator of which no more than φ'' is known; Itakura-Saito's is not.</remarks>
    internal override bool IsConvex => false;

    internal override double? UnitPower => Generator.UnitPower;

    internal override MeasureKernel Kernel => new BregmanKernel(Generator);

    /// <inheritdoc/>
    internal override double Value(double datum, double model)
    {
        var value = 0.0;
        Generator.Divergence([datum], [model], new Span<double>(ref value));
        return value;
    }

    internal override string InWords => $"the Bregman divergence of {Generator.GetType().Name}";

    internal override void Validate()
    {
        Option.Require(Generator is not null, nameof(Generator), "The Bregman divergence needs a generator.");
        Option.Require(
            Generator!.LargestDatum > 0 && Generator.ModelLimit > 0, nameof(Generator),
            $"{Generator.GetType().Name}: the largest datum and the limit of the model must be greater than zero.");
    }

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        => new BregmanSolver<T>(data, this, start, team);

    // The parameters of a generator of the user's own are its business; what it computes tells them apart.
    internal override string Describe()
    {
        double[] parts = [0.2, 0.7];
        var (data, model) = (Math.Min(LargestDatum, 2), Math.Min(Generator.ModelLimit, 2));
        return $"{nameof(BregmanDivergence)} {{ Generator = {Generator.GetType().FullName}, values = " + string.Join(
            ' ', parts.SelectMany(x => parts, (x, y) => Value(x * data, y * model)
                .ToString("G9", CultureInfo.InvariantCulture))) + " }";
    }
}
