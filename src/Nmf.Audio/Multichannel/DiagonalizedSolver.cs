using System.Numerics;
using Nmf.Kernels;

namespace Nmf.Audio;

/// <summary>
/// Multichannel factorisation with jointly diagonalised covariances. The mixture is Gaussian with covariance
/// Q⁻¹ diag(Σ_j g_jm λ_j) Q⁻ᴴ at every frequency and frame, λ_j = W_j H_j:
/// minimises Σ_fn ( Σ_m log ŷ_m + |y_m|² / ŷ_m ) - 2 N Σ_f log |det Q_f|, y = Q x, ŷ_m = Σ_j g_jm λ_j.
/// </summary>
/// <remarks>
/// W, H and G by majorisation-minimisation, Q row by row by iterative projection (Ono 2011): no step increases the
/// objective. With as many sources as channels and G = I held, it is independent low-rank matrix analysis (Kitamura,
/// Ono, Sawada, Kameoka and Saruwatari 2016); with G learnt, FastMNMF2 (Sekiguchi, Bando, Nugraha, Yoshii and Kawahara
/// 2020). Frequencies 0 and half the sample rate are real and count half.
/// </remarks>
internal sealed class DiagonalizedSolver : IIterativeModel, IBlockWork
{
    /// <summary>No variance of a demixed channel is below this; the mixture has a mean power between 1 and 4.</summary>
    public const double LeastVariance = 1e-20;

    // Entries that are not zero do not fall below this part of what a start has on average.
    private const double Floor = 1e-12;

    private readonly MixtureData _data;
    private readonly bool _learnsGains;
    private readonly WorkTeam _team;
    private readonly DiagonalizedPass[] _passes;
    private readonly Projection[] _projections;
    private readonly Matrix<double> _power;
    private readonly Matrix<double> _parts;
    private readonly double _dictionaryFloor;
    private readonly double _activationFloor;
    private Work _work;

    public DiagonalizedSolver(
        MixtureData data, DiagonalizedFactors factors, bool learnsGains, bool[] keepsSpectra, WorkTeam team)
    {
        (_data, Factors, _learnsGains, _team) = (data, factors, learnsGains, team);
        _power = new Matrix<double>(data.Bins * data.Channels, data.Frames);
        _parts = new Matrix<double>(data.Bins, Math.Max(1, 2 * factors.Gains.Length));
        _passes = new DiagonalizedPass[team.Threads];
        _projections = new Projection[team.Threads];
        for (var i = 0; i < team.Threads; i++)
        {
            _passes[i] = new DiagonalizedPass(data, factors, _power, keepsSpectra);
            _projections[i] = new Projection(data.Channels);
        }

        _dictionaryFloor = Floor / data.Bins;
        _activationFloor = Floor * data.Bins;
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

    public DiagonalizedFactors Factors { get; }

    public void Step()
    {
        Run(Work.Dictionary);
        Run(Work.Activations);
        if (_learnsGains)
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
        double sum = 0;
        for (var f = 0; f < _data.Bins; f++)
            sum += _parts[f, 0];
        return sum;
    }

    public void Save(BinaryWriter writer) => Factors.Save(writer);

    public void Load(BinaryReader reader)
    {
        Factors.Load(reader);
        Run(Work.Demix);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var pass = _passes[worker];
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
                var parts = _parts.Row(block);
                parts.Clear();
                pass.AddGainGradient(block, parts[..Factors.Gains.Length], parts[Factors.Gains.Length..]);
                break;
            case Work.Demixing:
                pass.SumCovariances(block);
                _projections[worker].Update(Factors, block, pass.Covariances);
                pass.Demix(block);
                break;
            case Work.Objective:
                var constant = Math.Log(_data.IsReal(block) ? 2 * Math.PI : Math.PI) * _data.Channels;
                _parts[block, 0] = _data.Weight(block) * (pass.Divergence(block) + (_data.Frames
                    * (constant - (2 * _projections[worker].LogDeterminant(Factors, block)))));
                break;
        }
    }

    private void Run(Work work)
    {
        _work = work;
        _team.Run(this, work == Work.Activations ? DiagonalizedPass.Chunks(_data.Frames) : _data.Bins);
    }

    private void UpdateGains()
    {
        var gains = Factors.Gains;
        for (var i = 0; i < gains.Length; i++)
        {
            double negative = 0, positive = 0;
            for (var f = 0; f < _data.Bins; f++)
            {
                negative += _parts[f, i];
                positive += _parts[f, gains.Length + i];
            }

            if (gains[i] > 0 && positive > 0)
                gains[i] = Math.Max(gains[i] * Math.Sqrt(negative / positive), Floor);
        }
    }

    /// <summary>Rows of Q in turn: q_m = (Q V_m)⁻¹ e_m, of length one in V_m.</summary>
    private sealed class Projection(int channels)
    {
        private readonly Complex[,] _matrix = new Complex[channels, channels];
        private readonly Complex[] _solution = new Complex[channels];

        public void Update(DiagonalizedFactors factors, int bin, double[] covariances)
        {
            for (var m = 0; m < channels; m++)
            {
                var v = covariances.AsSpan(m * channels * channels, channels * channels);
                for (var row = 0; row < channels; row++)
                {
                    for (var column = 0; column < channels; column++)
                    {
                        Complex sum = 0;
                        for (var i = 0; i < channels; i++)
                            sum += Entry(factors, bin, row, i) * Covariance(v, i, column);
                        _matrix[row, column] = sum;
                    }

                    _solution[row] = row == m ? 1 : 0;
                }

                // A mixture of fewer channels than it has, or silence, at this frequency: the row stays.
                if (!Solve())
                    continue;
                double length = 0;
                for (var i = 0; i < channels; i++)
                {
                    Complex sum = 0;
                    for (var l = 0; l < channels; l++)
                        sum += Covariance(v, i, l) * _solution[l];
                    length += (Complex.Conjugate(_solution[i]) * sum).Real;
                }

                length = Math.Sqrt(length);
                if (!(length > 0) || !double.IsFinite(length))
                    continue;
                for (var i = 0; i < channels; i++)
                {
                    var at = (((bin * channels) + m) * channels) + i;
                    factors.DemixingReal[at] = _solution[i].Real / length;
                    factors.DemixingImaginary[at] = -_solution[i].Imaginary / length;
                }
            }
        }

        /// <summary>log |det Q|.</summary>
        public double LogDeterminant(DiagonalizedFactors factors, int bin)
        {
            for (var row = 0; row < channels; row++)
            {
                for (var column = 0; column < channels; column++)
                    _matrix[row, column] = Entry(factors, bin, row, column);
            }

            double sum = 0;
            for (var column = 0; column < channels; column++)
            {
                if (!Eliminate(column))
                    return double.NegativeInfinity;
                sum += Math.Log(_matrix[column, column].Magnitude);
            }

            return sum;
        }

        private static Complex Covariance(ReadOnlySpan<double> v, int a, int b)
        {
            var channels = (int)Math.Sqrt(v.Length);
            return a == b ? v[a * (channels + 1)]
                : a < b ? new Complex(v[(a * channels) + b], v[(b * channels) + a])
                : new Complex(v[(b * channels) + a], -v[(a * channels) + b]);
        }

        private static Complex Entry(DiagonalizedFactors factors, int bin, int row, int column)
        {
            var at = (((bin * factors.Channels) + row) * factors.Channels) + column;
            return new Complex(factors.DemixingReal[at], factors.DemixingImaginary[at]);
        }

        private bool Solve()
        {
            for (var column = 0; column < channels; column++)
            {
                if (!Eliminate(column))
                    return false;
            }

            for (var row = channels - 1; row >= 0; row--)
            {
                for (var i = row + 1; i < channels; i++)
                    _solution[row] -= _matrix[row, i] * _solution[i];
                _solution[row] /= _matrix[row, row];
            }

            return true;
        }

        // Gaussian elimination below the diagonal, with the largest pivot.
        private bool Eliminate(int column)
        {
            var pivot = column;
            for (var row = column + 1; row < channels; row++)
            {
                if (_matrix[row, column].Magnitude > _matrix[pivot, column].Magnitude)
                    pivot = row;
            }

            if (!(_matrix[pivot, column].Magnitude > 0))
                return false;
            if (pivot != column)
            {
                for (var i = 0; i < channels; i++)
                    (_matrix[column, i], _matrix[pivot, i]) = (_matrix[pivot, i], _matrix[column, i]);
                (_solution[column], _solution[pivot]) = (_solution[pivot], _solution[column]);
            }

            for (var row = column + 1; row < channels; row++)
            {
                var factor = _matrix[row, column] / _matrix[column, column];
                for (var i = column; i < channels; i++)
                    _matrix[row, i] -= factor * _matrix[column, i];
                _solution[row] -= factor * _solution[column];
            }

            return true;
        }
    }
}
