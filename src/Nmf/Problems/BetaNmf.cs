using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Minimises the β-divergence <c>D_β(V | H Wᵀ)</c>, with penalties where asked for, and with known components: the
/// ordinary case. Févotte and Idier, "Algorithms for nonnegative matrix factorization with the β-divergence", 2011.
/// </summary>
/// <param name="Beta">β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data must be
/// strictly positive.</param>
public sealed partial record BetaNmf(double Beta = BetaDivergence.Euclidean) : NmfProblem
{
    /// <summary>
    /// What is added to the divergence: see <see cref="NmfPenalty"/>. The solver must then be
    /// <see cref="NmfSolver.Auto"/> or <see cref="NmfSolver.MajorizationMinimization"/>, which are the same.
    /// </summary>
    public IReadOnlyList<NmfPenalty> Penalties { get; init; } = [];

    /// <summary>
    /// Components whose columns of W are known, or null: the first ones of the model. Their columns stay, to the bit;
    /// their activations are fitted like all others, and the components behind them are free: this is semi-supervised
    /// factorisation. All components then keep their order, and <see cref="NmfOptions.Scale"/> applies to the free
    /// ones. The solver must be <see cref="NmfSolver.Auto"/> or one that minimises a majoriser of single entries:
    /// <see cref="NmfSolver.ExtrapolatedMultiplicativeUpdate"/>, <see cref="NmfSolver.MultiplicativeUpdate"/> or
    /// <see cref="NmfSolver.MajorizationMinimization"/>.
    /// </summary>
    public KnownComponents? Known { get; init; }

    /// <summary>Stages with other β before the fit, against bad local minima, or null for none.</summary>
    public BetaAnnealing? Annealing { get; init; }

    internal override MeasureOfFit MeasureOfEntry => new BetaMeasure(Beta);

    internal override bool MayKeepActivations => Beta is BetaDivergence.KullbackLeibler or BetaDivergence.Euclidean;

    internal override int KnownCount => Known?.Count ?? 0;

    internal override bool HasPenalties => Penalties.Count > 0;

    internal override bool IsPlain => !HasPenalties && KnownCount == 0;

    internal override bool PredictsEntries => true;

    internal override int Stages => Annealing?.Stages ?? 0;

    internal override string InWords => $"the beta-divergence with beta = {Beta}";

    internal override void Validate(NmfOptions fit)
    {
        RequireBeta(Beta, fit.Solver);
        RequireNoSampleSearch(fit.Initialization);
        ValidatePenalties(fit);
        Annealing?.Validate();
        Option.Require(
            Annealing is null || !Penalties.Any(penalty => penalty.NeedsItakuraSaito), nameof(Annealing),
            "Annealing does not go with Itakura-Saito smoothness, which needs beta = 0 in every stage.");
        if (Known is null)
            return;
        Known.RequireRank(fit.Rank);
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.ExtrapolatedMultiplicativeUpdate or NmfSolver.MultiplicativeUpdate
                or NmfSolver.MajorizationMinimization,
            nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} moves all components: with known ones choose Auto, "
                + "ExtrapolatedMultiplicativeUpdate, MultiplicativeUpdate or MajorizationMinimization.");
        Option.Require(
            Annealing is null, nameof(Known), "Known components do not go with annealing, which lifts their zeros.");
    }

    internal override NmfSolver SolverFor(NmfSolver asked) => asked != NmfSolver.Auto ? asked : Beta switch
    {
        _ when HasPenalties => NmfSolver.MajorizationMinimization,
        _ when KnownCount > 0 => SolverOfWeights,
        BetaDivergence.Euclidean => NmfSolver.ExtrapolatedHals,
        _ => SolverOfWeights,
    };

    // Knows weights, and columns that stay.
    private NmfSolver SolverOfWeights
        => Beta is >= 0 and <= 2 ? NmfSolver.ExtrapolatedMultiplicativeUpdate : NmfSolver.MajorizationMinimization;

    internal override NmfSolver SolverFor<T>(NmfSolver asked, NmfData<T> data)
    {
        if (HasPenalties)
            return SolverFor(asked);
        if (asked == NmfSolver.Auto)
        {
            return data.IsWeighted ? SolverOfWeights
                : Beta == BetaDivergence.KullbackLeibler && data.Dense is not null
                    && KnownCount == 0 ? NmfSolver.SharedNewton
                : SolverFor(asked);
        }

        Option.Require(
            !data.IsWeighted || asked.SupportsWeights(), nameof(NmfOptions.Solver),
            $"The solver {asked} needs every entry, and all with the same weight, but the data have "
            + (data.HasMissingEntries ? "missing entries" : "weights") + ". "
            + $"Choose {NmfSolver.Auto}, {NmfSolver.ExtrapolatedMultiplicativeUpdate}, "
            + $"{NmfSolver.MultiplicativeUpdate} or {NmfSolver.MajorizationMinimization}.");
        return asked;
    }

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
    {
        Option.Require(
            !data.HasSampleWeights || !Penalties.Any(penalty => penalty.TiesSamples), nameof(Penalties),
            "A smoothness penalty does not go with sample weights: a weighted sample stands for several, "
            + "which have no place in the order of the samples.");
        if (HasPenalties)
        {
            return new PenalizedSolver<T>(
                data, Seeds is null ? this : this with { Penalties = OfData(data) }, start, team);
        }

        return SolverFor(fit.Solver, data) switch
        {
            NmfSolver.Hals => new HalsSolver<T>(data, start, team),
            NmfSolver.ExtrapolatedHals => new ExtrapolatedHalsSolver<T>(data, start, team),
            NmfSolver.ExtrapolatedNewton => new ExtrapolatedNewtonSolver<T>(data, start, team),
            NmfSolver.SharedNewton => new SharedNewtonSolver<T>(data, start, team),
            NmfSolver.ExtrapolatedMultiplicativeUpdate when BetaDivergence.IsConvex(Beta) && KnownCount == 0
                => new MomentumMultiplicativeSolver<T>(data, Beta, start, team),
            NmfSolver.ExtrapolatedMultiplicativeUpdate => new ExtrapolatedMultiplicativeSolver<T>(
                data, Beta, start, team),
            NmfSolver.JointMajorizationMinimization => new JointMajorizationSolver<T>(data, Beta, start, team),
            NmfSolver.MajorizationMinimization
                => new MultiplicativeSolver<T>(data, Beta, BetaDivergence.MajorizationExponent(Beta), start, team),
            _ => new MultiplicativeSolver<T>(data, Beta, BetaDivergence.FastExponent(Beta), start, team),
        };
    }

    // Known components go with random ones: NNDSVD would find the known ones again.
    internal override NmfStart<T> CreateStart<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
    {
        if (Seeds is { } seeds)
        {
            // NNDSVD would give every topic one of its own before its seeds are heard.
            var random = fit.WithDefaultStart(NmfInitialization.Random);
            var seeded = base.CreateStart(
                data, Known is null ? random : fit with { Initialization = NmfInitialization.Random }, number, team,
                cancellationToken);
            seeds.PutInto(seeded, data);
            Prepare(seeded);
            return seeded;
        }

        if (Known is null)
            return base.CreateStart(data, fit, number, team, cancellationToken);
        var start = Initializer.Create(
            data, fit.Rank, NmfInitialization.Random, fit.Seed, number, team, 0, null, cancellationToken);
        Prepare(start);
        return start;
    }

    internal override void Prepare<T>(NmfStart<T> start) => Known?.PutInto(start);

    internal override void CopyKnownTo<T>(Matrix<T> dictionary) => Known?.CopyTo(dictionary);

    internal override void RequireValid<T>(NmfData<T> data)
    {
        base.RequireValid(data);
        Known?.RequireFeatures(data.Features);
        Seeds?.RequireFeatures(data.Features);
    }

    // Seeds weigh what they weigh in the data.
    private NmfPenalty[] OfData<T>(NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => [.. Penalties.Select(penalty => penalty is SeedPenalty seeds ? seeds.OfData(data, Beta) : penalty)];

    private SeedPenalty? Seeds => Penalties.OfType<SeedPenalty>().SingleOrDefault();

    internal override OwnUnits OwnUnits => Beta == BetaDivergence.ItakuraSaito && !HasPenalties && Annealing is null
        ? OwnUnits.Samples | OwnUnits.Features : OwnUnits.None;

    internal override double? DictionaryExponent(int data, bool hasStart)
        => Known is not null ? FitUnit.LargestExponent(Known.ToDictionary()) : hasStart ? null : BalancedExponent(data);

    // Penalties of both factors as they are fix how these share the scale of the data. Where that is far from half and
    // half, a start that shares it so would be all penalty in one factor, whose components would die at once.
    private double? BalancedExponent(int data)
    {
        if (Strongest(PenalizedFactor.Activations) is not { } h || Strongest(PenalizedFactor.Dictionary) is not { } w)
            return null;
        var (ofH, ofW) = (h.IsQuadratic ? 2 : 1, w.IsQuadratic ? 2 : 1);
        var exponent = (Math.Log2(h.Weight / w.Weight) + (ofH * data)) / (ofH + ofW);
        return Math.Abs(exponent - (data / 2.0)) > FitUnit.Band ? Math.Floor(exponent) : null;

        NmfPenalty? Strongest(PenalizedFactor factor)
            => Penalties.Where(p => p.Bounds == factor && p.Weight > 0 && !p.IsGuardedAmong(Penalties)).MaxBy(
                p => Math.Log2(p.Weight) + ((p.IsQuadratic ? 1 : 0.5) * data));
    }

    internal override NmfProblem InUnit(FitUnit unit) => unit.IsIdentity ? this : this with
    {
        Known = Known?.InUnit(unit),
        Penalties = [.. Penalties.Select(p => p.InUnit(SizeOf(p, unit), unit.Data * Beta))],
    };

    internal override double ObjectiveOf(double objective, FitUnit unit, DataSize data, int rank)
        => DivergenceOf(objective, unit) + Penalties.Sum(p => p.ConstantOf(SizeOf(p, unit), data.Samples));

    internal override FittedTerms TermsOf<T>(FittedTerms terms, FitUnit unit, NmfStart<T> factors, WorkTeam team)
        => HasPenalties ? terms with { Penalty = PenalizedSolver<T>.RowPenaltyOf(this, factors, team) } : terms;

    private double SizeOf(NmfPenalty penalty, FitUnit unit) => penalty.IsGuardedAmong(Penalties) ? unit.Data
        : penalty.Bounds == PenalizedFactor.Dictionary ? unit.Dictionary : unit.Activations;

    internal override NmfOptions StageOptions(NmfOptions fit, int stage) => Annealing!.StageOptions(
        fit, this with { Beta = Annealing.Beta(stage, Beta), Annealing = null },
        HasPenalties ? NmfSolver.MajorizationMinimization : NmfSolver.MultiplicativeUpdate);

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts)
        .Add(nameof(Beta), Beta)
        .Add(nameof(Penalties), $"[{string.Join(", ", Penalties.Select(penalty => penalty.Describe()))}]")
        .Add(nameof(Known), Known?.Describe() ?? "none")
        .Add(nameof(Annealing), Annealing?.Describe() ?? "none");

    private void ValidatePenalties(NmfOptions fit)
    {
        Option.Require(
            Penalties is not null && Penalties.All(penalty => penalty is not null), nameof(Penalties),
            "A penalty is null.");
        foreach (var penalty in Penalties!)
            penalty.Validate(fit.Rank, Beta);
        Option.Require(
            Penalties.Count == 0 || fit.Solver is NmfSolver.Auto or NmfSolver.MajorizationMinimization,
            nameof(NmfOptions.Solver),
            $"The solver {fit.Solver} minimises the divergence without penalties: leave it Auto.");
        var ratios = Penalties.Count(penalty => penalty.Weight > 0 && penalty.NeedsItakuraSaito);
        Option.Require(ratios <= 1, nameof(Penalties), "There may be one Itakura-Saito smoothness penalty only.");
        Option.Require(
            ratios == 0 || !Penalties.Any(penalty => penalty.IsQuadratic), nameof(Penalties),
            "Itakura-Saito smoothness does not go with quadratic penalties (L2, squared differences).");
        Option.Require(
            Penalties.OfType<SeedPenalty>().Count() <= 1, nameof(Penalties), "There may be one Seed penalty only.");
        if (Seeds is not { } seeds)
            return;
        Option.Require(
            Beta <= 1 || !Penalties.Any(penalty => penalty.IsQuadratic), nameof(Penalties),
            "A Seed penalty does not go with quadratic penalties (L2, squared differences) for beta above 1.");
        Option.Require(Annealing is null, nameof(Annealing), "Annealing does not go with a Seed penalty.");
        Option.Require(
            seeds.Seeds.Take(KnownCount).All(features => features.Count == 0), nameof(Penalties),
            $"The first {KnownCount} components are known, so that they have no seeds: give them an empty list.");
    }
}
