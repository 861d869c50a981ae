using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>The prior that the entries of a component share, one scale for its column of W and
/// its column of H.</summary>
public enum RelevancePrior
{
    /// <summary>Exponential: an ℓ1 penalty. Entries of relevant components may be zero; components
    /// die out quickly.</summary>
    Exponential,

    /// <summary>Half-normal: an ℓ2 penalty. Components die out slowly, as a power of the number
    /// of iterations.</summary>
    HalfNormal,

    /// <summary>Exponential for W (ℓ1) and half-normal for H (ℓ2): sparse components of which many are used a little,
    /// as in mutational signatures (SignatureAnalyzer; Kasar et al. 2015).</summary>
    Mixed,
}

/// <summary>
/// Automatic relevance determination: the fit starts from more components than the data need
/// (<see cref="NmfOptions.Rank"/>), and those that do not pay for themselves die out; the model has those that
/// are relevant. Tan and Févotte, "Automatic relevance determination in nonnegative matrix factorization with
/// the β-divergence", 2013.
/// </summary>
/// <remarks>
/// <para>The likelihood is exp(-D_β/φ); w_k and h_k share the scale λ_k, the relevance of component k, which has an
/// inverse-gamma prior with shape a and scale b. What is minimised, λ profiled out, is
/// <c>D_β(V | WH)/φ + c Σ_k log(f(w_k) + f(h_k) + b)</c>, with f(x) = Σ x and c = F + N + a + 1 (exponential) or f(x) =
/// Σ x²/2 and c = (F + N)/2 + a + 1 (half-normal); with the mixed prior f is the first of W and the second of H, and
/// c = F + N/2 + a + 1.</para>
/// <para>The fit has converged when an iteration changes no relevance by more than <see
/// cref="IterationOptions.Tolerance"/> times itself; 1e-6 is usual. The solver must be <see cref="NmfSolver.Auto"/>,
/// and the start that <see cref="NmfInitialization.Auto"/> stands for is random, for β &lt; 1 <see
/// cref="NmfInitialization.ShortRuns"/> without relevances.</para>
/// </remarks>
/// <param name="Beta">β, any finite number: see <see cref="BetaDivergence"/>. For β ≤ 0 the data must be
/// strictly positive.</param>
public sealed partial record AutomaticRelevance(double Beta = BetaDivergence.Euclidean)
    : NmfProblem(ProblemTraits.FindsRank)
{
    // Default of the shape: the logarithm of F + N, but at least this.
    private const double SmallestDefaultShape = 3;

    // Where components compete, nearly equal ones let the relevances decide; starts that differ more end in
    // worse optima more often.
    private const double SmallestOfNearlyEqual = 0.8;

    /// <summary>The prior of the entries.</summary>
    public RelevancePrior Prior { get; init; }

    /// <summary>
    /// Dispersion φ of the noise, greater than zero: the variance of v is φ y^(2-β). That is the noise variance for β =
    /// 2, 1 for counts with β = 1, and 1 for a power spectrogram with β = 0. Smaller than the truth keeps more
    /// components, larger fewer.
    /// </summary>
    public double Dispersion { get; init; } = 1;

    /// <summary>
    /// Shape a of the prior of the relevances, above 2 (exponential), 1.5 (mixed) or 1 (half-normal); null for
    /// log(F + N), at least 3. It should be small beside F + N; smaller ones prune more.
    /// </summary>
    public double? Shape { get; init; }

    /// <summary>
    /// Scale b of the prior of the relevances, greater than zero; null for the one that gives WH the mean of the data:
    /// √((a-1)(a-2) mean/K) (exponential) or π (a-1) mean/(2K) (half-normal),
    /// (√(π/2) Γ(a)/Γ(a - 3/2) mean/K)^⅔ (mixed).
    /// </summary>
    public double? Scale { get; init; }

    /// <summary>Whether components that have died out are removed during the fit, which makes its later
    /// iterations cheaper.</summary>
    public bool Prune { get; init; } = true;

    internal override MeasureOfFit MeasureOfEntry => new BetaMeasure(Beta);

    private double LeastShape => Prior switch
    {
        RelevancePrior.Exponential => 2,
        RelevancePrior.Mixed => 1.5,
        _ => 1,
    };

    internal override string InWords
        => $"automatic relevance determination with beta = {Beta}";

    internal override void Validate(NmfOptions fit)
    {
        Option.Require(
            fit.Solver is NmfSolver.Auto or NmfSolver.MajorizationMinimization, nameof(NmfOptions.Solver),
            "Automatic relevance determination has updates of its own: "
            + $"leave the solver Auto instead of {fit.Solver}.");
        RequireBeta(Beta, fit.Solver);
        RequireNoSampleSearch(fit.Initialization);
        Option.Require(Enum.IsDefined(Prior), nameof(Prior), $"There is no relevance prior {Prior}.");
        Option.Require(
            double.IsFinite(Dispersion) && Dispersion > 0, nameof(Dispersion),
            "The dispersion must be finite and greater than zero.");
        Option.Require(
            Shape is null || (double.IsFinite(Shape.Value) && Shape > LeastShape), nameof(Shape),
            $"The shape of the relevance prior must be finite and greater than {LeastShape} for the {Prior} prior.");
        Option.Require(
            Scale is null || (double.IsFinite(Scale.Value) && Scale > 0), nameof(Scale),
            "The scale of the relevance prior must be finite and greater than zero.");
    }

    internal override NmfSolver SolverFor(NmfSolver asked) => NmfSolver.MajorizationMinimization;

    internal override Solver<T> CreateSolver<T>(NmfData<T> data, NmfOptions fit, NmfStart<T> start, WorkTeam team)
        => new AutomaticRelevanceSolver<T>(data, this, start, team);

    internal override NmfStart<T> CreateStart<T>(
        NmfData<T> data, NmfOptions fit, int number, WorkTeam team, CancellationToken cancellationToken)
    {
        // Where the divergence is not convex in WH, a plain fit finds better optima than nearly equal components do.
        var start = fit.WithDefaultStart(Beta < 1 ? NmfInitialization.ShortRuns : NmfInitialization.Random);
        return start.Initialization == NmfInitialization.ShortRuns
            ? ShortRuns.Best(
                data, start with { Problem = new BetaNmf(Beta), Solver = NmfSolver.Auto }, number, team,
                cancellationToken)
            : Initializer.Create(
                data, fit.Rank, start.Initialization, fit.Seed, number, team, SmallestOfNearlyEqual, Beta,
                cancellationToken);
    }

    // The prior compares the sizes of w_k and h_k, or of w_k and h_k².
    internal override double? DictionaryExponent(int data, bool hasStart)
        => Prior == RelevancePrior.Mixed ? 2 * data / 3.0 : data / 2.0;

    internal override NmfProblem InUnit(FitUnit unit) => this with
    {
        Dispersion = Dispersion * Math.Pow(2, -unit.Data * Beta),
        Scale = Scale * FitUnit.Power(-RelevanceExponent(unit)),
    };

    internal override double ObjectiveOf(double objective, FitUnit unit, DataSize data, int rank)
        => objective + (Resolve(data.Samples, data.Features, data.Mean, rank).Weight * rank
            * RelevanceExponent(unit) * Math.Log(2));

    internal override FittedTerms TermsOf<T>(FittedTerms terms, FitUnit unit, NmfStart<T> factors, WorkTeam team)
        => InUserUnit(terms, unit);

    private FittedTerms InUserUnit(FittedTerms terms, FitUnit unit)
    {
        var (inside, factor) = (terms.RelevanceParameters!, FitUnit.Power(RelevanceExponent(unit)));
        double[] relevance = [.. terms.Relevance!.Select(lambda => lambda * factor)];
        return terms with
        {
            Relevance = relevance,
            RelevanceParameters = new RelevanceParameters(
                Prior, Dispersion, inside.Shape, inside.Scale * factor, inside.Weight),
            Penalty = PenaltyOf(Array.ConvertAll(relevance, lambda => Dispersion / lambda)),
        };
    }

    /// <summary>What the relevances add to the divergence.</summary>
    internal RowPenalty PenaltyOf(double[] weights) => Prior == RelevancePrior.Exponential
        ? new RowPenalty { Linear = weights } : new RowPenalty { Quadratic = weights };

    // Relevances have the unit of W, or of its square.
    private double RelevanceExponent(FitUnit unit)
        => Prior == RelevancePrior.HalfNormal ? 2 * unit.Dictionary : unit.Dictionary;

    internal override CheckpointFacts AddTo(CheckpointFacts facts) => base.AddTo(facts)
        .Add(nameof(Beta), Beta)
        .Add(nameof(Prior), Prior.ToString())
        .Add(nameof(Dispersion), Dispersion)
        .Add(nameof(Shape), Shape)
        .Add("ScaleOfPrior", Scale)
        .Add(nameof(Prune), Prune.ToString());

    /// <summary>The hyper-parameters for one data set.</summary>
    internal RelevanceParameters Resolve(int samples, int features, double mean, int rank)
    {
        var size = (double)samples + features;
        var a = Shape ?? Math.Max(SmallestDefaultShape, Math.Log(size));
        var (scale, weight) = Prior switch
        {
            RelevancePrior.Exponential => (Math.Sqrt((a - 1) * (a - 2) * mean / rank), size),
            RelevancePrior.HalfNormal => (Math.PI * (a - 1) * mean / (2 * rank), size / 2),
            _ => (Math.Pow(
                Math.Sqrt(Math.PI / 2) * mean / rank
                    * Math.Exp(SpecialFunctions.GammaLn(a) - SpecialFunctions.GammaLn(a - 1.5)), 2.0 / 3),
                features + (samples / 2.0)),
        };
        return new RelevanceParameters(Prior, Dispersion, a, Scale ?? scale, weight + a + 1);
    }
}

/// <summary>The hyper-parameters of a fit with automatic relevance determination.</summary>
public sealed record RelevanceParameters
{
    internal RelevanceParameters(RelevancePrior prior, double dispersion, double shape, double scale, double weight)
        => (Prior, Dispersion, Shape, Scale, Weight) = (prior, dispersion, shape, scale, weight);

    /// <summary>Prior of the entries.</summary>
    public RelevancePrior Prior { get; }

    /// <summary>φ.</summary>
    public double Dispersion { get; }

    /// <summary>a.</summary>
    public double Shape { get; }

    /// <summary>b.</summary>
    public double Scale { get; }

    /// <summary>c, the weight of the logarithms: F + N + a + 1, (F + N)/2 + a + 1 or F + N/2 + a + 1.</summary>
    public double Weight { get; }

    /// <summary>B = b/c, the relevance of a component that has died out.</summary>
    public double Floor => Scale / Weight;
}
