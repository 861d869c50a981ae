using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Models with a demixing matrix at every frequency: the demixed channels y = Q x are Gaussian with the variances
/// ŷ_m = Σ_j g_jm v_j, v_j = W_j H_j. Minimises Σ_fn Σ_m ( log ŷ_m + |y_m|² / ŷ_m ) - 2 N Σ_f log |det Q_f|. With as
/// many sources as channels and each in a demixed channel of its own it is independent low-rank matrix analysis
/// (Kitamura, Ono, Sawada, Kameoka and Saruwatari, "Determined blind source separation unifying independent vector
/// analysis and nonnegative matrix factorization", 2016). With gains g that are learnt, the same for all
/// frequencies, it is FastMNMF2 (Sekiguchi, Bando, Nugraha, Yoshii and Kawahara, "Fast multichannel nonnegative matrix
/// factorization with directivity-aware jointly-diagonalizable spatial covariance matrices for blind source
/// separation", 2020).
/// </summary>
/// <remarks>
/// W, H and g by majorisation-minimisation, rows of Q by <see cref="IterativeProjection"/>: no step increases the
/// objective. Frequencies 0 and half the sample rate are real and count half.
/// </remarks>
internal sealed class DemixingSolver : IMultichannelSolver, IBlockWork
{
    // Entries that are not zero do not fall below this part of what the start has on average.
    private const double Floor = 1e-12;

    // Relative to the power of the channel at each frequency: a filter of the model divides by covariances.
    private const double NoiseLevel = 1e-8;

    // Of inference, where spectra sum to 1, relative to the least power of the data.
    private const double LeastActivation = 1e-2;

    // No variance is below this part of the least power of the data.
    private const double LeastVariance = 1e-10;

    private readonly MixtureData _data;
    private readonly WorkTeam _team;
    private readonly bool _isInference;
    private readonly DemixingPass[] _passes;
    private readonly IterativeProjection[] _projections;
    private readonly double[] _costs;
    private readonly Matrix<double> _gainParts;
    private double _dictionaryFloor;
    private double _activationFloor;
    private Work _work;
    private int _iteration;
    private double _objective = double.PositiveInfinity;
    private int _evaluated;
    private double _improvement = double.PositiveInfinity;

    /// <param name="data">The mixture.</param>
    /// <param name="start">Where to start; changed.</param>
    /// <param name="keepsSpectra">Of every source, whether its spectra are known.</param>
    /// <param name="floor">Least power of the data.</param>
    /// <param name="isInference">Whether the activations alone are to be found.</param>
    /// <param name="team">Who works.</param>
    public DemixingSolver(
        MixtureData data, DemixingFactors start, bool[] keepsSpectra, double floor, bool isInference, WorkTeam team)
    {
        (_data, Factors, _team, _isInference, _costs) = (data, start, team, isInference, new double[data.Bins]);
        _dictionaryFloor = Floor * Mean(start.Dictionary);

        // That of pieces of a recording must be that of the whole.
        _activationFloor = isInference ? LeastActivation * floor * data.Bins : Floor * Mean(start.Activations);
        _gainParts = new Matrix<double>(start.HasGains ? data.Bins : 0, Math.Max(1, 2 * start.Gains.Length));
        var power = new Matrix<double>(data.Bins * data.Channels, data.Frames);
        _passes = new DemixingPass[team.Threads];
        _projections = new IterativeProjection[team.Threads];
        for (var i = 0; i < team.Threads; i++)
        {
            _passes[i] = new DemixingPass(data, Factors, power, keepsSpectra, LeastVariance * floor);
            _projections[i] = new IterativeProjection(data.Channels);
        }

        Run(Work.Demix);
    }

    private enum Work
    {
        Demix,
        Dictionary,
        Activations,
        Gains,
        Demixing,
        Objective,
    }

    /// <summary>The parameters.</summary>
    public DemixingFactors Factors { get; }

    public MixingFactors Current => Factors.ToMixing(_data, NoiseLevel);

    public void Step()
    {
        _iteration++;
        if (!_isInference)
            Run(Work.Dictionary);
        Run(Work.Activations);
        if (_isInference)
            return;
        if (Factors.HasGains)
        {
            Run(Work.Gains);
            UpdateGains();
        }

        Run(Work.Demixing);
    }

    /// <summary>Minus the logarithm of the likelihood, in the unit of <see cref="MixtureData"/>.</summary>
    public double Objective()
    {
        Run(Work.Objective);
        double objective = 0;
        foreach (var cost in _costs)
            objective += cost;
        if (_iteration > _evaluated)
            _improvement = (_objective - objective) / (_iteration - _evaluated);
        (_objective, _evaluated) = (objective, _iteration);
        return objective;
    }

    /// <summary>As <see cref="ExpectationMaximizationSolver"/>: what a coefficient gains in an iteration.</summary>
    public bool? HasConverged(double tolerance)
        => _improvement <= tolerance * _data.Bins * _data.Frames * _data.Channels;

    public void Save(BinaryWriter writer)
    {
        writer.Write(_iteration);
        writer.Write(_objective);
        writer.Write(_dictionaryFloor);
        writer.Write(_activationFloor);
        Factors.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        (_iteration, _objective) = ((int)reader.ReadCount(), reader.ReadFinite());
        _evaluated = _iteration;
        (_dictionaryFloor, _activationFloor) = (reader.ReadFinite(0), reader.ReadFinite(0));
        Factors.Load(reader);
        Run(Work.Demix);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (pass, projection) = (_passes[worker], _projections[worker]);
        switch (_work)
        {
            case Work.Demix:
                pass.Demix(block);
                break;
            case Work.Dictionary:
                pass.UpdateDictionary(block, _dictionaryFloor);
                break;
            case Work.Activations:
                pass.UpdateActivations(block, _activationFloor);
                break;
            case Work.Gains:
                var parts = _gainParts.Row(block);
                pass.SumForGains(block, parts[..Factors.Gains.Length], parts[Factors.Gains.Length..]);
                break;
            case Work.Demixing:
                pass.SumCovariances(block);
                projection.Update(Factors, block, pass.Covariances);
                pass.Demix(block);
                break;
            case Work.Objective:
                var constant = Math.Log(_data.IsReal(block) ? 2 * Math.PI : Math.PI) * _data.Channels;
                _costs[block] = _data.Weight(block) * (pass.Divergence(block) + (_data.Frames
                    * (constant - (2 * projection.LogDeterminant(Factors, block)))));
                break;
        }
    }

    private static double Mean(Matrix<double> factor)
    {
        double sum = 0;
        for (var row = 0; row < factor.Rows; row++)
            sum += TensorPrimitives.Sum<double>(factor.Row(row));
        return sum / factor.Rows / factor.Columns;
    }

    private void UpdateGains()
    {
        var gains = Factors.Gains;
        for (var at = 0; at < gains.Length; at++)
        {
            double negative = 0, positive = 0;
            for (var f = 0; f < _data.Bins; f++)
            {
                negative += _gainParts[f, at];
                positive += _gainParts[f, gains.Length + at];
            }

            if (gains[at] > 0 && positive > 0)
                gains[at] = Math.Max(gains[at] * Math.Sqrt(negative / positive), Floor);
        }
    }

    private void Run(Work work)
    {
        _work = work;
        _team.Run(this, work == Work.Activations ? DemixingPass.Chunks(_data.Frames) : _data.Bins);
    }
}
