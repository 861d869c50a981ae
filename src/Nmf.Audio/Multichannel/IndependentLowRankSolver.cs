using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Independent low-rank matrix analysis (Kitamura, Ono, Sawada, Kameoka and Saruwatari, "Determined blind source
/// separation unifying independent vector analysis and nonnegative matrix factorization", 2016): as many sources as
/// channels, y = Q x, y_j Gaussian with the variances v_j = W_j H_j. Minimises
/// Σ_fn Σ_j ( log v_j + |y_j|² / v_j ) - 2 N Σ_f log |det Q_f|.
/// </summary>
/// <remarks>
/// W and H by majorisation-minimisation, rows of Q by <see cref="IterativeProjection"/>: no step increases the
/// objective. Frequencies 0 and half the sample rate are real and count half.
/// </remarks>
internal sealed class IndependentLowRankSolver : IMultichannelSolver, IBlockWork
{
    // Entries that are not zero do not fall below this part of what a start has on average.
    private const double Floor = 1e-12;

    // Relative to the power of the channel at each frequency: a filter of the model divides by covariances.
    private const double NoiseLevel = 1e-8;

    private readonly MixtureData _data;
    private readonly WorkTeam _team;
    private readonly DemixingPass[] _passes;
    private readonly IterativeProjection[] _projections;
    private readonly double[] _costs;
    private Work _work;
    private int _iteration;
    private double _objective = double.PositiveInfinity;
    private int _evaluated;
    private double _improvement = double.PositiveInfinity;

    public IndependentLowRankSolver(MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
    {
        (_data, _team, _costs) = (data, team, new double[data.Bins]);
        Factors = new DemixingFactors(data.Channels, data.Bins, data.Frames, start.Offsets);
        start.Dictionary.CopyTo(Factors.Dictionary);
        start.Activations.CopyTo(Factors.Activations);
        for (var f = 0; f < data.Bins; f++)
        {
            var mixing = new Complex[data.Channels, data.Channels];
            for (var i = 0; i < data.Channels; i++)
            {
                for (var j = 0; j < data.Channels; j++)
                    mixing[i, j] = start.Mixing(f, i, j);
            }

            Factors.SetDemixing(f, Inverse(mixing) ?? throw new ArgumentException(
                $"The start mixes two sources alike at frequency {f}, so that nothing tells them apart."));
        }

        var power = new Matrix<double>(data.Bins * data.Channels, data.Frames);
        _passes = new DemixingPass[team.Threads];
        _projections = new IterativeProjection[team.Threads];
        for (var i = 0; i < team.Threads; i++)
        {
            _passes[i] = new DemixingPass(data, Factors, power, known.Spectra);
            _projections[i] = new IterativeProjection(data.Channels);
        }

        Run(Work.Demix);
    }

    private enum Work
    {
        Demix,
        Dictionary,
        Activations,
        Demixing,
        Objective,
    }

    /// <summary>The parameters.</summary>
    public DemixingFactors Factors { get; }

    public MixingFactors Current
    {
        get
        {
            var result = new MixingFactors(
                _data.Channels, _data.Bins, _data.Frames, Factors.Offsets, isInstantaneous: false)
            {
                HalfRateBin = _data.HalfRateBin,
            };
            Factors.Dictionary.CopyTo(result.Dictionary);
            Factors.Activations.CopyTo(result.Activations);
            for (var f = 0; f < _data.Bins; f++)
            {
                // The objective is infinite where there is none.
                var mixing = Inverse(Factors.Demixing(f))!;
                for (var i = 0; i < _data.Channels; i++)
                {
                    for (var j = 0; j < _data.Channels; j++)
                    {
                        var at = result.MixingOf(f) + (i * _data.Channels) + j;
                        (result.MixingReal[at], result.MixingImaginary[at]) = (
                            mixing[i, j].Real, _data.IsReal(f) ? 0 : mixing[i, j].Imaginary);
                    }
                }
            }

            for (var i = 0; i < result.Noise.Length; i++)
                result.Noise[i] = NoiseLevel * _data.Power[i];
            return result;
        }
    }

    public void Step()
    {
        Run(Work.Dictionary);
        Run(Work.Activations);
        Run(Work.Demixing);
        _iteration++;
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
        Factors.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        (_iteration, _objective) = ((int)reader.ReadCount(), reader.ReadFinite());
        _evaluated = _iteration;
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
                pass.UpdateDictionary(block, Floor / _data.Bins);
                break;
            case Work.Activations:
                pass.UpdateActivations(block, Floor * _data.Bins);
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

    private static Complex[,]? Inverse(Complex[,] matrix)
    {
        var inverse = MathNet.Numerics.LinearAlgebra.Complex.DenseMatrix.OfArray(matrix).Inverse().ToArray();
        foreach (var entry in inverse)
        {
            if (!Complex.IsFinite(entry))
                return null;
        }

        return inverse;
    }

    private void Run(Work work)
    {
        _work = work;
        _team.Run(this, work == Work.Activations ? DemixingPass.Chunks(_data.Frames) : _data.Bins);
    }
}
