using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// <see cref="IndependentLowRank"/>: <see cref="DiagonalizedSolver"/> with as many sources as channels, each alone in a
/// demixed channel of its own. The mixing is the inverse of the demixing.
/// </summary>
internal sealed class IndependentLowRankSolver : IMultichannelSolver
{
    // Relative to the power of the channel at each frequency: a filter of the model divides by covariances.
    private const double NoiseLevel = 1e-8;

    private readonly MixtureData _data;
    private readonly DiagonalizedSolver _solver;
    private int _iteration;
    private double _objective = double.PositiveInfinity;
    private int _evaluated;
    private double _improvement = double.PositiveInfinity;

    public IndependentLowRankSolver(MixtureData data, MixingFactors start, KnownParts known, WorkTeam team)
    {
        _data = data;
        var factors = new DiagonalizedFactors(data.Channels, data.Bins, data.Frames, start.Offsets);
        start.Dictionary.CopyTo(factors.Dictionary);
        start.Activations.CopyTo(factors.Activations);
        for (var j = 0; j < factors.Sources; j++)
            factors.Gains[(j * data.Channels) + j] = 1;
        for (var f = 0; f < data.Bins; f++)
        {
            var mixing = new Complex[data.Channels, data.Channels];
            for (var i = 0; i < data.Channels; i++)
            {
                for (var j = 0; j < data.Channels; j++)
                    mixing[i, j] = start.Mixing(f, i, j);
            }

            factors.SetDemixing(f, Inverse(mixing) ?? throw new ArgumentException(
                $"The start mixes two sources alike at frequency {f}, so that nothing tells them apart."));
        }

        _solver = new DiagonalizedSolver(data, factors, learnsGains: false, known.Spectra, team);
    }

    public MixingFactors Current
    {
        get
        {
            var factors = _solver.Factors;
            var result = new MixingFactors(
                _data.Channels, _data.Bins, _data.Frames, factors.Offsets, isInstantaneous: false)
            {
                HalfRateBin = _data.HalfRateBin,
            };
            factors.Dictionary.CopyTo(result.Dictionary);
            factors.Activations.CopyTo(result.Activations);
            for (var f = 0; f < _data.Bins; f++)
            {
                // The objective is infinite where it has none.
                var mixing = Inverse(factors.Demixing(f))!;
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
        _solver.Step();
        _iteration++;
    }

    public double Objective()
    {
        var objective = _solver.Objective();
        if (_iteration == _evaluated)
            return _objective = objective;
        _improvement = (_objective - objective) / (_iteration - _evaluated);
        (_objective, _evaluated) = (objective, _iteration);
        return objective;
    }

    /// <summary>As <see cref="ExpectationMaximizationSolver"/>: what a coefficient gains in an iteration.</summary>
    public bool? HasConverged(double tolerance)
        => _iteration > 0 && _improvement <= tolerance * _data.Bins * _data.Frames * _data.Channels;

    public void Save(BinaryWriter writer)
    {
        writer.Write(_iteration);
        writer.Write(_objective);
        _solver.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        (_iteration, _objective) = ((int)reader.ReadCount(), reader.ReadFinite());
        _evaluated = _iteration;
        _solver.Load(reader);
    }

    private static Complex[,]? Inverse(Complex[,] matrix)
    {
        var size = matrix.GetLength(0);
        var inverse = MathNet.Numerics.LinearAlgebra.Complex.DenseMatrix.OfArray(matrix).Inverse().ToArray();
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                if (!Complex.IsFinite(inverse[i, j]))
                    return null;
            }
        }

        return inverse;
    }
}
