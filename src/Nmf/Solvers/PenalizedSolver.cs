using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates for a penalised divergence, any β: <c>D_β(V | WH) + Σ penalties</c>. The penalties are
/// majorised by a linear and a quadratic term in each entry, so that every update minimises a majoriser exactly or
/// moves to one's minimum: <c>H ← H ∘ (neg / (pos + linear))^γ</c> with the exponents of majorisation-minimisation, or
/// the root that a quadratic term gives. The objective never increases. Févotte and Idier 2011; Marmin, Goulart and
/// Févotte 2023; the penalties name their own sources.
/// </summary>
internal sealed class PenalizedSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _beta;
    private readonly double _exponent;
    private readonly double _dictionaryExponent;
    private readonly bool _namesComponents;
    private readonly FactorPenalty<T>[] _penalties;
    private readonly SmoothSweep<T>? _sweep;
    private readonly bool _tiesSamples;
    private readonly PenaltyTerms<T> _termsH;
    private readonly PenaltyTerms<T> _termsW;
    private readonly PenaltyPoint<T> _point;
    private bool _gradientIsCurrent;

    public PenalizedSolver(NmfData<T> data, BetaNmf problem, NmfStart<T> start, WorkTeam team)
        : base(data, problem.Beta, start, team)
    {
        _beta = problem.Beta;
        _exponent = BetaDivergence.MajorizationExponent(_beta);
        _dictionaryExponent = _beta > 1 && problem.Penalties.Any(p => p.Weight > 0 && p.HasLogarithms)
            ? SeedTerm<T>.Exponent(_beta) : _exponent;
        _penalties = FactorPenalty<T>.Create(problem.Penalties, W.Columns, H.Rows);
        _namesComponents = problem.Penalties.Any(p => p.NamesComponents);
        _tiesSamples = problem.Penalties.Any(p => p.TiesSamples && p.Weight > 0);
        _sweep = problem.Penalties.Where(p => p.Weight > 0).Select(p => p.CreateSweep(H)).SingleOrDefault(
            sweep => sweep is not null);

        // A start by NNDSVD has zeros, by which the sweep would divide.
        if (_sweep is not null)
        {
            ActivationFloor<T>.Lift(H, ActivationFloor<T>.Value);
            start.Masked(start.Mask);
        }

        _termsH = CreateTerms(H);
        _termsW = CreateTerms(W);
        _point = new PenaltyPoint<T>(W, H, new double[W.Columns], new double[W.Columns], team);
    }

    private protected override bool IsScaleFree => Array.TrueForAll(_penalties, p => p.IsScaleFree);

    public override double Objective()
    {
        var objective = Pass.ActivationGradient(W, H, _termsH.Negative, _termsH.Positive, withObjective: true);
        _gradientIsCurrent = true;
        return objective + PenaltyValue();
    }

    /// <summary>What the penalties add to the divergence.</summary>
    public double PenaltyValue()
    {
        SumColumns();
        var value = _sweep?.Value(Team) ?? 0;
        foreach (var penalty in _penalties)
            value += penalty.Value(_point);
        return value;
    }

    public override FittedTerms Terms()
    {
        SumColumns();
        return new FittedTerms
        {
            Penalty = RowPenaltyOf(_penalties, _point),
            RowsAreIndependent = !_tiesSamples,
            SortsComponents = !_namesComponents,
        };
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _gradientIsCurrent = false;
    }

    private protected override void Update()
    {
        if (!_gradientIsCurrent)
            Pass.ActivationGradient(W, H, _termsH.Negative, _termsH.Positive, withObjective: false);
        _gradientIsCurrent = false;
        SumColumns();
        _termsH.Clear();
        foreach (var penalty in _penalties)
            penalty.AddForActivations(_point, _termsH);
        Improve(H, _termsH, _exponent, _beta, Team, _sweep);

        Pass.DictionaryGradient(W, H, _termsW.Negative, _termsW.Positive);
        SumColumns();
        _termsW.Clear();
        foreach (var penalty in _penalties)
            penalty.AddForDictionary(_point, _termsW);
        Improve(W, _termsW, _dictionaryExponent, _beta, Team);
        RestoreFixedColumns();
    }

    private static PenaltyTerms<T> CreateTerms(Matrix<T> factor)
        => new(new Matrix<T>(factor.Rows, factor.Columns), new Matrix<T>(factor.Rows, factor.Columns));

    /// <summary>What the penalties mean for one row, the dictionary given.</summary>
    public static RowPenalty? RowPenaltyOf(
        BetaNmf problem, Matrix<T> w, double[] sumH, double[] squaresH, WorkTeam team)
    {
        var point = new PenaltyPoint<T>(w, new Matrix<T>(0, w.Columns), new double[w.Columns], sumH, team)
        {
            SquaresH = squaresH,
        };
        FactorKernels.ColumnSums(w, point.SumW, team);
        return RowPenaltyOf(FactorPenalty<T>.Create(problem.Penalties, w.Columns, 0), point);
    }

    /// <summary>The same where the activations are at hand.</summary>
    public static RowPenalty? RowPenaltyOf(BetaNmf problem, NmfStart<T> factors, WorkTeam team)
    {
        var (w, h) = (factors.Dictionary, factors.Activations!);
        var point = new PenaltyPoint<T>(w, h, new double[w.Columns], new double[w.Columns], team);
        FactorKernels.ColumnSums(w, point.SumW, team);
        FactorKernels.ColumnSums(h, point.SumH, team);
        return RowPenaltyOf(FactorPenalty<T>.Create(problem.Penalties, w.Columns, h.Rows), point);
    }

    private static RowPenalty? RowPenaltyOf(FactorPenalty<T>[] penalties, PenaltyPoint<T> point)
    {
        RowPenalty[] parts = [.. penalties.Select(p => p.ForRows(point)).OfType<RowPenalty>()];
        return parts.Length == 0 ? null : new RowPenalty
        {
            Linear = Sum([.. parts.Select(part => part.Linear)]),
            Quadratic = Sum([.. parts.Select(part => part.Quadratic)]),
            Groups = [.. parts.SelectMany(part => part.Groups)],
        };
    }

    private static IReadOnlyList<double> Sum(IReadOnlyList<double>[] weights)
    {
        var some = Array.FindAll(weights, w => w.Count > 0);
        return some.Length == 0 ? [] : [.. Enumerable.Range(0, some[0].Count).Select(k => some.Sum(w => w[k]))];
    }

    private void SumColumns()
    {
        FactorKernels.ColumnSums(W, _point.SumW, Team);
        FactorKernels.ColumnSums(H, _point.SumH, Team);
    }

    /// <summary>The update of a factor from its gradient and what the penalties have added.</summary>
    public static void Improve(
        Matrix<T> factor, PenaltyTerms<T> terms, double exponent, double beta, WorkTeam team,
        SmoothSweep<T>? sweep = null)
    {
        FactorKernels.AddColumnTerms(terms.Positive, factor, terms.Linear, [], team);
        if (sweep is not null)
        {
            sweep.Update(terms.Negative, terms.Positive, team);
        }
        else if (!terms.HasCurvature)
        {
            FactorKernels.MultiplicativeUpdate(factor, terms.Negative, terms.Positive, exponent, team);
        }
        else
        {
            FactorKernels.AddColumnTerms(terms.Curvature, factor, terms.ConstantCurvature, terms.Quadratic, team);
            FactorKernels.RegularizedUpdate(factor, terms.Negative, terms.Positive, terms.Curvature, beta, team);
        }
    }
}
