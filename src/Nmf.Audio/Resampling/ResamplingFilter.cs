using System.Numerics;
using MathNet.Numerics;

namespace Nmf.Audio;

/// <summary>
/// The low-pass filter of a change of rate, sampled at the places between two samples that occur: a row of coefficients
/// for each. It is the ideal low-pass times a Kaiser window (Kaiser 1974) whose transition ends at the lower half rate.
/// </summary>
internal sealed class ResamplingFilter
{
    private const double Rejection = 100;

    // The transition band, as a part of the lower half rate.
    private const double Transition = 0.08;

    // The error of a straight line between two rows is (π / rows)² / 8, 143 dB below the signal.
    private const double MostRows = 4096;

    private readonly float[] _rows;
    private readonly int _stride;
    private readonly int _rowCount;

    /// <param name="up">Places between two samples.</param>
    /// <param name="down">Distance of two results in such places; prime to <paramref name="up"/>.</param>
    public ResamplingFilter(int up, int down)
    {
        Places = up;
        var ratio = Math.Min(1, (double)up / down);
        var taps = (Rejection - 7.95) / (2.285 * Math.PI * Transition);
        Half = up == down ? 1 : (int)Math.Ceiling(taps / 2 / ratio);
        _rowCount = (int)Math.Ceiling(Math.Min(up, MostRows * ratio));
        _stride = Padded(2 * Half);
        _rows = new float[(_rowCount + 1) * _stride];
        var (cutoff, shape) = (ratio * (1 - (Transition / 2)), 0.1102 * (Rejection - 8.7));
        var row = new double[2 * Half];
        for (var r = 0; r <= _rowCount; r++)
        {
            for (var i = 0; i < row.Length; i++)
            {
                var t = i - Half + 1 - ((double)r / _rowCount);
                var edge = Math.Max(0, 1 - (t / Half * (t / Half)));
                row[i] = up == down ? (t == 0 ? 1 : 0)
                    : Sinc(Math.PI * cutoff * t) * SpecialFunctions.BesselI0(shape * Math.Sqrt(edge));
            }

            // Every row adds up to one: a constant stays what it is.
            var sum = row.Sum();
            for (var i = 0; i < row.Length; i++)
                _rows[(r * _stride) + i] = (float)(row[i] / sum);
        }
    }

    /// <summary>Places between two samples.</summary>
    public int Places { get; }

    /// <summary>Samples that are needed at and before a place, and as many behind it.</summary>
    public int Half { get; }

    /// <summary>The number of samples that <see cref="Apply"/> reads: those behind the last tap count as
    /// nothing.</summary>
    public int Reach => _stride;

    /// <summary>The value at a place behind sample <see cref="Half"/> - 1 of those given.</summary>
    /// <param name="samples"><see cref="Reach"/> samples, finite.</param>
    /// <param name="place">0 … Places - 1.</param>
    public float Apply(ReadOnlySpan<float> samples, int place)
    {
        if (_rowCount == Places)
            return Row(samples, place);
        var (row, rest) = ((int)((long)place * _rowCount / Places), (long)place * _rowCount % Places);
        var part = (float)((double)rest / Places);
        return ((1 - part) * Row(samples, row)) + (part * Row(samples, row + 1));
    }

    private float Row(ReadOnlySpan<float> samples, int row)
    {
        var taps = _rows.AsSpan(row * _stride, _stride);
        var sum = Vector<float>.Zero;
        for (var i = 0; i < taps.Length; i += Vector<float>.Count)
            sum += new Vector<float>(taps[i..]) * new Vector<float>(samples[i..]);
        return Vector.Sum(sum);
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x) / x;

    private static int Padded(int count)
        => (count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
}
