using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The activation step of smooth IS-NMF. With c = h̃² neg, the majoriser in h_n, given its neighbours in time, is stationary where
/// <c>a h² + b h - g = 0</c>, a = pos + λ/h_{n+1}, g = c + λ h_{n-1}, b = 0; without a left neighbour g = c and b = -λ, without a right one a = pos and b = λ. One sweep along time takes the
/// new left and the old right neighbour. Févotte 2011. The penalty in the other direction is the same sweep from the end to the beginning.
/// </summary>
/// <remarks>The sweep is a recursion in time but not across components: blocks are pairs of a sequence and a strip of components.</remarks>
internal sealed unsafe class SmoothSweep<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int StripWidth = 64;

    private readonly SequenceLayout _sequences;
    private readonly Matrix<T> _h;
    private readonly T _weight;
    private readonly bool _backward;
    private readonly int _strips;
    private readonly double[] _partial;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;

    public SmoothSweep(Matrix<T> h, SequenceLayout sequences, double weight, SmoothnessDirection direction)
    {
        (_h, _sequences, _weight) = (h, sequences, T.CreateChecked(weight));
        _backward = direction == SmoothnessDirection.CurrentAgainstPrevious;
        _strips = (h.Columns + StripWidth - 1) / StripWidth;
        _partial = new double[checked(sequences.Count * _strips)];
    }

    /// <summary>Σ_k Σ_n d_IS between neighbours, without λ.</summary>
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
            var at = _h.Data + (from * stride) + k;
            var start = double.CreateTruncating(*at);
            var (left, excess) = (start, 0.0);
            for (var n = 1; n < length; n++)
            {
                at += stride;
                var right = double.CreateTruncating(*at);
                excess += _backward ? (right - left) / left : (left - right) / right;
                left = right;
            }

            var logarithm = Math.Log(start / left);
            value += excess + (_backward ? logarithm : -logarithm);
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
        var (weight, floor) = (new Vector<T>(_weight), new Vector<T>(ActivationFloor<T>.Value));
        var (two, four) = (new Vector<T>(T.CreateChecked(2)), new Vector<T>(T.CreateChecked(4)));
        var square = weight * weight;
        for (var n = 0; n < length; n++, h += step, p += step, q += step)
        {
            var (hasBefore, hasAfter) = (n > 0, n < length - 1);
            for (var k = first; k < end; k += Vector<T>.Count)
            {
                var x = Vector.Load(h + k);
                var a = Vector.Load(q + k);
                var g = x * x * Vector.Load(p + k);
                if (hasAfter)
                    a += weight / Vector.Load(h + step + k);
                if (hasBefore)
                    g += weight * Vector.Load(h - step + k);

                // Each root in the form in which nothing cancels.
                var root = hasBefore == hasAfter ? Vector.SquareRoot(g / a)
                    : hasAfter ? (weight + Vector.SquareRoot(square + (four * a * g))) / (two * a)
                    : two * g / (weight + Vector.SquareRoot(square + (four * a * g)));

                // A component that touches nothing stays; "less than" is false for NaN, which must reach the guard of the fit.
                root = Vector.ConditionalSelect(Vector.Equals(a, Vector<T>.Zero), x, root);
                Vector.ConditionalSelect(Vector.LessThan(root, floor), floor, root).Store(h + k);
            }

            if (end == stride)
                ActivationFloor<T>.ClearPadding(h, _h.Columns, stride);
        }
    }
}
