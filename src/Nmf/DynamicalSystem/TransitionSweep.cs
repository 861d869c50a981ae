using System.Numerics;
using System.Runtime.CompilerServices;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The activation step of a nonnegative dynamical system, sample by sample along time. With g_n = A h_{n-1} of the new
/// predecessor, S = Aᵀ(α/g) and T = Aᵀ(α h/g²) of the old successor, the majoriser in h_n is stationary where
/// <c>a h² + b h - c = 0</c>, a = pos + S_{n+1} + α/g_n, b = e - α, c = h̃² (neg + T_{n+1}); the first sample of a
/// sequence has no α/g and b = e; e is 1 in the maximum a posteriori form, else 0. Févotte, Le Roux and Hershey 2013.
/// </summary>
/// <remarks>A recursion in time: blocks are sequences. A sample costs 2 K² operations, for A h.</remarks>
internal sealed unsafe class TransitionSweep<T> : IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SequenceLayout _sequences;
    private readonly Matrix<T> _h;
    private readonly Matrix<T> _coefficients;
    private readonly T _floor;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;
    private Matrix<T>? _predicted;
    private Matrix<T>? _next;
    private Matrix<T>? _nextSquared;
    private Matrix<T>? _transposed;

    public TransitionSweep(Matrix<T> h, SequenceLayout sequences, double[] shapes, bool aPosteriori, T floor)
    {
        (_h, _sequences, _floor) = (h, sequences, floor);

        // Rows: α; b of a first sample; b of any other.
        _coefficients = new Matrix<T>(3, h.Columns);
        for (var k = 0; k < shapes.Length; k++)
        {
            // A component without dynamics has no prior at all.
            var e = aPosteriori && shapes[k] > 0 ? 1.0 : 0.0;
            _coefficients[0, k] = T.CreateChecked(shapes[k]);
            _coefficients[1, k] = T.CreateChecked(e);
            _coefficients[2, k] = T.CreateChecked(e - shapes[k]);
        }
    }

    /// <summary>One sweep over all sequences.</summary>
    /// <param name="negative">neg of the divergence, samples x rank.</param>
    /// <param name="positive">pos of the divergence.</param>
    /// <param name="next">S of the successor in the row of each sample, 0 for last samples.</param>
    /// <param name="nextSquared">T of the successor.</param>
    /// <param name="transposed">Aᵀ.</param>
    /// <param name="predicted">Receives A h of the new activations in every row but the last of a sequence.</param>
    /// <param name="team">Threads to use.</param>
    public void Update(
        Matrix<T> negative, Matrix<T> positive, Matrix<T> next, Matrix<T> nextSquared, Matrix<T> transposed,
        Matrix<T> predicted, WorkTeam team)
    {
        (_negative, _positive, _next, _nextSquared, _transposed, _predicted) = (negative, positive, next, nextSquared,
            transposed, predicted);
        team.Run(this, _sequences.Count);
    }

    void IBlockWork.Run(int block, int worker)
    {
        for (var n = _sequences.Start(block); n < _sequences.End(block); n++)
        {
            var isFirst = n == _sequences.Start(block);
            if (!isFirst)
                Predict(_transposed!, _h.Data + ((n - 1) * _h.Stride), _predicted!.Data + ((n - 1) * _h.Stride));
            var at = n * _h.Stride;
            Solve(
                _h.Data + at, _negative!.Data + at, _positive!.Data + at, _next!.Data + at, _nextSquared!.Data + at,
                isFirst ? null : _predicted!.Data + at - _h.Stride, _coefficients, _floor, _h.Stride);
            ActivationFloor<T>.ClearPadding(_h.Data + at, _h.Columns, _h.Stride);
        }
    }

    /// <summary>g = A h, from the transpose of A; never below the floor, so that it can be divided by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Predict(Matrix<T> transposed, T* h, T* predicted)
    {
        var a = transposed.Data;
        var (stride, width) = (transposed.Stride, (nint)Vector<T>.Count);
        var floor = new Vector<T>(ActivationFloor<T>.Value);
        nint k = 0;
        for (; k + (4 * width) <= stride; k += 4 * width)
        {
            Vector<T> s0 = Vector<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
            var row = a + k;
            for (var j = 0; j < transposed.Columns; j++, row += stride)
            {
                var x = new Vector<T>(h[j]);
                s0 += x * Vector.Load(row);
                s1 += x * Vector.Load(row + width);
                s2 += x * Vector.Load(row + (2 * width));
                s3 += x * Vector.Load(row + (3 * width));
            }

            Vector.Max(s0, floor).Store(predicted + k);
            Vector.Max(s1, floor).Store(predicted + k + width);
            Vector.Max(s2, floor).Store(predicted + k + (2 * width));
            Vector.Max(s3, floor).Store(predicted + k + (3 * width));
        }

        for (; k < stride; k += width)
        {
            var sum = Vector<T>.Zero;
            var row = a + k;
            for (var j = 0; j < transposed.Columns; j++, row += stride)
                sum += new Vector<T>(h[j]) * Vector.Load(row);
            Vector.Max(sum, floor).Store(predicted + k);
        }
    }

    /// <summary>The positive roots for one sample; padding is left with anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Solve(
        T* h, T* negative, T* positive, T* next, T* nextSquared, T* predicted, Matrix<T> coefficients, T smallest,
        nint stride)
    {
        var alpha = coefficients.Data;
        var linear = alpha + ((predicted == null ? 1 : 2) * coefficients.Stride);
        var floor = new Vector<T>(smallest);
        for (nint k = 0; k < stride; k += Vector<T>.Count)
        {
            var x = Vector.Load(h + k);
            var a = Vector.Load(positive + k) + Vector.Load(next + k);
            if (predicted != null)
                a += Vector.Load(alpha + k) / Vector.Load(predicted + k);
            var c = x * x * (Vector.Load(negative + k) + Vector.Load(nextSquared + k));
            var root = PositiveRoot.Of(a, Vector.Load(linear + k), c, x);
            Vector.ConditionalSelect(Vector.LessThan(root, floor), floor, root).Store(h + k);
        }
    }
}
