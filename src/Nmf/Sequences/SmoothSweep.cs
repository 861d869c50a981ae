using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The activation step of smooth IS-NMF. With c = h̃² neg, the majoriser in h_n, given its neighbours in time, is
/// stationary where <c>a h² + b h - g = 0</c>, a = pos + λ/h_{n+1}, g = c + λ h_{n-1}, b = 0 (every component has its
/// own λ); without a left neighbour g = c and b = -λ, without a right one a = pos and b = λ. One sweep along time takes
/// the new left and the old right neighbour. Févotte 2011. The penalty in the other direction is the same sweep from
/// the end to the beginning. An activation that is zero is known to be so: it stays, and is no neighbour.
/// </summary>
/// <remarks>The sweep is a recursion in time but not across components: blocks are pairs of a sequence and a strip
/// of components.</remarks>
internal sealed unsafe class SmoothSweep<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int StripWidth = 64;

    private readonly SequenceLayout _sequences;
    private readonly Matrix<T> _h;
    private readonly Matrix<T> _weights;
    private readonly bool _backward;
    private readonly int _strips;
    private readonly double[] _partial;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;

    public SmoothSweep(Matrix<T> h, SequenceLayout sequences, double[] weights, SmoothnessDirection direction)
    {
        (_h, _sequences) = (h, sequences);
        _weights = Matrix<T>.FromRowMajor(Array.ConvertAll(weights, T.CreateChecked), 1, h.Columns);
        _backward = direction == SmoothnessDirection.CurrentAgainstPrevious;
        _strips = (h.Columns + StripWidth - 1) / StripWidth;
        _partial = new double[checked(sequences.Count * _strips)];
    }

    /// <summary>Σ_k λ_k Σ_n d_IS between neighbours.</summary>
    public double Value(WorkTeam team)
    {
        team.Run(this, _partial.Length);
        double value = 0;
        foreach (var part in _partial)
            value += part;
        return value;
    }

    /// <summary>One sweep over all sequences, for the gradient at the current activations.</summary>
    public void Update(Matrix<T> negative, Matrix<T> positive, WorkTeam team)
    {
        (_negative, _positive) = (negative, positive);
        team.Run(this, _partial.Length);
        (_negative, _positive) = (null, null);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (sequence, strip) = (block / _strips, block % _strips);
        var (from, length) = (_sequences.Start(sequence), _sequences.End(sequence) - _sequences.Start(sequence));
        var first = strip * StripWidth;
        if (_negative is null)
            _partial[block] = Value(from, length, first, int.Min(_h.Columns, first + StripWidth));
        else
            Sweep(from, length, first, (int)nint.Min(_h.Stride, first + StripWidth));
    }

    // Σ log(h_{n-1}/h_n) telescopes, so that a component needs two logarithms in a sequence.
    private double Value(int from, int length, int first, int end)
    {
        var stride = _h.Stride;
        double value = 0;
        for (var k = first; k < end; k++)
        {
            if (_weights[0, k] == T.Zero)
                continue;
            var at = _h.Data + (from * stride) + k;
            var start = double.CreateTruncating(*at);
            var (left, excess, logarithm) = (start, 0.0, 0.0);
            for (var n = 1; n < length; n++)
            {
                at += stride;
                var right = double.CreateTruncating(*at);
                if (left == 0 || right == 0)
                {
                    logarithm += left > 0 ? Math.Log(start / left) : 0;
                    start = right;
                }
                else
                {
                    excess += _backward ? (right - left) / left : (left - right) / right;
                }

                left = right;
            }

            logarithm += left > 0 ? Math.Log(start / left) : 0;
            value += double.CreateTruncating(_weights[0, k]) * (excess + (_backward ? logarithm : -logarithm));
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sweep(int from, int length, int first, int end)
    {
        var stride = _h.Stride;
        var step = _backward ? -stride : stride;
        var at = (_backward ? from + length - 1 : from) * stride;
        T* h = _h.Data + at, p = _negative!.Data + at, q = _positive!.Data + at;
        var weights = _weights.Data;
        var floor = new Vector<T>(ActivationFloor<T>.Value);
        for (var n = 0; n < length; n++, h += step, p += step, q += step)
        {
            var (hasBefore, hasAfter) = (n > 0, n < length - 1);
            for (var k = first; k < end; k += Vector<T>.Count)
            {
                var weight = Vector.Load(weights + k);
                var x = Vector.Load(h + k);
                var a = Vector.Load(q + k);
                var g = x * x * Vector.Load(p + k);
                var sign = Vector<T>.Zero;
                if (hasAfter)
                {
                    var after = Vector.Load(h + step + k);
                    var isThere = Vector.GreaterThan(after, Vector<T>.Zero);
                    a += Vector.ConditionalSelect(isThere, weight / after, Vector<T>.Zero);
                    sign -= Vector.ConditionalSelect(isThere, Vector<T>.One, Vector<T>.Zero);
                }

                if (hasBefore)
                {
                    var before = Vector.Load(h - step + k);
                    g += weight * before;
                    sign += Vector.ConditionalSelect(
                        Vector.GreaterThan(before, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
                }

                // "Less than" is false for NaN, which must reach the guard of the fit.
                var root = PositiveRoot.Of(a, sign * weight, g, x);
                root = Vector.ConditionalSelect(Vector.LessThan(root, floor), floor, root);
                Vector.ConditionalSelect(Vector.Equals(x, Vector<T>.Zero), x, root).Store(h + k);
            }

            if (end == stride)
                ActivationFloor<T>.ClearPadding(h, _h.Columns, stride);
        }
    }
}
