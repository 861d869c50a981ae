using System.Numerics;
using System.Numerics.Tensors;

namespace Nmf.Kernels;

/// <summary>
/// Activations of single rows for a fixed dictionary: <c>min_{h ≥ 0} D_β(v | W h)</c>, to a stated tolerance. Shared by
/// all threads; each thread brings its own <see cref="Scratch"/>. A row's result depends on the row alone, and a dense
/// row gives the same bits as the sparse row of its non-zeros.
/// </summary>
/// <remarks>
/// <para>β = 2: cyclic coordinate descent with the Gram matrix, helped by Newton steps on the positive activations: an
/// exact solution of the nonnegative least-squares problem when the tolerance is small. β = 1: Newton steps that
/// minimise the quadratic model over h ≥ 0 exactly, cut to what lowers the objective; only the non-zeros of the row are
/// visited. Other β: multiplicative updates (Févotte and Idier 2011) with exponent 1 for 0 ≤ β ≤ 2 and the exponent of
/// majorisation-minimisation otherwise, over all features; for β &lt; 1 and β &gt; 2 the problem is not convex, and the
/// result is a stationary point. A penalty without groups is part of the same methods; with groups every β takes
/// multiplicative updates with the exponents of majorisation-minimisation.
/// Abundances: for β = 2 exact, by an active-set method, for other β
/// projected Newton steps that use it for their quadratic models, to the tolerance below in abundances; a row of zeros
/// is a row like any other. Other measures of fit and the outlier term: the same kind of updates.</para>
/// <para>Stopping rule: for every component, how far would Newton's method move this activation alone, staying
/// nonnegative, using the convex part of the curvature? The row is done when no activation would move by more than
/// the tolerance times the largest one, each activation counted in units of the largest entry of its
/// dictionary column. This is zero exactly where the conditions of Karush, Kuhn and Tucker hold and does not depend on
/// the scale of the row or of the columns. Rounding of float limits it to about 1e-6; a smaller tolerance is allowed
/// but may end at the maximum of iterations.</para>
/// <para>A row of which features are missing (NaN, or absent from a sparse row, where that was said) is the same
/// problem for the dictionary of the observed features. Beside the solution that costs their number times K, for β = 2
/// times K²; each scratch memory grows by a copy of the dictionary when it first meets such a row.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe partial class RowSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RowDictionary<T> _dictionary;
    private readonly RowAlgorithm<T> _algorithm;

    /// <summary>Prepares a dictionary: O(F K) for most β, O(F K²) for β = 1 and 2.</summary>
    /// <param name="w">Dictionary, features x rank, nonnegative; copied.</param>
    /// <param name="beta">Divergence parameter, finite.</param>
    /// <param name="tolerance">Largest relative move at which a row counts as done; 1e-6 to 1e-3 are usual.</param>
    /// <param name="maximumIterations">Most iterations for one row.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not finite, the tolerance is not positive, or there is
    /// no iteration.</exception>
    /// <exception cref="ArgumentException">The dictionary has no row or no column, or an entry that is negative or not
    /// finite.</exception>
    public RowSolver(Matrix<T> w, double beta, double tolerance, int maximumIterations)
        : this(w, new RowSolverOptions { Beta = beta, Tolerance = tolerance, MaximumIterations = maximumIterations })
    {
    }

    /// <summary>Prepares a dictionary: O(F K) for most β, O(F K²) for β = 1 and 2.</summary>
    /// <param name="w">Dictionary, features x rank, nonnegative; copied.</param>
    /// <param name="options">The problem, and how far to solve it.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">The dictionary has no row or no column.</exception>
    internal RowSolver(Matrix<T> w, RowSolverOptions options)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (w.Rows == 0 || w.Columns == 0)
            throw new ArgumentException(
                $"The dictionary is {w.Rows} x {w.Columns}: there is nothing to solve for.", nameof(w));
        for (var f = 0; f < w.Rows; f++)
        {
            var k = 0;
            foreach (var value in w.Row(f))
            {
                if (!(value >= T.Zero && T.IsFinite(value)))
                    throw new ArgumentException(
                        $"The dictionary holds {value} at feature {f}, component {k}. Entries must be finite and at "
                        + "least 0.", nameof(w));
                k++;
            }
        }

        options.Penalty?.Validate(w.Columns);
        Options = options;
        _dictionary = new RowDictionary<T>(
            w, options.IsHomogeneous, options.Abundances != SumConstraint.None, options.SeesRatiosAlone);
        _algorithm = RowAlgorithm<T>.Create(_dictionary, options);
    }

    /// <summary>The problem, and how far it is solved.</summary>
    internal RowSolverOptions Options { get; }

    /// <summary>Number of features F.</summary>
    public int Features => _dictionary.Features;

    /// <summary>Number of components K.</summary>
    public int Rank => _dictionary.Rank;

    /// <summary>Memory for one thread. It grows to the longest row it has seen; from then on
    /// nothing is allocated.</summary>
    public Scratch CreateScratch() => new(Features, Rank);

    /// <summary>Solves one dense row.</summary>
    /// <param name="values">F values, nonnegative and finite, or NaN where it means a missing value; not
    /// checked.</param>
    /// <param name="h">Receives K activations. A row of zeros gives zeros, but for abundances that add up to one
    /// and for Bernoulli likelihoods with a prior.</param>
    /// <param name="scratch">Memory of the calling thread, made by this solver.</param>
    /// <returns>Number of iterations; the most allowed when the tolerance was not reached before, which
    /// <see cref="Scratch.Converged"/> tells apart from a last iteration that reached it.</returns>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public int Solve(ReadOnlySpan<T> values, Span<T> h, Scratch scratch)
    {
        if (values.Length != Features)
            throw new ArgumentException(
                $"The row has {values.Length} values, but the dictionary has {Features} features.", nameof(values));
        RequireFit(h, scratch);
        if (Options.NaNIsMissing && HasNaN(values))
            return Restriction(scratch).Solve(values, h);
        if (_algorithm.SolvesDense)
            return SolveDense(values, h, scratch);
        var count = 0;
        for (var f = 0; f < values.Length; f++)
        {
            scratch.Indices[count] = f;
            scratch.Values[count] = values[f];
            count += values[f] == T.Zero ? 0 : 1;
        }

        return SolveNonZeros(_algorithm, count, h, scratch);
    }

    /// <summary>Solves one sparse row.</summary>
    /// <param name="indices">Features of the non-zeros, strictly increasing.</param>
    /// <param name="values">Values of the non-zeros, nonnegative and finite, or NaN where allowed; not checked.</param>
    /// <param name="h">Receives K activations. A row without a non-zero gives zeros, but for abundances that add up
    /// to one and for Bernoulli likelihoods with a prior.</param>
    /// <param name="scratch">Memory of the calling thread, made by this solver.</param>
    /// <returns>Number of iterations, as for a dense row.</returns>
    /// <exception cref="ArgumentException">A length does not fit, or an index is out of range or
    /// out of order.</exception>
    public int Solve(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, Span<T> h, Scratch scratch)
    {
        if (indices.Length != values.Length)
            throw new ArgumentException(
                $"There are {indices.Length} indices but {values.Length} values.", nameof(values));
        RequireFit(h, scratch);
        var (count, previous) = (0, -1);
        for (var j = 0; j < indices.Length; j++)
        {
            var f = indices[j];
            if (f <= previous || f >= Features)
                throw new ArgumentException(
                    $"Position {j}: index {f} after {previous}; "
                    + $"indices must increase strictly and stay below {Features}.", nameof(indices));
            previous = f;
            scratch.Indices[count] = f;
            scratch.Values[count] = values[j];
            count += values[j] == T.Zero ? 0 : 1;
        }

        if ((Options.AbsentIsMissing && indices.Length < Features) || (Options.NaNIsMissing && HasNaN(values)))
            return Restriction(scratch).Solve(indices, values, h);
        return SolveNonZeros(_algorithm, count, h, scratch);
    }

    private static bool HasNaN(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
        {
            if (T.IsNaN(value))
                return true;
        }

        return false;
    }

    private RowRestriction Restriction(Scratch scratch)
    {
        if (scratch.Restriction is not { } restriction || !restriction.BelongsTo(this))
            scratch.Restriction = restriction = new RowRestriction(this, scratch);
        return restriction;
    }

    private int SolveDense(ReadOnlySpan<T> values, Span<T> h, Scratch scratch)
    {
        scratch.Converged = true;
        scratch.ClearOutliers();
        scratch.Exponent = _dictionary.Common;
        var iterations = _algorithm.SolveDense(values, scratch);
        for (var k = 0; k < h.Length; k++)
            h[k] = T.CreateSaturating(scratch.H[k]);
        KeepAlive(scratch);
        return iterations;
    }

    private int SolveNonZeros(RowAlgorithm<T> algorithm, int count, Span<T> h, Scratch scratch)
    {
        scratch.Converged = true;
        scratch.ClearOutliers();
        if (count == 0 && !_algorithm.SolvesZeros)
        {
            h.Clear();
            return 0;
        }

        // A power of two, so that scaling is exact: the row is solved with its largest value between 1 and 2, for
        // abundances in the unit of the dictionary.
        var values = new Span<T>(scratch.Values, count);
        var exponent = Options.IsHomogeneous && count > 0 ? T.ILogB(TensorPrimitives.Max(values)) : _dictionary.Common;
        scratch.Exponent = exponent;
        PowerOfTwo.Scale(values, -exponent);
        var iterations = algorithm.Solve(count, scratch);
        scratch.ScaleOutliers(exponent);
        for (var k = 0; k < h.Length; k++)
            h[k] = T.CreateSaturating(Math.ScaleB(scratch.H[k], exponent - _dictionary.Exponents[k]));
        KeepAlive(scratch);
        return iterations;
    }

    // The algorithms work on pointers into both.
    private void KeepAlive(Scratch scratch)
    {
        GC.KeepAlive(this);
        GC.KeepAlive(scratch);
    }

    private void RequireFit(Span<T> h, Scratch scratch)
    {
        ArgumentNullException.ThrowIfNull(scratch);
        if (h.Length != Rank)
            throw new ArgumentException(
                $"There is room for {h.Length} activations, but the rank is {Rank}.", nameof(h));
        if (scratch.Features != Features || scratch.Rank != Rank)
            throw new ArgumentException(
                "The scratch memory was made for a dictionary of another shape.", nameof(scratch));
    }
}
