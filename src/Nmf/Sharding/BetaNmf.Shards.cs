using Nmf.Kernels;

namespace Nmf;

// Fits with shards.
public sealed partial record BetaNmf
{
    private bool HasMomentum => Beta is >= 1 and <= 2;

    internal override void RequireShards(NmfOptions fit)
    {
        Option.Require(
            Known is null, nameof(Known),
            $"Known components do not go with {nameof(NmfOptions.Shards)}: give a start with them, and fit without.");
        Option.Require(
            Annealing is null, nameof(Annealing),
            $"Annealing does not go with {nameof(NmfOptions.Shards)}: fit once, with the last beta.");
        var stranger = Penalties.FirstOrDefault(penalty => !penalty.GoesWithShards);
        Option.Require(
            stranger is null, nameof(Penalties),
            $"{stranger?.GetType().Name} does not go with {nameof(NmfOptions.Shards)}: "
            + (stranger?.TiesSamples == true ? "it ties samples that may be in two shards."
                : "it needs more of the data than sums over samples of one shard."));
        var goes = fit.Solver switch
        {
            NmfSolver.Auto or NmfSolver.MajorizationMinimization or NmfSolver.MultiplicativeUpdate
                or NmfSolver.Hals => true,
            NmfSolver.ExtrapolatedMultiplicativeUpdate => HasMomentum,
            _ => false,
        };
        Option.Require(
            goes, nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} does not go with {nameof(NmfOptions.Shards)}"
            + (fit.Solver == NmfSolver.ExtrapolatedMultiplicativeUpdate
                ? $" and beta = {Beta}: its steps are judged by the objective, not row by row. Choose Auto, "
                    + "MultiplicativeUpdate or MajorizationMinimization."
                : ": its steps need more than sums over the samples of each shard. Choose Auto, MultiplicativeUpdate, "
                    + "MajorizationMinimization, for beta = 2 Hals, or for 1 <= beta <= 2 "
                    + "ExtrapolatedMultiplicativeUpdate."));
    }

    internal override NmfSolver ShardedSolver(NmfSolver asked, bool isWeighted)
    {
        Option.Require(
            !isWeighted || asked == NmfSolver.Auto || asked.SupportsWeights(), nameof(NmfOptions.Solver),
            $"The solver {asked} needs every entry, and all with the same weight, but entries of a shard are missing "
            + $"or weighted. Choose {NmfSolver.Auto}, {NmfSolver.MultiplicativeUpdate} or "
            + $"{NmfSolver.MajorizationMinimization}.");
        return asked != NmfSolver.Auto ? asked
            : HasPenalties || Beta is < 0 or > 2 ? NmfSolver.MajorizationMinimization
            : Beta == BetaDivergence.Euclidean && !isWeighted ? NmfSolver.Hals
            : HasMomentum ? NmfSolver.ExtrapolatedMultiplicativeUpdate
            : NmfSolver.MultiplicativeUpdate;
    }

    internal override ShardCoordinator<T> CreateShardCoordinator<T>(
        ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        => HasPenalties ? new PenalizedCoordinator<T>(spec, dictionary, shards, team)
            : spec.Options.Solver == NmfSolver.Hals ? new HalsCoordinator<T>(spec, dictionary, shards, team)
            : new MultiplicativeCoordinator<T>(spec, dictionary, shards, team);

    internal override ShardWorker<T> CreateShardWorker<T>(
        ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        => HasPenalties ? new PenalizedWorker<T>(spec, data, activations, team)
            : spec.Options.Solver == NmfSolver.Hals ? new HalsWorker<T>(spec, data, activations, team)
            : new MultiplicativeWorker<T>(spec, data, activations, team);

    internal override FittedTerms TermsOf<T>(
        FittedTerms terms, FitUnit unit, Matrix<T> dictionary, double[] sumH, double[] squaresH, WorkTeam team)
        => HasPenalties
            ? terms with { Penalty = PenalizedSolver<T>.RowPenaltyOf(this, dictionary, sumH, squaresH, team) }
            : terms;
}
