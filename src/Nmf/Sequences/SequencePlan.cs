using System.Numerics;

namespace Nmf;

/// <summary>The starts of a fit of sequences: random ones, a given one first.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TSolver">The solver.</typeparam>
/// <typeparam name="TStart">The factors that it improves in place.</typeparam>
internal abstract class SequencePlan<T, TSolver, TStart>(SequenceNmfOptions options, double constant)
    : FitPlan<TSolver, TStart>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TSolver : Solver<T>
{
    public override double Objective(int stage, double objective) => objective + constant;

    public override int Starts => options.Starts;

    public override IterationOptions Iterations(int stage) => options.Iterations;

    public override double Beta(int stage) => BetaDivergence.ItakuraSaito;
}
