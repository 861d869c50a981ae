using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nmf.Kernels;

/// <summary>Operations of the size of a factor (rows x rank): updates, Gram matrices, sums and scaling.</summary>
/// <remarks>
/// Where a team is given, the work is cut by the shape alone and partial results are added in the order of the blocks:
/// the result does not depend on the number of threads. The first call of a kind allocates scratch memory that the team
/// keeps; later calls of the same shape allocate nothing. One caller at a time per team.
/// </remarks>
internal static class FactorKernels
{
    /// <summary>
    /// The exponent of overrelaxed multiplicative updates for β = 1: the factor is multiplied by
    /// <c>r · min(√r, 5/2)</c>, r = negative / positive, with which the objective never increases either.
    /// </summary>
    public const double OverrelaxedExponent = 1.5;

    /// <summary>
    /// The MM update <c>factor ← factor ∘ (negative / positive)^exponent</c>, in place (Févotte and Idier 2011). Where
    /// <paramref name="positive"/> is zero the entry is kept, whatever the negative part, because then the entry does
    /// not touch the model. A result below 1e-30 (float) or 1e-290 (double) becomes zero, so that subnormal numbers, a
    /// hundred times slower, never appear.
    /// </summary>
    /// <param name="factor">Factor, rows x rank.</param>
    /// <param name="negative">Negative part of the gradient, same shape.</param>
    /// <param name="positive">Positive part of the gradient, same shape.</param>
    /// <param name="exponent">γ(β) of Févotte and Idier (2011), 1, or for β = 1 <see cref="OverrelaxedExponent"/>.
    /// These and ½ cost a division and a root, others an exponential and a logarithm per entry.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void MultiplicativeUpdate<T>(
        Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, double exponent, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(factor, negative);
        RequireSameShape(factor, positive);
        Require(team).Resident<FactorUpdate<T>>().Run(factor, negative, positive, exponent, team);
    }

    /// <summary>
    /// The MM update under a quadratic penalty, in place: every entry goes to the minimiser of the
    /// majoriser of d_β plus the penalty. Exact roots for β = 0, 1 and 2, for other β
    /// <c>factor ∘ (negative / (positive + curvature))^ξ</c> with ξ = 1/(3-β) for β ≤ 2, 1/(β-1)
    /// above (Tan and Févotte 2013).
    /// </summary>
    /// <param name="factor">Factor, rows x rank.</param>
    /// <param name="negative">Negative part of the gradient of everything but the quadratic
    /// penalty, same shape.</param>
    /// <param name="positive">Its positive part, same shape.</param>
    /// <param name="curvature">Gradient of the quadratic penalty at the factor: second derivative times entry, same
    /// shape, at least 0.</param>
    /// <param name="beta">Divergence parameter β.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void RegularizedUpdate<T>(
        Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, Matrix<T> curvature, double beta, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(factor, negative);
        RequireSameShape(factor, positive);
        RequireSameShape(factor, curvature);
        Require(team).Resident<FactorUpdate<T>>().Run(factor, negative, positive, curvature, beta, team);
    }

    /// <summary>
    /// The MM update of rows that sum to one, or to at most one, in place: every row goes to the exact
    /// minimiser of the separable majoriser of d_β on the simplex, a root in one dimension, so that the
    /// objective never increases. Any β.
    /// </summary>
    /// <remarks>In double. A few rounds of K operations for each row; a power for each where β is not 0, 1, 3/2, 2 or
    /// 3, and a second root within for other 1 &lt; β &lt; 2. An entry that is zero stays zero, but where nothing else
    /// lowers the objective: a row that no component explains goes to the cheapest ones.</remarks>
    /// <param name="factor">Factor, rows x rank, every row inside the constraint.</param>
    /// <param name="negative">Negative part of the gradient, same shape.</param>
    /// <param name="positive">Positive part of the gradient, same shape.</param>
    /// <param name="beta">Divergence parameter β.</param>
    /// <param name="constraint">What the sums must be.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there is no constraint.</exception>
    internal static void AbundanceUpdate<T>(
        Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, double beta, SumConstraint constraint, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(factor, negative);
        RequireSameShape(factor, positive);
        if (constraint is not (SumConstraint.SumToOne or SumConstraint.SumToAtMostOne))
            throw new ArgumentException("There is no constraint on the sums.", nameof(constraint));
        Require(team).Resident<FactorSimplex<T>>().Run(
            factor, negative, positive, beta, constraint == SumConstraint.SumToAtMostOne, team);
    }

    /// <summary><c>target_ik ← target_ik + constant_k + slope_k factor_ik</c>: adds the gradient of ℓ1 and ℓ2 penalties
    /// of the components.</summary>
    /// <param name="target">Where to add, rows x rank.</param>
    /// <param name="factor">Factor, same shape.</param>
    /// <param name="constant">rank numbers, or empty for zeros; rounded to T first.</param>
    /// <param name="slope">rank numbers, or empty for zeros; rounded to T first.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are fewer numbers than columns.</exception>
    public static void AddColumnTerms<T>(
        Matrix<T> target, Matrix<T> factor, ReadOnlySpan<double> constant, ReadOnlySpan<double> slope, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(target, factor);
        if (!constant.IsEmpty)
            RequireColumns(target, constant.Length);
        if (!slope.IsEmpty)
            RequireColumns(target, slope.Length);
        Require(team).Resident<FactorColumnTerms<T>>().Run(target, factor, constant, slope, team);
    }

    /// <summary>
    /// The update of the α-divergence with α = 0, <c>factor ← factor ∘ exp(negative / positive)</c>, in place; the
    /// negative part may have either sign. Where <paramref name="positive"/> is zero the entry is kept. Small results
    /// become zero as in <see cref="MultiplicativeUpdate"/>.
    /// </summary>
    /// <param name="factor">Factor, rows x rank.</param>
    /// <param name="negative">Negative part of the gradient, same shape.</param>
    /// <param name="positive">Positive part of the gradient, same shape.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void ExponentialUpdate<T>(Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(factor, negative);
        RequireSameShape(factor, positive);
        Require(team).Resident<FactorUpdate<T>>().Run(factor, negative, positive, 1, team, isExponential: true);
    }

    /// <summary>
    /// The activation step of binary factorisation: with <c>C = h ∘ ones + a - 1</c> and
    /// <c>D = rest ∘ zeros + b - 1</c>, <c>h ← C/(C+D)</c> and <c>rest ← D/(C+D)</c>, where rest holds 1 - h
    /// (Magron and Févotte 2022).
    /// </summary>
    /// <param name="h">Activations, samples x rank, between 0 and 1.</param>
    /// <param name="rest">1 - h, same shape.</param>
    /// <param name="ones">(V/Y) W, same shape.</param>
    /// <param name="zeros">((1-V)/(1-Y)) W, same shape.</param>
    /// <param name="a">First parameter of the Beta prior, at least 1.</param>
    /// <param name="b">Second parameter.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void BernoulliActivationUpdate<T>(
        Matrix<T> h, Matrix<T> rest, Matrix<T> ones, Matrix<T> zeros, double a, double b, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(h, rest);
        RequireSameShape(h, ones);
        RequireSameShape(h, zeros);
        Require(team).Resident<FactorBernoulli<T>>().RunActivations(h, rest, ones, zeros, a, b, team);
    }

    /// <summary>The dictionary step of binary factorisation: <c>w ← w ∘ (ones + zeros)</c>, every row
    /// divided by its sum.</summary>
    /// <param name="w">Dictionary, features x rank; rows sum to one.</param>
    /// <param name="ones">(V/Y)ᵀ H, same shape.</param>
    /// <param name="zeros">((1-V)/(1-Y))ᵀ (1-H), same shape.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static void BernoulliDictionaryUpdate<T>(Matrix<T> w, Matrix<T> ones, Matrix<T> zeros, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(w, ones);
        RequireSameShape(w, zeros);
        Require(team).Resident<FactorBernoulli<T>>().RunDictionary(w, ones, zeros, team);
    }

    /// <summary>The Gram matrix <c>AᵀA</c>, rank x rank. Short runs of rows are summed in T, the
    /// runs in double.</summary>
    /// <param name="factor">A, rows x rank.</param>
    /// <param name="gram">Receives the Gram matrix, exactly symmetric.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Gram<T>(Matrix<T> factor, Matrix<T> gram, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(factor);
        RequireShape(gram, factor.Columns, factor.Columns);
        Require(team).Resident<FactorGram<T>>().Run(factor, gram, team);
    }

    /// <summary><c>⟨AᵀA, BᵀB⟩ = ‖A Bᵀ‖²</c>, in double: the squared norm of a model that is never formed.</summary>
    /// <param name="a">rows of A x rank.</param>
    /// <param name="b">rows of B x rank.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The ranks differ.</exception>
    public static double GramInnerProduct<T>(Matrix<T> a, Matrix<T> b, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Columns != b.Columns)
            throw new ArgumentException($"The factors have ranks {a.Columns} and {b.Columns}.", nameof(b));
        return Require(team).Resident<FactorGram<T>>().InnerProduct(a, b, team);
    }

    /// <summary>Sum of every column, in double, on the calling thread.</summary>
    /// <param name="factor">rows x rank.</param>
    /// <param name="sums">Receives rank sums.</param>
    /// <exception cref="ArgumentException">There is no room for the sums.</exception>
    public static void ColumnSums<T>(Matrix<T> factor, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireColumns(factor, sums.Length);
        FactorSums<T>.ColumnSums(factor, sums);
    }

    /// <summary>Sum of every column, in double. The same bits as on the calling thread alone.</summary>
    /// <param name="factor">rows x rank.</param>
    /// <param name="sums">Receives rank sums.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">There is no room for the sums.</exception>
    public static void ColumnSums<T>(Matrix<T> factor, Span<double> sums, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireColumns(factor, sums.Length);
        Require(team).Resident<FactorSums<T>>().ColumnSums(factor, sums, team);
    }

    /// <summary>Sum of the squares of every column, short runs of rows in T, the runs in double.</summary>
    /// <param name="factor">rows x rank.</param>
    /// <param name="sums">Receives rank sums.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">There is no room for the sums.</exception>
    public static void ColumnSumsOfSquares<T>(Matrix<T> factor, Span<double> sums, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireColumns(factor, sums.Length);
        Require(team).Resident<FactorSums<T>>().ColumnSums(factor, sums, team, squared: true);
    }

    /// <summary>Multiplies every column by a number of its own.</summary>
    /// <param name="factor">rows x rank.</param>
    /// <param name="scale">rank numbers; rounded to T first.</param>
    /// <exception cref="ArgumentException">There are fewer numbers than columns.</exception>
    public static void ScaleColumns<T>(Matrix<T> factor, ReadOnlySpan<double> scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireColumns(factor, scale.Length);
        FactorSums<T>.ScaleColumns(factor, scale);
    }

    /// <summary>Sum of the products of corresponding elements of two factors, multiplied and added in double.</summary>
    /// <param name="a">rows x rank.</param>
    /// <param name="b">Same shape.</param>
    /// <param name="team">Threads to use.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static double InnerProduct<T>(Matrix<T> a, Matrix<T> b, WorkTeam team)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(a, b);
        return Require(team).Resident<FactorSums<T>>().InnerProduct(a, b, team);
    }

    /// <summary>
    /// Sweeps of hierarchical alternating least squares over a factor, in place: for each component k in turn,
    /// <c>x_k ← max(0, x_k + (product_k - x gram_k) / gram_kk)</c> (Cichocki and Phan 2009). Rows are independent of
    /// each other. A component with gram_kk = 0 is left as it is.
    /// </summary>
    /// <param name="factor">Factor to update, rows x rank; may start with negative entries.</param>
    /// <param name="product">V W for activations, Vᵀ H for the dictionary, same shape as the factor.</param>
    /// <param name="gram">Gram matrix of the other factor, rank x rank, symmetric.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="sweeps">How often to go through the components while a block of rows is in the cache.</param>
    /// <returns>Squared Frobenius norm of the change made by the last sweep, for the stopping rule of accelerated
    /// sweeps. Squares and short sums are formed in T.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static double HalsSweep<T>(
        Matrix<T> factor, Matrix<T> product, Matrix<T> gram, WorkTeam team, int sweeps = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireSameShape(factor, product);
        RequireShape(gram, factor.Columns, factor.Columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(sweeps, 1);
        return Require(team).Resident<FactorHals<T>>().Run(factor, product, gram, sweeps, team);
    }

    private static WorkTeam Require(WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        return team;
    }

    private static void RequireSameShape<T>(
        Matrix<T> factor, Matrix<T> other, [CallerArgumentExpression(nameof(other))] string? name = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(factor);
        RequireShape(other, factor.Rows, factor.Columns, name);
    }

    private static void RequireShape<T>(
        Matrix<T> matrix, int rows, int columns, [CallerArgumentExpression(nameof(matrix))] string? name = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(matrix, name);
        if (matrix.Rows != rows || matrix.Columns != columns)
            throw new ArgumentException(
                $"The matrix is {matrix.Rows} x {matrix.Columns}, not {rows} x {columns}.", name);
    }

    private static void RequireColumns<T>(Matrix<T> factor, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(factor);
        if (length < factor.Columns)
            throw new ArgumentException(
                $"A factor of rank {factor.Columns} needs {factor.Columns} numbers, but there is room for {length}.");
    }
}
