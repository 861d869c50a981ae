using System.Numerics;
using Nmf;
using Nmf.Kernels;
using Nmf.Tests;

namespace Recipes;

/// <summary>
/// A model on one matrix: the β-divergence, 1 ≤ β ≤ 2, by multiplicative updates that begin with caution. The problem
/// holds the options and says what goes with them; whatever is asked of a fit goes through it.
/// </summary>
/// <param name="Beta">β.</param>
internal sealed record CautiousNmf(double Beta) : NmfProblem
{
    internal override MeasureOfFit MeasureOfEntry => new BetaMeasure(Beta);

    internal override string InWords => FormattableString.Invariant($"the cautious fit with beta = {Beta}");

    internal override void Validate(NmfOptions fit)
    {
        RequireBeta(Beta, fit.Solver);
        RequireNoSampleSearch(fit.Initialization);
        Option.Require(Beta is >= 1 and <= 2, nameof(Beta), $"The cautious fit needs beta from 1 to 2, not {Beta}.");
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.MultiplicativeUpdate, nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} is not cautious: choose Auto or MultiplicativeUpdate.");
    }

    internal override NmfSolver SolverFor(NmfSolver asked) => NmfSolver.MultiplicativeUpdate;

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
        => new CautiousSolver<T>(data, Beta, start, team);

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts).Add(nameof(Beta), Beta);
}

/// <summary>
/// Iteration t: <c>H ← H ∘ (neg / pos)^(t/(t+1))</c>, then the same for W. An exponent below 1 ends between the entry
/// and the minimum of its convex majoriser, so the objective never increases (Févotte and Idier 2011).
/// </summary>
internal sealed class CautiousSolver<T>(NmfData<T> data, double beta, NmfStart<T> start, WorkTeam team)
    : Solver<T>(data, beta, start, team)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private int _iteration;

    public override double Objective() => Pass.Objective(W, H);

    // The exponent of the next iteration depends on it: without these two lines the test of checkpoints fails.
    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_iteration);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _iteration = reader.ReadInt32();
    }

    private protected override void Update()
    {
        _iteration++;
        var exponent = _iteration / (_iteration + 1.0);
        Pass.UpdateActivations(W, H, exponent);
        Pass.UpdateDictionary(W, H, exponent);
    }
}

public abstract class CautiousContract(double beta) : ModelContract
{
    protected override NmfOptions Options(int rank) => new() { Rank = rank, Problem = new CautiousNmf(beta) };
}

public sealed class CautiousKullbackLeiblerContract() : CautiousContract(1);

public sealed class CautiousEuclideanContract() : CautiousContract(2);
