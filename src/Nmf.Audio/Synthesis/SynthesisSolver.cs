using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Low-rank time-frequency synthesis (Févotte and Kowalski, "Low-rank time-frequency synthesis", 2014; "Estimation with
/// low-rank time-frequency synthesis models", 2018): a recording x = Σ_j Φ_j a_j + e of J layers, each the synthesis of
/// coefficients a with variances y = [W H] in a tight frame, and of white noise e of variance λ, of which every layer
/// has λ/J. The objective is twice minus the logarithm of one of two likelihoods, negative frequencies included:
/// <code>
///   joint      ‖x - ΣΦa‖²/λ + Σ |a|²/y + log y
///   marginal   Σ |z|²/(y + λ/J) + log(y + λ/J)  subject to ΣΦz = x,   a = y/(y + λ/J) ∘ z
/// </code>
/// An iteration is a gradient step and a Wiener shrinkage of the coefficients, and one step of H and W,
/// <code>
///   z ← a + Φᴴ(x - ΣΦa)/J,   a ← y/(y + λ/J) ∘ z
///   (H, W) ← a multiplicative step of D_IS(P | W H),   P = |a|²   or, marginal,   |a|² + λ/J y/(y + λ/J)
/// </code>
/// (with coefficients that are kept z stays Φᴴx, and the noise of a layer is that of a coefficient of it), each of
/// which does not increase the objective, J being the squared norm of all frames together: the first two
/// because z minimises the majoriser Σ |z - a|²/(λ/J) + |a|²/y under the constraint, the last as expectation-
/// maximisation in which P is what is expected of |a|².
/// </summary>
internal sealed class SynthesisSolver : IIterativeModel, IBlockWork
{
    private const int FramesOfBlock = 16;
    private const int SamplesOfBlock = 1 << 13;

    private readonly double[] _signal;
    private readonly double[] _residual;
    private readonly double _noise;
    private readonly double _power;
    private readonly SynthesisNoise _schedule;
    private readonly bool _isMarginal;
    private readonly bool _isKnown;
    private readonly bool _isKept;
    private readonly double _share;
    private readonly WorkTeam _team;
    private readonly (int Layer, int From, int To)[] _blocks;
    private readonly double[] _sums;
    private Work _work;
    private int _iteration;
    private double _level;
    private double _objective;
    private double _improvement;
    private int _evaluated;

    /// <summary>Starts.</summary>
    /// <param name="signal">x, in the unit of the fit.</param>
    /// <param name="layers">The layers, with factors.</param>
    /// <param name="noise">λ at the end.</param>
    /// <param name="options">Which likelihood, and how λ falls.</param>
    /// <param name="isKnown">Whether dictionaries stay.</param>
    /// <param name="team">Threads.</param>
    public SynthesisSolver(
        double[] signal, SynthesisLayerState[] layers, double noise, SynthesisOptions options, bool isKnown,
        WorkTeam team)
    {
        (_signal, Layers, _noise, _schedule, _team) = (signal, layers, noise, options.Noise, team);
        (_isMarginal, _isKnown) = (options.Likelihood == SynthesisLikelihood.Marginal, isKnown);
        _isKept = options.KeepsCoefficients;
        _share = _isKept ? layers[0].Frame.NoiseShare : 1.0 / layers.Length;
        _power = TensorPrimitives.SumOfSquares<double>(signal) / signal.Length;
        _residual = new double[signal.Length];
        _blocks = [.. layers.SelectMany((layer, j) => Enumerable.Range(
            0, (layer.Frame.Frames + FramesOfBlock - 1) / FramesOfBlock).Select(b => (
                j, b * FramesOfBlock, Math.Min((b + 1) * FramesOfBlock, layer.Frame.Frames))))];
        _sums = new double[Math.Max(_blocks.Length, SampleBlocks)];
        Run(Work.Begin);
    }

    private enum Work
    {
        Begin,
        Synthesize,
        Residual,
        Move,
        Energy,
        Objective,
    }

    public SynthesisLayerState[] Layers { get; }

    /// <summary>Number of coefficients of all layers.</summary>
    public long Count => Layers.Sum(layer => layer.Count);

    /// <summary>λ in the current iteration.</summary>
    private double Noise => _schedule.LevelAt(_iteration, _noise, _power);

    private int SampleBlocks => (_signal.Length + SamplesOfBlock - 1) / SamplesOfBlock;

    public void Step()
    {
        Run(Work.Synthesize);
        if (!_isKept)
            Run(Work.Residual);
        Run(Work.Move);
        foreach (var layer in Layers)
            layer.UpdateFactors(_isKnown, _team);
        _iteration++;
    }

    public double Objective()
    {
        double objective = 0;
        if (!_isMarginal)
        {
            Run(Work.Synthesize);
            Run(Work.Residual);
            objective = Run(Work.Energy) / Noise;
        }

        objective += Run(Work.Objective);
        if (_iteration > _evaluated)
            _improvement = (_objective - objective) / (_iteration - _evaluated);
        (_objective, _evaluated) = (objective, _iteration);
        return objective;
    }

    /// <summary>A logarithm may have any value, so that no part of it tells what is little.</summary>
    public bool? HasConverged(double tolerance)
        => _iteration > _schedule.AnnealingIterations && _improvement <= tolerance * Count;

    /// <summary>The coefficients a of a layer.</summary>
    public Matrix<double> Synthesized(int layer)
    {
        var state = Layers[layer];
        var result = state.Coefficients.Clone();
        if (!_isMarginal)
            return result;
        state.Transpose();
        var y = new double[state.Frame.Bins];
        for (var n = 0; n < result.Rows; n++)
        {
            state.Variances(n, y);
            SynthesisLayerState.Shrink(result.Row(n), y, _share * Noise, result.Row(n));
        }

        return result;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(_iteration);
        writer.Write(_evaluated);
        writer.Write(_objective);
        writer.Write(_improvement);
        foreach (var layer in Layers)
            layer.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        (_iteration, _evaluated) = ((int)reader.ReadCount(), (int)reader.ReadCount());
        (_objective, _improvement) = (reader.ReadFinite(), reader.ReadFinite());
        foreach (var layer in Layers)
            layer.Load(reader);
    }

    void IBlockWork.Run(int block, int worker)
    {
        if (_work is Work.Residual or Work.Energy)
        {
            var first = block * SamplesOfBlock;
            var stretch = first..Math.Min(first + SamplesOfBlock, _signal.Length);
            var residual = _residual.AsSpan()[stretch];
            if (_work == Work.Energy)
            {
                _sums[block] = TensorPrimitives.SumOfSquares<double>(residual);
                return;
            }

            _signal.AsSpan()[stretch].CopyTo(residual);
            foreach (var layer in Layers)
                layer.Subtract(first, residual);
            return;
        }

        var (at, from, to) = _blocks[block];
        var state = Layers[at];
        double sum = 0;
        for (var n = from; n < to; n++)
        {
            switch (_work)
            {
                case Work.Begin:
                    state.Frame.Analyze(_signal, n, state.Coefficients.Row(n), worker);
                    TensorPrimitives.Multiply(
                        state.Coefficients.Row(n), 1.0 / Layers.Length, state.Coefficients.Row(n));
                    break;
                case Work.Synthesize:
                    state.Synthesize(n, _isMarginal ? _level : 0, worker);
                    break;
                case Work.Move:
                    state.Move(n, _isKept ? [] : _residual, _share, _level, _isMarginal, worker);
                    break;
                default:
                    sum += state.Objective(n, _isMarginal ? _level : 0, worker);
                    break;
            }
        }

        _sums[block] = sum;
    }

    private double Run(Work work)
    {
        (_work, _level) = (work, _share * Noise);
        if (work is Work.Synthesize or Work.Objective)
        {
            foreach (var layer in Layers)
                layer.Transpose();
        }

        var blocks = work is Work.Residual or Work.Energy ? SampleBlocks : _blocks.Length;
        _team.Run(this, blocks);
        double sum = 0;
        for (var b = 0; b < blocks; b++)
            sum += _sums[b];
        return sum;
    }
}
