using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Automatic relevance determination for any β: <c>D_β(V | WH)/φ + c Σ_k log(f(w_k) + f(h_k) + b)</c>, f(x) = Σ
/// x (exponential prior) or Σ x²/2 (half-normal), or the one of W and the other of H. With λ_k = (f(w_k) + f(h_k) +
/// b)/c the logarithm is majorised by its tangent, which leaves an ℓ1 or ℓ2 penalty of weight φ/λ_k on both factors:
/// <c>H ← H ∘ (neg / (pos + φ/λ_k))^γ</c> or <c>H ← H ∘ (neg / (pos + φ h/λ_k))^ξ</c>, the same for W, then λ. The
/// objective never increases (Tan and Févotte 2013).
/// </summary>
internal sealed class AutomaticRelevanceSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // A component this close to the relevance of a dead one is removed.
    private const double DeadMargin = 1e-3;

    private readonly AutomaticRelevance _problem;
    private readonly RelevanceParameters _parameters;
    private readonly bool _prune;
    private readonly double _beta;
    private GradientParts<T> _gradientH;
    private GradientParts<T> _gradientW;
    private double[] _relevance;
    private double[] _weight;
    private double[] _sumW;
    private double[] _sumH;
    private int _removed;
    private double _change = double.PositiveInfinity;
    private bool _gradientIsCurrent;

    public AutomaticRelevanceSolver(NmfData<T> data, AutomaticRelevance relevance, NmfStart<T> start, WorkTeam team)
        : base(data, relevance.Beta, start, team)
    {
        (_problem, _beta) = (relevance, relevance.Beta);
        _prune = relevance.Prune;
        _parameters = relevance.Resolve(data.Samples, data.Features, data.Mean, W.Columns);
        _gradientH = new GradientParts<T>(H);
        _gradientW = new GradientParts<T>(W);
        (_relevance, _weight) = (new double[W.Columns], new double[W.Columns]);
        (_sumW, _sumH) = (new double[W.Columns], new double[W.Columns]);
        UpdateRelevance();
    }

    // The prior ties the scales of w_k and h_k to each other.
    private protected override bool IsScaleFree => false;

    private bool IsLinearW => _parameters.Prior != RelevancePrior.HalfNormal;

    private bool IsLinearH => _parameters.Prior == RelevancePrior.Exponential;

    public override double Objective()
    {
        var divergence = Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: true);
        _gradientIsCurrent = true;
        return (divergence / _parameters.Dispersion) + LogPenalty(_relevance, _removed);
    }

    public override bool? HasConverged(double tolerance) => _change < tolerance;

    public override void BetweenChecks()
    {
        if (!_prune)
            return;
        var limit = (1 + DeadMargin) * _parameters.Floor;
        var kept = Enumerable.Range(0, _relevance.Length).Where(k => _relevance[k] >= limit).ToArray();
        if (kept.Length > 0 && kept.Length < _relevance.Length)
            Keep(kept);
    }

    public override FittedTerms Terms()
    {
        return new FittedTerms
        {
            Penalty = _problem.PenaltyOf(Array.ConvertAll(_relevance, lambda => _parameters.Dispersion / lambda)),
            Relevance = [.. _relevance],
            RelevanceParameters = _parameters,
        };
    }

    public override void Save(BinaryWriter writer)
    {
        writer.Write(W.Columns);
        base.Save(writer);
        writer.WriteNumbers<double>(_relevance);
        writer.Write(_removed);
        writer.Write(_change);
    }

    public override void Load(BinaryReader reader)
    {
        var rank = reader.ReadInt32();
        if (rank < 1 || rank > W.Columns)
            throw new FormatException("The number of components is out of range.");
        if (rank < W.Columns)
            GoOnWith(
                new Matrix<T>(W.Rows, rank), new Matrix<T>(H.Rows, rank), Data.CreatePass(rank, _beta, Team),
                new double[rank], 0);
        base.Load(reader);
        reader.ReadFinite(_relevance, double.Epsilon);
        _removed = (int)reader.ReadCount();
        _change = reader.ReadDouble();
        _gradientIsCurrent = false;
    }

    private protected override void Update()
    {
        for (var k = 0; k < _weight.Length; k++)
            _weight[k] = _parameters.Dispersion / _relevance[k];
        if (!_gradientIsCurrent)
            Pass.ActivationGradient(W, H, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        _gradientIsCurrent = false;
        Improve(H, _gradientH.Negative, _gradientH.Positive, IsLinearH);
        Pass.DictionaryGradient(W, H, _gradientW.Negative, _gradientW.Positive);
        Improve(W, _gradientW.Negative, _gradientW.Positive, IsLinearW);
        UpdateRelevance();
    }

    private void Improve(Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, bool isLinear)
    {
        FactorKernels.AddColumnTerms(positive, factor, isLinear ? _weight : [], isLinear ? [] : _weight, Team);
        FactorKernels.MultiplicativeUpdate(
            factor, negative, positive,
            isLinear ? BetaDivergence.MajorizationExponent(_beta) : BetaDivergence.QuadraticExponent(_beta), Team);
    }

    private void AddUp(Matrix<T> factor, double[] sums, bool isLinear)
    {
        if (isLinear)
        {
            FactorKernels.ColumnSums(factor, sums, Team);
            return;
        }

        FactorKernels.ColumnSumsOfSquares(factor, sums, Team);
        for (var k = 0; k < sums.Length; k++)
            sums[k] *= 0.5;
    }

    private void UpdateRelevance()
    {
        AddUp(W, _sumW, IsLinearW);
        AddUp(H, _sumH, IsLinearH);
        _change = 0;
        for (var k = 0; k < _relevance.Length; k++)
        {
            var before = _relevance[k];
            _relevance[k] = (_sumW[k] + _sumH[k] + _parameters.Scale) / _parameters.Weight;
            _change = Math.Max(_change, Math.Abs(_relevance[k] - before) / _relevance[k]);
        }
    }

    private double LogPenalty(double[] relevance, int removed)
    {
        // Removed components still count, so that the objective of starts with different numbers
        // of them can be compared.
        var sum = removed * Math.Log(_parameters.Scale);
        foreach (var lambda in relevance)
            sum += Math.Log(_parameters.Weight * lambda);
        return _parameters.Weight * sum;
    }

    // What a dead component still contributed may be missed: then it stays until it contributes less.
    private void Keep(int[] kept)
    {
        var before = Objective();
        var (w, h) = (Components.Select(W, kept), Components.Select(H, kept));
        var pass = Data.CreatePass(kept.Length, _beta, Team);
        double[] relevance = [.. kept.Select(k => _relevance[k])];
        var removed = _removed + _relevance.Length - kept.Length;
        if ((pass.Objective(w, h) / _parameters.Dispersion) + LogPenalty(relevance, removed) <= before)
            GoOnWith(w, h, pass, relevance, removed);
    }

    private void GoOnWith(Matrix<T> w, Matrix<T> h, DivergencePass<T> pass, double[] relevance, int removed)
    {
        Replace(w, h, pass);
        _gradientH = new GradientParts<T>(h);
        _gradientW = new GradientParts<T>(w);
        (_relevance, _weight) = (relevance, new double[w.Columns]);
        (_sumW, _sumH) = (new double[w.Columns], new double[w.Columns]);
        (_removed, _gradientIsCurrent) = (removed, false);
    }
}
