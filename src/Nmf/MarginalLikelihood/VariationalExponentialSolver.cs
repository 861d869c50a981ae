using System.Numerics;
using MathNet.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Exponential noise, <c>v_fn ~ Exponential</c> with mean [WH]_fn (multiplicative noise; the Itakura-Saito divergence),
/// and <c>h_kn ~ Gamma(α_k, rate β_k)</c>, by variational expectation-maximisation with q(h_kn) = GIG(α_k, ρ_kn, τ_kn).
/// With E = E[h], T = 1 / E[1/h], Ω = W E and B = W T: <c>ρ = β + Wᵀ(1/Ω)</c>, <c>τ = T² ∘ Wᵀ(V/B²)</c>, then
/// <c>W ← W ∘ √( (V/B²) Tᵀ / (1/Ω) Eᵀ )</c>. The bound, <c>-Σ log Ω + v/B</c> and what q and the prior differ by, never
/// decreases (Dikmen and Févotte, "Nonnegative dictionary learning in the exponential noise model for adaptive music
/// signal representation", 2011).
/// </summary>
/// <remarks>An iteration costs two of the Itakura-Saito divergence, and N K ratios of Bessel functions. Missing entries
/// are in none of the sums.</remarks>
internal sealed class VariationalExponentialSolver<T> : MarginalSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _constant;
    private DivergencePass<T> _pass;
    private Matrix<T> _mean;
    private Matrix<T> _harmonic;
    private GradientParts<T> _ofMean;
    private GradientParts<T> _ofHarmonic;
    private GradientParts<T> _meanW;
    private GradientParts<T> _harmonicW;
    private InverseGaussianPosterior<T> _posterior;
    private double[] _expected;
    private double[] _entropy;
    private bool _gradientIsCurrent;

    /// <param name="data">Positive data.</param>
    /// <param name="dictionary">W; updated in place.</param>
    /// <param name="rho">The ρ to start from, samples x rank; becomes E[h].</param>
    /// <param name="tau">The τ to start from; becomes 1 / E[1/h].</param>
    /// <param name="shape">α_k; kept.</param>
    /// <param name="rate">β_k; kept and changed.</param>
    /// <param name="team">Threads to use.</param>
    public VariationalExponentialSolver(
        NmfData<T> data, Matrix<T> dictionary, Matrix<T> rho, Matrix<T> tau, double[] shape, double[] rate,
        WorkTeam team)
        : base(data, dictionary, shape, rate, team)
    {
        for (var n = 0; n < data.Samples; n++)
        {
            ReadOnlySpan<T> row = data.Dense!.Row(n);
            foreach (var value in row)
                _constant += T.IsNaN(value) ? 0 : Math.Log(double.CreateTruncating(value)) + 1;
        }

        _pass = data.CreatePass(dictionary.Columns, BetaDivergence.ItakuraSaito, team);
        (_mean, _harmonic) = (rho, tau);
        (_ofMean, _ofHarmonic) = (new GradientParts<T>(rho), new GradientParts<T>(rho));
        (_meanW, _harmonicW) = (new GradientParts<T>(W), new GradientParts<T>(W));
        _posterior = new InverseGaussianPosterior<T>(_mean, _harmonic, shape);
        (_expected, _entropy) = (new double[shape.Length], _posterior.Entropy);

        // ρ = 0 + pos and τ = 1 · neg.
        var (negative, positive) = (tau.Clone(), rho.Clone());
        for (var n = 0; n < tau.Rows; n++)
            tau.Row(n).Fill(T.One);
        _posterior.Update(negative, positive, new double[shape.Length], team);
        Expect();
    }

    public override void Step()
    {
        if (!_gradientIsCurrent)
            Gradients(withObjective: false);
        _gradientIsCurrent = false;
        _posterior.Update(_ofHarmonic.Negative, _ofMean.Positive, Rate, Team);
        Expect();
        _pass.DictionaryGradient(W, _mean, _meanW.Negative, _meanW.Positive);
        _pass.DictionaryGradient(W, _harmonic, _harmonicW.Negative, _harmonicW.Positive);
        FactorKernels.MultiplicativeUpdate(W, _harmonicW.Negative, _meanW.Positive, 0.5, Team);
        for (var k = 0; k < Rate.Length; k++)
            Rate[k] = Shape[k] * Data.Samples / _expected[k];
    }

    public override double Objective()
    {
        var divergence = Gradients(withObjective: true);
        _gradientIsCurrent = true;
        return Objective(divergence, _mean, _ofMean, _harmonic, _ofHarmonic, [.. Enumerable.Range(0, Rate.Length)]);
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteMatrix(_mean);
        writer.WriteMatrix(_harmonic);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        reader.ReadFactor(_mean);
        reader.ReadFactor(_harmonic);
        Expect();
        _gradientIsCurrent = false;
    }

    private protected override double ObjectiveOf(int[] kept)
    {
        var w = Components.Select(W, kept);
        var (mean, harmonic) = (Components.Select(_mean, kept), Components.Select(_harmonic, kept));
        var (ofMean, ofHarmonic) = (new GradientParts<T>(mean), new GradientParts<T>(mean));
        var pass = Data.CreatePass(kept.Length, BetaDivergence.ItakuraSaito, Team);
        pass.ActivationGradient(w, harmonic, ofHarmonic.Negative, ofHarmonic.Positive, withObjective: false);
        var divergence = pass.ActivationGradient(w, mean, ofMean.Negative, ofMean.Positive, withObjective: true);
        return Objective(divergence, mean, ofMean, harmonic, ofHarmonic, kept);
    }

    private protected override void Reduced(int[] kept)
    {
        _pass = Data.CreatePass(kept.Length, BetaDivergence.ItakuraSaito, Team);
        (_mean, _harmonic) = (Components.Select(_mean, kept), Components.Select(_harmonic, kept));
        (_ofMean, _ofHarmonic) = (new GradientParts<T>(_mean), new GradientParts<T>(_mean));
        (_meanW, _harmonicW) = (new GradientParts<T>(W), new GradientParts<T>(W));
        double[] entropy = [.. kept.Select(k => _entropy[k])];
        _posterior = new InverseGaussianPosterior<T>(_mean, _harmonic, Shape);
        (_expected, _entropy) = (new double[kept.Length], _posterior.Entropy);
        entropy.CopyTo(_entropy, 0);
        Expect();
        _gradientIsCurrent = false;
    }

    private double Gradients(bool withObjective)
    {
        _pass.ActivationGradient(W, _harmonic, _ofHarmonic.Negative, _ofHarmonic.Positive, withObjective: false);
        return _pass.ActivationGradient(W, _mean, _ofMean.Negative, _ofMean.Positive, withObjective);
    }

    private void Expect() => FactorKernels.ColumnSums(_mean, _expected, Team);

    // Σ log Ω + v/B - Σ_kn α log β - log Γ(α) + log of the normaliser + (ρ - β) E + τ E[1/h]. The divergence at Ω is
    // Σ v/Ω + log Ω - log v - 1, and Σ v/Ω is that of E times its negative part, as Σ v/B of T.
    private double Objective(
        double divergence, Matrix<T> mean, GradientParts<T> ofMean, Matrix<T> harmonic, GradientParts<T> ofHarmonic,
        int[] kept)
    {
        var sum = divergence + _constant - FactorKernels.InnerProduct(mean, ofMean.Negative, Team)
            + FactorKernels.InnerProduct(harmonic, ofHarmonic.Negative, Team);
        foreach (var k in kept)
        {
            sum -= (Data.Samples * ((Shape[k] * Math.Log(Rate[k])) - SpecialFunctions.GammaLn(Shape[k]))) + _entropy[k]
                - (Rate[k] * _expected[k]);
        }

        return sum;
    }
}
