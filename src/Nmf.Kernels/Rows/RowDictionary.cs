using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// A dictionary prepared for row solvers: every column is scaled by a power of two so that its largest entry is between
/// 1 and 2, which is exact and frees the algorithms from scale; for abundances all by the same one, so that the largest
/// entry of all is. A column of zeros stays as it is.
/// </summary>
internal sealed unsafe class RowDictionary<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _isCompact;
    private readonly int[]? _featureExponents;

    public RowDictionary(Matrix<T> w, bool scales, bool scalesTogether, bool scalesFeatures)
    {
        (Features, Rank) = (w.Rows, w.Columns);
        Rows = w.Clone();
        Exponents = new int[Rank];
        Sums = new double[Rank];
        for (var k = 0; k < Rank && (scales || scalesTogether); k++)
        {
            var largest = T.Zero;
            for (var f = 0; f < Features; f++)
                largest = T.Max(largest, w[f, k]);
            Exponents[k] = largest > T.Zero ? T.ILogB(largest) : scales ? 0 : int.MinValue;
        }

        Common = scalesTogether && Exponents.Max() > int.MinValue ? Exponents.Max() : 0;
        if (scalesTogether)
            Array.Fill(Exponents, Common);
        for (var k = 0; k < Rank; k++)
        {
            for (var f = 0; f < Features; f++)
            {
                Rows[f, k] = T.ScaleB(Rows[f, k], -Exponents[k]);
                Sums[k] += double.CreateChecked(Rows[f, k]);
            }
        }

        Total = Sums.Sum();
        _isCompact = true;
        if (scalesFeatures)
            _featureExponents = PowerOfTwo.RaiseSmallRows(Rows);
    }

    /// <summary>Room for the rows of observed features: see <see cref="RestrictTo"/>. Starts as the
    /// whole dictionary.</summary>
    /// <param name="whole">Dictionary with all features.</param>
    /// <param name="compact">Whether restricted rows stand one after another; otherwise they keep their places and only
    /// the sums change.</param>
    public RowDictionary(RowDictionary<T> whole, bool compact)
    {
        (Features, Rank, Exponents, Total) = (whole.Features, whole.Rank, whole.Exponents, whole.Total);
        Common = whole.Common;
        Sums = [.. whole.Sums];
        _featureExponents = (int[]?)whole._featureExponents?.Clone();
        Rows = compact ? whole.Rows.Clone() : whole.Rows;
        _isCompact = compact;
    }

    public int Features { get; private set; }

    public int Rank { get; }

    /// <summary>The scaled dictionary, features x rank.</summary>
    public Matrix<T> Rows { get; }

    /// <summary>The original column is the scaled one times two to this power.</summary>
    public int[] Exponents { get; }

    /// <summary>The power of all columns where they have one, by which rows of data are divided, too; else
    /// 0.</summary>
    public int Common { get; }

    /// <summary>Sums of the scaled columns; zero for a column of zeros only.</summary>
    public double[] Sums { get; }

    /// <summary>Sum of the whole scaled dictionary.</summary>
    public double Total { get; private set; }

    /// <summary>Divides the entries of a row of data by what features were divided by: under a divergence that sees
    /// ratios alone nothing else changes, and small ones stay above the floor of the model.</summary>
    public void ScaleFeatures(T* values)
        => PowerOfTwo.Divide(new Span<T>(values, Features), 0, _featureExponents);

    /// <summary>Becomes the dictionary of some features.</summary>
    public void RestrictTo(RowDictionary<T> whole, ReadOnlySpan<int> features)
    {
        Array.Clear(Sums);
        for (var j = 0; j < features.Length; j++)
        {
            ReadOnlySpan<T> row = whole.Rows.Row(features[j]);
            var exponent = whole._featureExponents?[features[j]] ?? 0;
            for (var k = 0; k < row.Length; k++)
                Sums[k] += Math.ScaleB(double.CreateTruncating(row[k]), exponent);
            if (_isCompact)
                row.CopyTo(Rows.Row(j));
            if (_isCompact && _featureExponents is not null)
                _featureExponents[j] = exponent;
        }

        Total = 0;
        foreach (var sum in Sums)
            Total += sum;
        if (_isCompact)
            Features = features.Length;
    }
}

/// <summary>How the activations of one row are found. Immutable, shared by all threads.</summary>
internal abstract unsafe class RowAlgorithm<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Solves the row whose non-zeros are in the scratch memory and leaves the activations there.</summary>
    /// <returns>Number of iterations.</returns>
    public abstract int Solve(int count, RowSolver<T>.Scratch scratch);

    /// <summary>
    /// Whether features at which the row is zero are visited, too. Then the dictionary of a row with missing
    /// features holds the rows of the observed ones only; otherwise it is the sums of the dictionary that
    /// leave the missing ones out.
    /// </summary>
    public virtual bool VisitsZeros => true;

    /// <summary>Called after the dictionary of this algorithm was restricted to some features: brings up to date what
    /// was computed from it.</summary>
    /// <param name="whole">The algorithm of the whole dictionary, of the same type.</param>
    /// <param name="features">The features, increasing.</param>
    public virtual void Restrict(RowAlgorithm<T> whole, ReadOnlySpan<int> features)
    {
    }

    /// <summary>Whether a row of zeros has a solution other than zero.</summary>
    public virtual bool SolvesZeros => false;

    /// <summary>Whether dense rows are taken as they are, by <see cref="SolveDense"/>.</summary>
    public virtual bool SolvesDense => false;

    /// <summary>Solves a dense row with the bits of <see cref="Solve"/>.</summary>
    public virtual int SolveDense(ReadOnlySpan<T> values, RowSolver<T>.Scratch scratch)
        => throw new NotSupportedException();

    public static RowAlgorithm<T> Create(RowDictionary<T> dictionary, RowSolverOptions options)
    {
        if (options.Abundances != SumConstraint.None && options.Beta != 2)
            return new AbundanceNewton<T>(dictionary, options);
        if (options.Abundances != SumConstraint.None)
        {
            var rows = new AbundanceRows<T>(
                dictionary.Features, dictionary.Rank, options.Abundances, options.MaximumIterations,
                options.Penalty?.Linear.Select(weight => Math.ScaleB(weight, -2 * dictionary.Common)).ToArray());
            rows.Load(dictionary.Rows);
            return rows;
        }

        // The Kullback-Leibler rows work along features, in scratch memory of whole cache lines; the others
        // along rows of the dictionary.
        var penalty = options.Penalty is { IsZero: false } some
            ? new PreparedRowPenalty(some, options.Beta, dictionary.Exponents)
            : null;
        var maker = new Maker(dictionary, options, penalty);
        return options.Beta == 1 && options.Measure is null && options.Outliers is null
            && (penalty is null || penalty.IsConvex)
            ? Simd.SimdWidth.Dispatch<T, Maker, RowAlgorithm<T>>(maker)
            : RowWidth.Dispatch<T, Maker, RowAlgorithm<T>>(maker, dictionary.Rows.Stride);
    }

    private readonly struct Maker(RowDictionary<T> dictionary, RowSolverOptions options, PreparedRowPenalty? penalty)
        : Simd.ISimdVisitor<T, RowAlgorithm<T>>
    {
        public RowAlgorithm<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, Simd.ISimd<TVector, T>
            => options.Measure is { } measure ? measure.CreateRows<TVector, TSimd, T>(dictionary, options)
            : options.Outliers is { } outliers ? new MeasureRows<TVector, TSimd, T>(
                dictionary, options, new RobustRows<TVector, TSimd, T>(options.Beta, outliers))
            : options.Beta switch
            {
                2 when penalty is null or { IsConvex: true } => new EuclideanRows<TVector, TSimd, T>(
                    dictionary, options.Tolerance, options.MaximumIterations, penalty),
                1 when penalty is null or { IsConvex: true } => new PoissonRows<TVector, TSimd, T>(
                    dictionary, options.Tolerance, options.MaximumIterations, penalty),
                _ => new MultiplicativeRows<TVector, TSimd, T>(
                    dictionary, options.Beta, options.Tolerance, options.MaximumIterations, penalty),
            };
    }
}
