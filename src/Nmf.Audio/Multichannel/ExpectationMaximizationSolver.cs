using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Expectation-maximisation for x_fn = A_f s_fn + b_fn, in which the coefficients of a component are Gaussian with
/// variance w_fk h_kn, a source is the sum of its components and b is noise with the covariance Σ_b = diag(σ_fi)
/// (Ozerov and Févotte, "Multichannel nonnegative matrix factorization in convolutive mixtures for audio source
/// separation", 2010). The objective is minus the logarithm of the likelihood. With the sums of
/// <see cref="PosteriorStep"/>, d_j = |y_j|² - g_jj, and over the entries that are not zero
/// <code>
///   A_f ← R_xs R_ss⁻¹,     Σ_b ← diag(R_xx - A R_xsᴴ - R_xs Aᴴ + A R_ss Aᴴ)
///   w_fk ← mean over n of u_kn / h_kn,     h_kn ← mean over f of u_kn / w_fk,     u = w h + (w h)² d_j
/// </code>
/// each a maximum of the expected likelihood given the others: the objective never increases while the noise is fixed
/// or estimated. With one A for all frequencies its rows have weights 1/σ, and it is real. Zeros stay zeros.
/// </summary>
internal sealed class ExpectationMaximizationSolver : MultichannelSolver
{
    // Rounding may take what is positive to zero or below, and nothing would leave zero.
    private const double LeastFactor = 1e-15;

    private readonly MixtureNoise _noise;
    private readonly PosteriorStep[] _steps;
    private readonly MixingEquations[] _equations;
    private readonly double[] _constants;
    private readonly double[] _crossReal;
    private readonly double[] _crossImaginary;
    private readonly double[] _sources;
    private readonly double[][] _ratios;
    private readonly double[] _counts;
    private double _objective;
    private double _improvement;
    private int _evaluated;

    public ExpectationMaximizationSolver(
        MixtureData data, MixingFactors start, KnownParts known, MixtureNoise noise, WorkTeam team)
        : base(data, start, known, team)
    {
        _noise = noise;
        var (channels, sources) = (data.Channels, start.Sources);
        _steps = [.. Enumerable.Range(0, Threads).Select(_ => new PosteriorStep(channels, sources, data.Frames))];
        _equations = [.. Enumerable.Range(0, Threads).Select(_ => new MixingEquations(channels, sources))];
        _constants = [.. Enumerable.Range(0, data.Bins).Select(f => data.Weight(f) * data.Frames * channels
            * Math.Log(data.IsReal(f) ? 2 * Math.PI : Math.PI))];
        _crossReal = new double[data.Bins * channels * sources];
        _crossImaginary = new double[_crossReal.Length];
        _sources = new double[data.Bins * sources * sources];
        _ratios = [.. Enumerable.Range(0, Blocks).Select(_ => new double[2 * start.Rank])];
        _counts = new double[start.Rank];
        Advance();
    }

    /// <summary>A logarithm may have any value, so that no part of it tells what is little: the tolerance is what
    /// each coefficient gains in an iteration. The likelihood of a model whose noise is still falling says
    /// nothing.</summary>
    public override bool? HasConverged(double tolerance)
        => Iteration > _noise.AnnealingIterations
            && _improvement <= tolerance * Data.Bins * Data.Frames * Data.Channels;

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_objective);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        (_objective, _evaluated) = (reader.ReadFinite(), Iteration);
    }

    protected override double Evaluated(double objective)
    {
        _improvement = (_objective - objective) / Math.Max(1, Iteration - _evaluated);
        (_objective, _evaluated) = (objective, Iteration);
        return objective;
    }

    protected override void Advance()
    {
        if (_noise.LevelAt(Iteration) is not { } level)
            return;
        for (var i = 0; i < Current.Noise.Length; i++)
            Current.Noise[i] = level * Data.Power[i];
    }

    protected override void Prepare()
    {
        for (var k = 0; k < _counts.Length; k++)
        {
            var row = Current.Activations.Row(k);
            _counts[k] = row.Length - row.Count(0.0);
        }
    }

    protected override void BeginBlock(int block) => Array.Clear(_ratios[block]);

    protected override void RunBin(int bin, int block, int worker)
    {
        var (step, channels, sources) = (_steps[worker], Data.Channels, Current.Sources);
        step.Run(Data, Current, bin, WithObjective);
        if (WithObjective)
            Costs[bin] = _constants[bin] + (Data.Weight(bin) * step.Divergence);
        step.CrossReal.CopyTo(_crossReal, bin * channels * sources);
        step.CrossImaginary.CopyTo(_crossImaginary, bin * channels * sources);
        step.Sources.CopyTo(_sources, bin * sources * sources);
        if (!Current.IsInstantaneous)
        {
            UpdateMixing(bin, _equations[worker]);
            UpdateNoise(bin, _equations[worker]);
        }

        UpdateSpectra(bin, step.Differences, Negative[block], _ratios[block]);
    }

    protected override void Finish()
    {
        if (Current.IsInstantaneous)
        {
            UpdateCommonMixing();
            for (var f = 0; f < Data.Bins; f++)
                UpdateNoise(f, _equations[0]);
        }

        Reduce(Negative);
        for (var block = 1; block < _ratios.Length; block++)
            TensorPrimitives.Add(_ratios[0], _ratios[block], _ratios[0]);
        for (var k = 0; k < Current.Rank; k++)
        {
            // h (Σ_f w/w' + h Σ_f w²/w' d) / Σ_f 1, w' being the next spectrum.
            Span<double> sum = Negative[0].Row(k), h = Current.Activations.Row(k), next = Next.Activations.Row(k);
            var (ratio, weight) = (_ratios[0][2 * k], _ratios[0][(2 * k) + 1]);
            if (!(weight > 0))
            {
                h.CopyTo(next);
                continue;
            }

            for (var n = 0; n < next.Length; n++)
                next[n] = h[n] * Math.Max((ratio + (h[n] * sum[n])) / weight, LeastFactor);
        }
    }

    private void UpdateSpectra(int bin, Matrix<double> differences, Matrix<double> sums, double[] ratios)
    {
        Span<double> w = Current.Dictionary.Row(bin), next = Next.Dictionary.Row(bin);
        var weight = Data.Weight(bin);
        for (var k = 0; k < w.Length; k++)
        {
            var d = differences.Row(SourceOf[k]);
            if (Known.Spectra[SourceOf[k]] || _counts[k] == 0)
                next[k] = w[k];
            else
                next[k] = w[k] * Math.Max(
                    1 + (w[k] * TensorPrimitives.Dot(Current.Activations.Row(k), d) / _counts[k]), LeastFactor);
            if (!(next[k] > 0))
                continue;
            ratios[2 * k] += weight * (w[k] / next[k]);
            ratios[(2 * k) + 1] += weight;
            TensorPrimitives.MultiplyAdd(d, weight * w[k] * (w[k] / next[k]), sums.Row(k), sums.Row(k));
        }
    }

    private void UpdateMixing(int bin, MixingEquations equations)
    {
        equations.Clear();
        equations.Add(Cross(_crossReal, bin), Cross(_crossImaginary, bin), OfSources(bin), 1, isReal: Data.IsReal(bin));
        equations.Solve(Current, Next, bin, ..Data.Channels, Known.Mixing);
    }

    // Every channel has equations of its own, in which frequencies count by the power of their noise.
    private void UpdateCommonMixing()
    {
        for (var i = 0; i < Data.Channels; i++)
        {
            _equations[0].Clear();
            for (var f = 0; f < Data.Bins; f++)
            {
                var weight = Data.Weight(f) / Current.Noise[(f * Data.Channels) + i];
                _equations[0].Add(Cross(_crossReal, f), Cross(_crossImaginary, f), OfSources(f), weight, isReal: true);
            }

            _equations[0].Solve(Current, Next, 0, i..(i + 1), Known.Mixing);
        }
    }

    private void UpdateNoise(int bin, MixingEquations equations)
    {
        for (var i = 0; i < Data.Channels; i++)
        {
            var at = (bin * Data.Channels) + i;
            if (!_noise.IsEstimated)
            {
                Next.Noise[at] = Current.Noise[at];
                continue;
            }

            var residual = equations.Residual(
                Next, bin, i, Cross(_crossReal, bin), Cross(_crossImaginary, bin), OfSources(bin));
            Next.Noise[at] = Math.Max(
                Data.Square(bin, i) + (residual / Data.Frames), _noise.To * Data.Power[at]);
        }
    }

    private ReadOnlySpan<double> Cross(double[] all, int bin)
        => all.AsSpan(bin * Data.Channels * Current.Sources, Data.Channels * Current.Sources);

    private ReadOnlySpan<double> OfSources(int bin)
        => _sources.AsSpan(bin * Current.Sources * Current.Sources, Current.Sources * Current.Sources);
}
