using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// Least squares on the simplex: <c>min ½ hᵀ G h - qᵀ h</c> over h ≥ 0, Σ h = 1, by an active-set method that ends at
/// the exact solution: the optimum on a face of the simplex by Cholesky, then larger or smaller faces as the
/// multipliers ask (Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23, with the sum taken out
/// through differences to one of the members, so that the vertices need only be affinely independent).
/// </summary>
/// <remarks>All arithmetic is in double. A face of c members costs c³/6 multiplications.</remarks>
internal static unsafe class SimplexQuadratic
{
    // More vertices are not all of a face, and to try that costs the cube of their number.
    private const int MostToStartWith = 64;

    // A multiplier below this part of the numbers that it is a difference of is rounding.
    private const double Rounding = 1e-11;

    /// <summary>Numbers of scratch memory that <see cref="Solve"/> needs.</summary>
    public static long ScratchLength(int n) => ((long)n * n) + (5L * n) + 8;

    /// <summary>Solves for one right-hand side.</summary>
    /// <param name="gram">G, n x n, symmetric positive semidefinite.</param>
    /// <param name="stride">Length of a row of G.</param>
    /// <param name="q">n numbers.</param>
    /// <param name="n">Number of vertices.</param>
    /// <param name="h">Receives n nonnegative numbers that sum to one.</param>
    /// <param name="scratch">Memory.</param>
    /// <param name="maximumIterations">Most faces.</param>
    /// <returns>Number of faces; more than <paramref name="maximumIterations"/> when these were not enough. The result
    /// is then on the simplex but not optimal.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Solve(
        double* gram, nint stride, double* q, int n, double* h, double* scratch, int maximumIterations)
    {
        var face = new Face(gram, stride, q, n, scratch);
        var iterations = face.Start(h);
        var scale = face.Scale();
        while (true)
        {
            var entering = face.Entering(h, Rounding * scale);
            if (entering < 0)
                return iterations;
            if (iterations >= maximumIterations)
                return maximumIterations + 1;
            face.Enter(entering);
            for (var first = true; ; first = false)
            {
                iterations++;
                if (!face.Optimum() || (first && face.Newest <= 0))
                {
                    // Affinely dependent on the members up to rounding: nothing is to be gained here.
                    face.Reject(entering, first);
                    break;
                }

                if (face.MoveTo(h))
                    break;
            }
        }
    }

    /// <summary>The members of a face, and the optimum on its affine hull.</summary>
    private struct Face
    {
        private readonly double* _gram;
        private readonly nint _stride;
        private readonly double* _q;
        private readonly int _n;
        private readonly double* _x;
        private readonly double* _diagonal;
        private readonly double* _matrix;
        private readonly int* _members;
        private readonly byte* _state;
        private int _count;

        private const byte Outside = 0;
        private const byte Member = 1;
        private const byte Rejected = 2;

        public Face(double* gram, nint stride, double* q, int n, double* scratch)
        {
            _gram = gram;
            _stride = stride;
            _q = q;
            _n = n;
            _x = scratch;
            _diagonal = scratch + n;
            _members = (int*)(scratch + (2 * n));
            _state = (byte*)(scratch + (3 * n));
            _matrix = scratch + (4 * n) + 1;
        }

        public readonly double Newest => _x[_count - 1];

        public readonly double Scale()
        {
            double scale = 0;
            for (var k = 0; k < _n; k++)
                scale = double.Max(scale, _gram[(k * _stride) + k] + double.Abs(_q[k]));
            return scale;
        }

        /// <summary>A face whose optimum is inside it: from all vertices, dropping those that the optimum would have
        /// negative; where vertices are dependent the best one.</summary>
        public int Start(double* h)
        {
            for (var k = 0; k < _n; k++)
                (_members[k], _state[k]) = (k, Member);
            _count = _n;
            for (var rounds = 1; ; rounds++)
            {
                if (_count > MostToStartWith || !Optimum())
                {
                    StartAtVertex();
                    Take(h);
                    return rounds;
                }

                var kept = 0;
                for (var i = 0; i < _count; i++)
                {
                    if (_x[i] > 0)
                    {
                        _x[kept] = _x[i];
                        _members[kept++] = _members[i];
                    }
                    else
                    {
                        _state[_members[i]] = Outside;
                    }
                }

                if (kept == _count)
                {
                    Take(h);
                    return rounds;
                }

                _count = kept;
            }
        }

        /// <summary>The vertex whose multiplier is the most negative, or -1.</summary>
        public readonly int Entering(double* h, double limit)
        {
            double level = 0;
            for (var i = 0; i < _count; i++)
                level += h[_members[i]] * Gradient(_members[i], h);
            var (best, largest) = (-1, limit);
            for (var k = 0; k < _n; k++)
            {
                if (_state[k] != Outside)
                    continue;
                var gain = level - Gradient(k, h);
                if (gain > largest)
                    (best, largest) = (k, gain);
            }

            return best;
        }

        public void Enter(int vertex)
        {
            _members[_count++] = vertex;
            _state[vertex] = Member;
        }

        /// <summary>Gives up on the vertex that entered; the others stay as they are.</summary>
        public void Reject(int vertex, bool isLast)
        {
            if (isLast)
                _count--;
            _state[vertex] = isLast ? Rejected : _state[vertex];
        }

        /// <summary>The optimum on the affine hull of the members, which may be outside the face; false where they
        /// are dependent.</summary>
        public readonly bool Optimum()
        {
            var free = _count - 1;
            var reference = _members[0];
            var row = _gram + (reference * _stride);
            var corner = row[reference];
            for (var i = 0; i < free; i++)
            {
                var member = _members[i + 1];
                var source = _gram + (member * _stride);
                var offset = corner - row[member];
                for (var j = i; j < free; j++)
                    _matrix[(i * free) + j] = source[_members[j + 1]] - row[_members[j + 1]] + offset;
                _x[i + 1] = _q[member] - _q[reference] + offset;
            }

            if (!Cholesky.Solve(_matrix, free, _x + 1, _diagonal))
                return false;
            double rest = 1;
            for (var i = 1; i <= free; i++)
                rest -= _x[i];
            _x[0] = rest;
            return true;
        }

        /// <summary>Goes towards the optimum until a member would become negative, which then leaves; true when the
        /// optimum was reached.</summary>
        public bool MoveTo(double* h)
        {
            double step = 1;
            var leaving = -1;
            for (var i = 0; i < _count; i++)
            {
                var from = h[_members[i]];
                if (_x[i] <= 0 && from <= step * (from - _x[i]))
                    (step, leaving) = (from / (from - _x[i]), i);
            }

            if (leaving < 0)
            {
                Take(h);
                // The objective has fallen: what was rejected may enter again.
                for (var k = 0; k < _n; k++)
                    _state[k] = _state[k] == Rejected ? Outside : _state[k];
                return true;
            }

            var kept = 0;
            for (var i = 0; i < _count; i++)
            {
                var member = _members[i];
                h[member] += step * (_x[i] - h[member]);
                if (i == leaving || h[member] <= 0)
                {
                    h[member] = 0;
                    _state[member] = Outside;
                }
                else
                {
                    _members[kept++] = member;
                }
            }

            _count = kept;
            return false;
        }

        private void StartAtVertex()
        {
            var (best, lowest) = (0, double.PositiveInfinity);
            for (var k = 0; k < _n; k++)
            {
                var objective = (0.5 * _gram[(k * _stride) + k]) - _q[k];
                if (objective < lowest)
                    (best, lowest) = (k, objective);
                _state[k] = Outside;
            }

            _state[best] = Member;
            (_count, _members[0], _x[0]) = (1, best, 1);
        }

        private readonly void Take(double* h)
        {
            for (var k = 0; k < _n; k++)
                h[k] = 0;
            for (var i = 0; i < _count; i++)
                h[_members[i]] = _x[i];
        }

        private readonly double Gradient(int vertex, double* h)
        {
            var gradient = -_q[vertex];
            for (var i = 0; i < _count; i++)
                gradient += _gram[(vertex * _stride) + _members[i]] * h[_members[i]];
            return gradient;
        }
    }
}
