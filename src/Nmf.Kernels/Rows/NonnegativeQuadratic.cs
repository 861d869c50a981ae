using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>
/// Minimum of <c>½ (x - h)ᵀ A (x - h) + gᵀ (x - h)</c> over x ≥ 0 for a small positive definite A: a few coordinate
/// sweeps guess which entries are positive, block principal pivoting makes the guess exact (Júdice and Pires 1994;
/// Kim and Park, "Toward faster nonnegative matrix factorization", 2008). From a near guess that is one to four
/// Cholesky factorisations.
/// </summary>
/// <remarks>Memory is the caller's: nothing is allocated. All in double.</remarks>
internal readonly unsafe struct NonnegativeQuadratic
{
    private const int Sweeps = 4;
    private const int MostExchanges = 40;

    // Exchanges of whole blocks that may fail to lower the number of violations before single ones, which
    // cannot cycle, take over.
    private const int Patience = 3;

    private const double SecondRidge = 1e-4;

    // Gradients of entries at zero that are negative by rounding only.
    private const double RelativeRounding = 1e-12;

    private readonly int _n;
    private readonly double* _factor;
    private readonly double* _target;
    private readonly double* _gradient;
    private readonly double* _solution;
    private readonly double* _diagonal;
    private readonly int* _support;

    /// <param name="n">Number of entries.</param>
    /// <param name="memory"><see cref="Size"/> numbers.</param>
    public NonnegativeQuadratic(int n, double* memory)
    {
        _n = n;
        Stride = StrideOf(n);
        Matrix = memory;
        Gradient = Matrix + ((nint)n * Stride);
        Current = Gradient + Stride;
        Solution = Current + Stride;
        _target = Solution + Stride;
        _gradient = _target + Stride;
        _solution = _gradient + Stride;
        _diagonal = _solution + Stride;
        _support = (int*)(_diagonal + Stride);
        _factor = _diagonal + (2 * Stride);
    }

    /// <summary>A, n x n, the whole of it; the caller fills it.</summary>
    public double* Matrix { get; }

    /// <summary>Distance between rows of the matrix: whole cache lines.</summary>
    public int Stride { get; }

    /// <summary>g.</summary>
    public double* Gradient { get; }

    /// <summary>h, nonnegative.</summary>
    public double* Current { get; }

    /// <summary>x.</summary>
    public double* Solution { get; }

    /// <summary>Numbers that a problem of order n needs.</summary>
    public static long Size(int n) => ((long)n * StrideOf(n)) + ((long)n * n) + (9L * StrideOf(n));

    /// <summary>Finds x. Where A is singular, or pivoting does not end, a multiple of its diagonal is added, or x is
    /// only better than h.</summary>
    public void Minimize()
    {
        for (var i = 0; i < _n; i++)
        {
            Solution[i] = Current[i];
            _gradient[i] = Gradient[i];
            Clear(Matrix + ((nint)i * Stride) + _n, Stride - _n);
        }

        Clear(_gradient + _n, Stride - _n);
        for (var sweep = 0; sweep < Sweeps; sweep++)
            Sweep();
        if (!Pivot())
        {
            // Singular, or nearly so: dearer moves from h make it regular, and x = h stays the minimum where it is one.
            for (var i = 0; i < _n; i++)
                Matrix[i * (Stride + 1L)] *= 1 + SecondRidge;
            if (!Pivot())
                return;
        }

        for (var i = 0; i < _n; i++)
            Solution[i] = _solution[i];
    }

    private static int StrideOf(int n) => (n + 7) & ~7;

    private static void Clear(double* target, int count) => new Span<double>(target, count).Clear();

    // One exact minimisation after the other; _gradient is that at the newest solution.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sweep()
    {
        for (var i = 0; i < _n; i++)
        {
            var row = Matrix + ((nint)i * Stride);
            var next = Math.Max(0, Solution[i] - (_gradient[i] / row[i]));
            var step = next - Solution[i];
            if (step == 0)
                continue;
            Solution[i] = next;
            AddScaled(step, row, _gradient, Stride);
        }
    }

    /// <summary>Block principal pivoting from the support of the solution so far.</summary>
    private bool Pivot()
    {
        // The minimum over a support solves A x = A h - g there.
        for (var i = 0; i < Stride; i++)
            _target[i] = i < _n ? -Gradient[i] : 0;
        for (var i = 0; i < _n; i++)
        {
            if (Current[i] != 0)
                AddScaled(Current[i], Matrix + ((nint)i * Stride), _target, Stride);
        }

        double scale = 0;
        for (var i = 0; i < _n; i++)
        {
            scale = Math.Max(scale, Math.Abs(_target[i]));
            _solution[i] = Solution[i];
        }

        var (fewest, patience) = (_n + 1, Patience);
        for (var exchange = 0; exchange < MostExchanges; exchange++)
        {
            if (!SolveOnSupport())
                return false;
            var (violations, last) = CountViolations(-RelativeRounding * scale);
            if (violations == 0)
                return true;
            var all = violations < fewest || patience-- > 0;
            if (violations < fewest)
                (fewest, patience) = (violations, Patience);
            Exchange(-RelativeRounding * scale, all ? 0 : last);
        }

        return false;
    }

    /// <summary>x on the support, where _solution is positive, zero elsewhere; and the gradient there.</summary>
    private bool SolveOnSupport()
    {
        var m = 0;
        for (var i = 0; i < _n; i++)
        {
            if (_solution[i] > 0)
                _support[m++] = i;
        }

        // Where the support is a run of neighbours, as at first, rows are copied whole.
        var consecutive = m > 0 && _support[m - 1] - _support[0] == m - 1;
        for (var i = 0; i < m; i++)
        {
            var source = Matrix + ((nint)_support[i] * Stride);
            var target = _factor + ((nint)i * m);
            if (consecutive)
            {
                new Span<double>(source + _support[i], m - i).CopyTo(new Span<double>(target + i, m - i));
            }
            else
            {
                for (var j = i; j < m; j++)
                    target[j] = source[_support[j]];
            }

            _solution[i] = _target[_support[i]];
        }

        if (m > 0 && !Cholesky.Solve(_factor, m, _solution, _diagonal))
            return false;
        for (var i = 0; i < Stride; i++)
            _gradient[i] = -_target[i];
        for (var i = 0; i < m; i++)
            AddScaled(_solution[i], Matrix + ((nint)_support[i] * Stride), _gradient, Stride);

        // Spread from the last: no value is overwritten before it is moved.
        var at = m - 1;
        for (var i = _n - 1; i >= 0; i--)
            _solution[i] = at >= 0 && _support[at] == i ? _solution[at--] : 0;
        return true;
    }

    // On the support the gradient is zero, and what violates is a negative entry; off it, where the entry is
    // zero, a negative gradient.
    private (int Count, int Last) CountViolations(double least)
    {
        var (count, last) = (0, 0);
        for (var i = 0; i < _n; i++)
        {
            if (_solution[i] < 0 || (_solution[i] == 0 && _gradient[i] < least))
                (count, last) = (count + 1, i);
        }

        return (count, last);
    }

    // Only the sign of _solution counts from here to the next solution.
    private void Exchange(double least, int first)
    {
        for (var i = first; i < _n; i++)
        {
            if (_solution[i] < 0)
                _solution[i] = 0;
            else if (_solution[i] == 0 && _gradient[i] < least)
                _solution[i] = 1;
        }

        // What stays on the support although it is negative, because single exchanges are due.
        for (var i = 0; i < first; i++)
            _solution[i] = Math.Abs(_solution[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(double scale, double* source, double* target, int length)
    {
        for (var i = 0; i < length; i += Vector<double>.Count)
            (Vector.Load(target + i) + (scale * Vector.Load(source + i))).Store(target + i);
    }
}
