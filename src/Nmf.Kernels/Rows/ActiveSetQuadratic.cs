using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// Nonnegative least squares from products alone, <c>min ½ hᵀ G h - qᵀ h</c> over h ≥ 0, by the active-set method of
/// Lawson and Hanson ("Solving Least Squares Problems", 1974, chapter 23): from h = 0 the entry that promises most
/// becomes positive, and the optimum over the positive ones is found anew. It ends at the exact solution, however
/// alike the columns are, and its time depends on how few entries are positive, so that there may be hundreds: what
/// spectral libraries need.
/// </summary>
/// <remarks>All in double. A step with c positive entries of n costs n c + 2 c² multiplications; the Cholesky factor
/// grows by a row, and is made anew from the place of an entry that has left.</remarks>
internal static unsafe class ActiveSetQuadratic
{
    // A gradient below this part of the largest product is rounding.
    private const double Rounding = 1e-11;

    // A column that has lost this much of its square to those before is a combination of them.
    private const double RelativePivot = 1e-11;

    /// <summary>Numbers of scratch memory that <see cref="Solve"/> needs.</summary>
    public static long ScratchLength(int n) => ((long)n * n) + (5L * n) + 32;

    /// <summary>Solves for one right-hand side.</summary>
    /// <param name="gram">G, n x n, symmetric positive semidefinite.</param>
    /// <param name="stride">Length of a row of G.</param>
    /// <param name="q">n numbers.</param>
    /// <param name="n">Number of entries.</param>
    /// <param name="h">Receives n nonnegative numbers.</param>
    /// <param name="scratch">Memory.</param>
    /// <param name="maximumIterations">Most steps.</param>
    /// <returns>Number of steps; more than <paramref name="maximumIterations"/> when these were not enough, and the
    /// result is then nonnegative but not optimal.</returns>
    public static int Solve(
        double* gram, nint stride, double* q, int n, double* h, double* scratch, int maximumIterations)
    {
        var set = new Members(gram, stride, q, n, h, scratch);
        var limit = Rounding * set.LargestProduct();
        for (var iterations = 0; ; iterations++)
        {
            var entering = set.Entering(limit);
            if (entering < 0)
                return iterations;
            if (iterations >= maximumIterations)
                return maximumIterations + 1;
            if (set.Enter(entering))
                set.MoveToOptimum();
        }
    }

    private struct Members
    {
        private const byte Outside = 0;
        private const byte Member = 1;
        private const byte Rejected = 2;

        private readonly double* _gram;
        private readonly nint _stride;
        private readonly double* _q;
        private readonly int _n;
        private readonly double* _h;
        private readonly double* _gradient;
        private readonly double* _optimum;
        private readonly double* _forward;
        private readonly double* _factor;
        private readonly int* _members;
        private readonly byte* _state;
        private int _count;

        public Members(double* gram, nint stride, double* q, int n, double* h, double* scratch)
        {
            _gram = gram;
            _stride = stride;
            _q = q;
            _n = n;
            _h = h;
            _gradient = scratch;
            _optimum = scratch + n;
            _forward = scratch + (2 * n);
            _members = (int*)(scratch + (3 * n));
            _state = (byte*)(scratch + (4 * n));
            _factor = scratch + (5 * n);
            new Span<double>(h, n).Clear();
            new Span<byte>(_state, n).Clear();
            new Span<double>(q, n).CopyTo(new Span<double>(_gradient, n));
        }

        public readonly double LargestProduct()
        {
            double largest = 0;
            for (var k = 0; k < _n; k++)
                largest = double.Max(largest, double.Abs(_q[k]));
            return largest;
        }

        /// <summary>The entry whose way to its own optimum lowers the objective most, or -1; the gradient is that
        /// downhill.</summary>
        public readonly int Entering(double limit)
        {
            var (best, largest) = (-1, 0.0);
            for (var k = 0; k < _n; k++)
            {
                var gain = _gradient[k];
                if (_state[k] != Outside || gain <= limit)
                    continue;
                gain *= gain / _gram[(k * _stride) + k];
                if (gain > largest)
                    (best, largest) = (k, gain);
            }

            return best;
        }

        /// <summary>Takes an entry in, and finds the optimum over the members; false where it depends on the others up
        /// to rounding, and nothing is to be gained.</summary>
        public bool Enter(int entry)
        {
            _members[_count] = entry;
            if (Append(_count, RelativePivot))
            {
                _count++;
                Optimum();
                if (_optimum[_count - 1] > 0)
                {
                    _state[entry] = Member;
                    return true;
                }

                _count--;
            }

            _state[entry] = Rejected;
            return false;
        }

        /// <summary>Goes towards the optimum; entries that would become negative leave, until none would.</summary>
        public void MoveToOptimum()
        {
            while (true)
            {
                double step = 1;
                var leaving = -1;
                for (var i = 0; i < _count; i++)
                {
                    var from = _h[_members[i]];
                    if (_optimum[i] <= 0 && from <= step * (from - _optimum[i]))
                        (step, leaving) = (from / (from - _optimum[i]), i);
                }

                if (leaving < 0)
                    break;
                Leave(step, leaving);
                Optimum();
            }

            for (var i = 0; i < _count; i++)
                _h[_members[i]] = _optimum[i];

            // The objective has fallen: what was rejected may enter again.
            for (var k = 0; k < _n; k++)
                _state[k] = _state[k] == Rejected ? Outside : _state[k];
            new Span<double>(_q, _n).CopyTo(new Span<double>(_gradient, _n));
            for (var i = 0; i < _count; i++)
                AddScaled(-_h[_members[i]], _gram + (_members[i] * _stride), _gradient, _n);
        }

        private void Leave(double step, int leaving)
        {
            var (kept, first) = (0, _count);
            for (var i = 0; i < _count; i++)
            {
                var member = _members[i];
                _h[member] += step * (_optimum[i] - _h[member]);
                if (i == leaving || _h[member] <= 0)
                {
                    _h[member] = 0;
                    _state[member] = Outside;
                    first = int.Min(first, i);
                }
                else
                {
                    _members[kept++] = member;
                }
            }

            _count = kept;
            // With fewer columns before it none depends more on them.
            for (var i = first; i < _count; i++)
                Append(i, 0);
        }

        // Row i of the factor L of G = L Lᵀ over the members, from those before it; and of L⁻¹ q.
        private readonly bool Append(int i, double leastPivot)
        {
            var member = _members[i];
            var source = _gram + (member * _stride);
            var row = _factor + ((nint)i * _n);
            var pivot = source[member];
            for (var j = 0; j < i; j++)
            {
                var before = _factor + ((nint)j * _n);
                row[j] = (source[_members[j]] - Dot(row, before, j)) / before[j];
                pivot -= row[j] * row[j];
            }

            if (!(pivot > leastPivot * source[member]))
                return false;
            row[i] = double.Sqrt(pivot);
            _forward[i] = (_q[member] - Dot(row, _forward, i)) / row[i];
            return true;
        }

        private readonly void Optimum()
        {
            new Span<double>(_forward, _count).CopyTo(new Span<double>(_optimum, _count));
            for (var i = _count - 1; i >= 0; i--)
            {
                var row = _factor + ((nint)i * _n);
                _optimum[i] /= row[i];
                AddScaled(-_optimum[i], row, _optimum, i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Dot(double* x, double* y, int length)
    {
        var sums = Vector<double>.Zero;
        var k = 0;
        for (; k + Vector<double>.Count <= length; k += Vector<double>.Count)
            sums += Vector.Load(x + k) * Vector.Load(y + k);
        var sum = Vector.Sum(sums);
        for (; k < length; k++)
            sum += x[k] * y[k];
        return sum;
    }

    /// <summary><c>target += scale source</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(double scale, double* source, double* target, int length)
    {
        var k = 0;
        for (; k + Vector<double>.Count <= length; k += Vector<double>.Count)
            (Vector.Load(target + k) + (scale * Vector.Load(source + k))).Store(target + k);
        for (; k < length; k++)
            target[k] += scale * source[k];
    }
}
