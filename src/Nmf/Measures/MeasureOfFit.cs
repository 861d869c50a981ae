using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A measure of fit: what is summed over all entries of the data v and the model y. Immutable; may be shared between
/// threads.
/// </summary>
/// <remarks>The kinds that one chooses are <see cref="AlphaDivergence"/>, <see cref="BregmanDivergence"/> and
/// <see cref="BernoulliLikelihood"/>. Every β-divergence is chosen by its number β instead.</remarks>
public abstract record MeasureOfFit
{
    private protected MeasureOfFit()
    {
    }

    /// <summary>Whether a datum may be 0.</summary>
    internal abstract bool AllowsZeros { get; }

    /// <summary>Largest value that a datum may have.</summary>
    internal virtual double LargestDatum => double.PositiveInfinity;

    /// <summary>Whether the problem in H alone (W fixed) is convex, so that its minimum does not
    /// depend on the start.</summary>
    internal abstract bool IsConvex { get; }

    /// <summary>Whether the measure stays the same when columns of W are multiplied and those of H divided by a number:
    /// not so where either is constrained.</summary>
    internal virtual bool IsScaleFree => true;

    /// <summary>Whether an activation may be zero: not so where a prior forbids it.</summary>
    internal virtual bool AllowsNoActivation => true;

    /// <summary>β of a β-divergence, else null.</summary>
    internal virtual double? BetaOrNull => null;

    /// <summary>The measure of c v and c y is that of v and y times c to this power; null where it is not.</summary>
    internal virtual double? UnitPower => null;

    /// <summary>What to choose where a datum is 0 and must not be: the end of a message.</summary>
    internal virtual string AdviceAboutZeros => "choose another measure of fit";

    /// <summary>What the kernels know the measure as; null for a β-divergence, which they know by its number.</summary>
    internal virtual MeasureKernel? Kernel => null;

    /// <summary>The measure of one entry.</summary>
    /// <param name="datum">v, allowed by <see cref="AllowsZeros"/> and <see cref="LargestDatum"/>; infinite
    /// or NaN otherwise.</param>
    /// <param name="model">y, greater than 0.</param>
    internal abstract double Value(double datum, double model);

    /// <summary>Name and parameter in words, for messages: "the alpha-divergence with alpha = 0".</summary>
    public sealed override string ToString() => InWords;

    /// <summary>Name and parameter in words.</summary>
    internal abstract string InWords { get; }

    /// <summary>Checks the parameters.</summary>
    /// <exception cref="ArgumentException">A parameter is out of range; the message names it.</exception>
    internal abstract void Validate();

    /// <summary>The solver that minimises the measure.</summary>
    internal abstract Solver<T> CreateSolver<T>(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>The constant model with the lowest measure: the mean for every β- and Bregman divergence.</summary>
    internal virtual double BestConstant<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => data.Mean;

    /// <summary>The measure of given factors, summed over the data with their weights.</summary>
    internal virtual FinalObjective Evaluate<T>(NmfData<T> data, Matrix<T> w, Matrix<T> h, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => new(data.CreatePass(w.Columns, this, team).Objective(w, h), 0, []);

    /// <summary>Name and parameters, for checkpoints.</summary>
    internal virtual string Describe() => $"{GetType().Name} {{ {this} }}";
}
