using System.Numerics;
using Nmf.Kernels.Simd;

namespace Nmf.Kernels;

/// <summary>
/// A dictionary prepared for row solvers: every column is scaled by a power of two so that its largest entry is between 1 and 2, which is exact
/// and frees the algorithms from scale. A column of zeros stays as it is.
/// </summary>
internal sealed unsafe class RowDictionary<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public RowDictionary(Matrix<T> w)
    {
        (Features, Rank) = (w.Rows, w.Columns);
        Rows = w.Clone();
        Exponents = new int[Rank];
        Sums = new double[Rank];
        for (var k = 0; k < Rank; k++)
        {
            var largest = T.Zero;
            for (var f = 0; f < Features; f++)
                largest = T.Max(largest, w[f, k]);
            Exponents[k] = largest > T.Zero ? T.ILogB(largest) : 0;
            for (var f = 0; f < Features; f++)
            {
                Rows[f, k] = T.ScaleB(Rows[f, k], -Exponents[k]);
                Sums[k] += double.CreateChecked(Rows[f, k]);
            }
        }

        Total = Sums.Sum();
    }

    public int Features { get; }

    public int Rank { get; }

    /// <summary>The scaled dictionary, features x rank.</summary>
    public Matrix<T> Rows { get; }

    /// <summary>The original column is the scaled one times two to this power.</summary>
    public int[] Exponents { get; }

    /// <summary>Sums of the scaled columns; zero for a column of zeros only.</summary>
    public double[] Sums { get; }

    /// <summary>Sum of the whole scaled dictionary.</summary>
    public double Total { get; }

    public void Dispose() => Rows.Dispose();
}

/// <summary>How the activations of one row are found. Immutable, shared by all threads.</summary>
internal abstract unsafe class RowAlgorithm<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Solves the row whose non-zeros are in the scratch memory and leaves the activations there.</summary>
    /// <returns>Number of iterations.</returns>
    public abstract int Solve(int count, RowSolver<T>.Scratch scratch);

    public virtual void Dispose()
    {
    }

    public static RowAlgorithm<T> Create(RowDictionary<T> dictionary, RowSolverOptions options)
    {
        // The Kullback-Leibler rows work along features, in scratch memory of whole cache lines; the others along rows of the dictionary.
        var penalty = options.Penalty is { IsZero: false } some ? new PreparedRowPenalty(some, options.Beta, dictionary.Exponents) : null;
        var maker = new Maker(dictionary, options, penalty);
        return options.Beta == 1 && (penalty is null || penalty.IsConvex)
            ? Simd.SimdWidth.Dispatch<T, Maker, RowAlgorithm<T>>(maker)
            : RowWidth.Dispatch<T, Maker, RowAlgorithm<T>>(maker, dictionary.Rows.Stride);
    }

    private readonly struct Maker(RowDictionary<T> dictionary, RowSolverOptions options, PreparedRowPenalty? penalty)
        : Simd.ISimdVisitor<T, RowAlgorithm<T>>
    {
        public RowAlgorithm<T> Visit<TVector, TSimd>()
            where TVector : unmanaged
            where TSimd : struct, Simd.ISimd<TVector, T>
            => options.Beta switch
            {
                2 when penalty is null or { IsConvex: true } => new EuclideanRows<TVector, TSimd, T>(dictionary, options.Tolerance, options.MaximumIterations, penalty),
                1 when penalty is null or { IsConvex: true } => new PoissonRows<TVector, TSimd, T>(dictionary, options.Tolerance, options.MaximumIterations, penalty),
                _ => new MultiplicativeRows<TVector, TSimd, T>(dictionary, options.Beta, options.Tolerance, options.MaximumIterations, penalty),
            };
    }
}
