using System.Numerics;

namespace Nmf.Audio;

/// <summary>Rows of a demixing matrix in turn: q_j = (Q V_j)⁻¹ e_j, of length one in V_j (Ono, "Stable and fast update
/// rules for independent vector analysis based on auxiliary function technique", 2011).</summary>
internal sealed class IterativeProjection(int channels)
{
    // Of a column: what is left of it when channels differ by rounding alone.
    private const double LeastPivot = 1e-12;

    private readonly Complex[,] _matrix = new Complex[channels, channels];
    private readonly Complex[] _solution = new Complex[channels];
    private readonly double[] _largest = new double[channels];

    public void Update(DemixingFactors factors, int bin, double[] covariances)
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

            Equilibrate();

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
    public double LogDeterminant(DemixingFactors factors, int bin)
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

    private static Complex Entry(DemixingFactors factors, int bin, int row, int column)
    {
        var at = (((bin * factors.Channels) + row) * factors.Channels) + column;
        return new Complex(factors.DemixingReal[at], factors.DemixingImaginary[at]);
    }

    // Equations of the same size, and the size of every column.
    private void Equilibrate()
    {
        Array.Clear(_largest);
        for (var row = 0; row < channels; row++)
        {
            double size = 0;
            for (var column = 0; column < channels; column++)
                size = Math.Max(size, _matrix[row, column].Magnitude);
            var scale = size > 0 ? 1 / size : 1;
            _solution[row] *= scale;
            for (var column = 0; column < channels; column++)
            {
                _matrix[row, column] *= scale;
                _largest[column] = Math.Max(_largest[column], _matrix[row, column].Magnitude);
            }
        }
    }

    private bool Solve()
    {
        for (var column = 0; column < channels; column++)
        {
            if (!Eliminate(column) || !(_matrix[column, column].Magnitude > LeastPivot * _largest[column]))
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
