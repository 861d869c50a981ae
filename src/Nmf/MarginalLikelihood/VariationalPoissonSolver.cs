using System.Numerics;
using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Counts with <c>v_fn ~ Poisson([WH]_fn)</c> and <c>h_kn ~ Gamma(α_k, rate β_k)</c> by variational
/// expectation-maximisation with <c>q(h_kn) = Gamma(a_kn, b_k)</c>. With G = exp E[log h] = exp ψ(a) / b: <c>a = α + G
/// ∘ Wᵀ(V / WG)</c>, <c>b = β + Σ_f w_f</c>, then <c>W ← W ∘ (V / WG)Gᵀ / Σ_n E[h_n]</c>, E[h] = a / b: a
/// multiplicative step of the Kullback-Leibler divergence with G in the place of H. The bound never decreases (Dikmen
/// and Févotte, "Maximum marginal likelihood estimation for nonnegative dictionary learning in the Gamma-Poisson
/// model", 2012).
/// </summary>
/// <remarks>An iteration costs 8 operations per component and non-zero entry, and N K values of ψ. Where entries are
/// missing sums over f and n are those of observed entries (<see cref="ObservedRates{T}"/>), which takes another pass
/// over the data.</remarks>
internal class VariationalPoissonSolver<T> : MarginalSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _estimatesShape;
    private readonly double _constant;
    private readonly double[] _sums;
    private DivergencePass<T> _pass;
    private GradientParts<T> _gradientH;
    private GradientParts<T> _gradientW;
    private Matrix<T> _a;
    private Matrix<T> _g;
    private GammaPosterior<T> _posterior;
    private ObservedRates<T>? _observed;
    private double[] _b;
    private double[] _expected;
    private double _digamma;
    private bool _gradientIsCurrent;

    /// <param name="data">Counts.</param>
    /// <param name="dictionary">W; updated in place.</param>
    /// <param name="posterior">The a to start from, samples x rank, positive; updated in place.</param>
    /// <param name="shape">α_k; kept.</param>
    /// <param name="rate">β_k; kept and changed.</param>
    /// <param name="estimatesShape">Whether α is estimated, the same for all components.</param>
    /// <param name="team">Threads to use.</param>
    public VariationalPoissonSolver(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> posterior, double[] shape, double[] rate, bool estimatesShape,
        WorkTeam team)
        : base(data, dictionary, shape, rate, team)
    {
        _estimatesShape = estimatesShape;
        _constant = PoissonConstant.Of(data);
        _pass = data.CreatePass(dictionary.Columns, BetaDivergence.KullbackLeibler, team);
        (_a, _g) = (posterior, new Matrix<T>(posterior.Rows, posterior.Columns));
        (_gradientH, _gradientW) = (new GradientParts<T>(_a), new GradientParts<T>(W));
        _posterior = new GammaPosterior<T>(_a, _g);
        (_b, _sums, _expected) = (new double[shape.Length], new double[2 * shape.Length], new double[shape.Length]);
        if (data.HasMissingEntries)
        {
            _observed = new ObservedRates<T>(_a, _g, W);
            _pass.ActivationGradient(W, _a, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        }

        Accept(null);
    }

    public override void Step()
    {
        if (!_gradientIsCurrent)
            _pass.ActivationGradient(W, _g, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        _gradientIsCurrent = false;
        Accept(_gradientH.Negative);
        _pass.DictionaryGradient(W, _g, _gradientW.Negative, _gradientW.Positive);
        var expected = _observed?.ExpectedOfFeatures(_pass, W) ?? Expected();
        FactorKernels.MultiplicativeUpdate(W, _gradientW.Negative, expected, 1, Team);
        for (var k = 0; k < Rate.Length; k++)
            Rate[k] = Shape[k] * Data.Samples / _expected[k];
    }

    public override double Objective()
    {
        _gradientIsCurrent = true;
        var divergence = _pass.ActivationGradient(
            W, _g, _gradientH.Negative, _gradientH.Positive, withObjective: true);
        (var entropy, _digamma) = _posterior.Sums(Shape, Team);
        return _observed is null ? Objective(W, _g, divergence, entropy, Shape, Rate, _b, _expected)
            : Objective(_observed, _g, _gradientH.Positive, divergence, entropy, Shape, Rate, _expected);
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteMatrix(_a);
        writer.WriteMatrix(_g);
        writer.WriteNumbers<double>(_b);
        if (_observed is not null)
            writer.WriteMatrix(_observed.Rates);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        reader.ReadFactor(_a);
        reader.ReadFactor(_g);
        reader.ReadFinite(_b, double.Epsilon);
        if (_observed is not null)
            reader.ReadFactor(_observed.Rates);
        Expect();
        _gradientIsCurrent = false;
    }

    // log α - ψ(α) = mean of log E[h_k] - mean of E[log h], the means of samples and components.
    private protected override void EstimateShape()
    {
        if (!_estimatesShape)
            return;
        var difference = ((_observed?.SumOfLogarithms() ?? 0) - _digamma) / ((double)_a.Rows * _a.Columns);
        for (var k = 0; k < _b.Length; k++)
            difference += Math.Log(_expected[k] / _a.Rows * (_observed is null ? _b[k] : 1)) / _b.Length;
        Array.Fill(Shape, GammaShape.Solve(difference));
        for (var k = 0; k < _b.Length; k++)
            Rate[k] = Shape[k] * _a.Rows / _expected[k];
    }

    private protected override double ObjectiveOf(int[] kept)
    {
        double[] Of(double[] values) => [.. kept.Select(k => values[k])];
        var (w, a, g) = (Components.Select(W, kept), Components.Select(_a, kept), Components.Select(_g, kept));
        var divergence = Data.CreatePass(kept.Length, BetaDivergence.KullbackLeibler, Team).Objective(w, g);
        var entropy = new GammaPosterior<T>(a, g).Sums(Of(Shape), Team).Entropy;
        if (_observed is not null)
        {
            var observed = _observed.Select(kept, a, g, w);
            var expected = new double[kept.Length];
            observed.Expect(expected);
            return Objective(
                observed, g, Components.Select(_gradientH.Positive, kept), divergence, entropy, Of(Shape), Of(Rate),
                expected);
        }

        return Objective(w, g, divergence, entropy, Of(Shape), Of(Rate), Of(_b), Of(_expected));
    }

    private protected override void Reduced(int[] kept)
    {
        _pass = Data.CreatePass(kept.Length, BetaDivergence.KullbackLeibler, Team);
        (_a, _g) = (Components.Select(_a, kept), Components.Select(_g, kept));
        (_gradientH, _gradientW) = (new GradientParts<T>(_a), new GradientParts<T>(W));
        _posterior = new GammaPosterior<T>(_a, _g);
        _observed = _observed?.Select(kept, _a, _g, W);
        _b = [.. kept.Select(k => _b[k])];
        _expected = new double[kept.Length];
        Expect();
        _gradientIsCurrent = false;
    }

    /// <summary>q(h) alone, for W as it is.</summary>
    private protected void Refine()
    {
        _pass.ActivationGradient(W, _g, _gradientH.Negative, _gradientH.Positive, withObjective: false);
        Accept(_gradientH.Negative);
        _gradientIsCurrent = false;
    }

    /// <summary>Tells that W has been changed.</summary>
    private protected void DictionaryMoved() => _gradientIsCurrent = false;

    // The expected counts, and with them q(h) for W and β as they are.
    private void Accept(Matrix<T>? negative)
    {
        if (_observed is not null)
        {
            Array.Fill(_b, 1);
            _observed.Take(Rate, _gradientH.Positive);
            _posterior.Update(negative, Shape, _b, Team);
            _observed.DivideGeometric();
        }
        else
        {
            FactorKernels.ColumnSums(W, _b, Team);
            for (var k = 0; k < _b.Length; k++)
                _b[k] += Rate[k];
            _posterior.Update(negative, Shape, _b, Team);
        }

        Expect();
    }

    // Σ_n E[h_kn].
    private void Expect()
    {
        if (_observed is not null)
        {
            _observed.Expect(_expected);
            return;
        }

        FactorKernels.ColumnSums(_a, _expected, Team);
        for (var k = 0; k < _b.Length; k++)
            _expected[k] /= _b[k];
    }

    // Σ_n E[h_kn] for every feature.
    private Matrix<T> Expected()
    {
        for (var f = 0; f < W.Rows; f++)
        {
            var row = _gradientW.Positive.Row(f);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.CreateSaturating(_expected[k]);
        }

        return _gradientW.Positive;
    }

    // The same with the sums over f of every sample, of observed entries, in the place of those of all.
    private double Objective(
        ObservedRates<T> observed, Matrix<T> g, Matrix<T> positive, double divergence, double entropy, double[] shape,
        double[] rate, double[] expected)
    {
        var prior = observed.Prior(shape, rate, positive, Team);
        for (var k = 0; k < shape.Length; k++)
            prior -= (Data.Samples * SpecialFunctions.GammaLn(shape[k])) + (rate[k] * expected[k]);
        return divergence - FactorKernels.InnerProduct(g, positive, Team) - _constant - prior - entropy;
    }

    // -(Σ v log y - log v! + N Σ_k α (log β - log b) - log Γ(α) + Σ log Γ(a) + (α - a) ψ(a) + a - (β + Σ_f w) E[h]),
    // with Σ v log y from the divergence.
    private double Objective(
        Matrix<T> w, Matrix<T> g, double divergence, double entropy, double[] shape, double[] rate, double[] b,
        double[] expected)
    {
        var ofW = _sums.AsSpan(0, shape.Length);
        var ofG = _sums.AsSpan(shape.Length, shape.Length);
        FactorKernels.ColumnSums(w, ofW, Team);
        FactorKernels.ColumnSums(g, ofG, Team);
        double model = 0, prior = 0;
        for (var k = 0; k < shape.Length; k++)
        {
            model += ofW[k] * ofG[k];
            prior += (Data.Samples * ((shape[k] * Math.Log(rate[k] / b[k])) - SpecialFunctions.GammaLn(shape[k])))
                - ((rate[k] + ofW[k]) * expected[k]);
        }

        return divergence - model - _constant - prior - entropy;
    }
}
