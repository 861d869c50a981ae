using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels;

// Passes for measures of fit other than the β-divergence of H Wᵀ.
internal abstract partial class DivergencePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Passes over dense data for an α- or a Bregman divergence. α: <c>neg = (V/Y)^α W</c>, for α = 0
    /// <c>log(V/Y) W</c>, of either sign, and <c>pos</c> the column sums of W. Bregman: <c>neg = (φ''(Y) ∘ V) W</c>,
    /// <c>pos = (φ''(Y) ∘ Y) W</c>.
    /// </summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="measure">The measure of fit.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    public static DivergencePass<T> Create(Matrix<T> data, int rank, MeasureKernel measure, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(measure);
        return MeasurePass.Create<T>(data, null, rank, measure, team);
    }

    /// <summary>
    /// The same over sparse data. An α-divergence with α &gt; 0 visits the non-zeros only. Any other measure
    /// walks all cells, spreading out one tile of data at a time in scratch memory: the time of dense data,
    /// the memory of sparse data.
    /// </summary>
    /// <inheritdoc cref="Create(Matrix{T}, int, MeasureKernel, WorkTeam)"/>
    /// <param name="transposed">The transpose of <paramref name="data"/>; kept, not copied.</param>
#pragma warning disable CS1573 // the other parameters are inherited
    public static DivergencePass<T> Create(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, MeasureKernel measure, WorkTeam team)
#pragma warning restore CS1573
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transposed);
        ArgumentNullException.ThrowIfNull(measure);
        transposed.RequireTransposeOf(data, nameof(transposed));
        return measure.CreateSparse(data, transposed, rank, team);
    }

    /// <summary>
    /// Passes for the zeros of binary data: those of β = 1 for 1 - V in the place of V, without making it. The other
    /// half of the Bernoulli likelihood; the ones have the pass of β = 1 over V itself.
    /// </summary>
    /// <param name="data">V, samples x features, between 0 and 1; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    public static DivergencePass<T> CreateComplement(Matrix<T> data, int rank, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        return MeasurePass.Create<T>(data, null, rank, new ComplementKernel(), team);
    }

    /// <summary>The same over sparse data: all cells are visited, because 1 - V is not sparse, but it
    /// is never stored.</summary>
    /// <inheritdoc cref="CreateComplement(Matrix{T}, int, WorkTeam)"/>
    public static DivergencePass<T> CreateComplement(SparseMatrix<T> data, int rank, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        return MeasurePass.Create(null, data, rank, new ComplementKernel(), team);
    }

    /// <summary>
    /// Passes for <c>D_β(V | H Wᵀ + R) + λ Ω(R)</c>. In every pass R is, entry by entry, the minimum for the H Wᵀ at
    /// hand, so it is never stored, for dense data neither: what is kept is one norm per sample. A pass over the
    /// activations or the objective renews these norms, which is a step of majorisation-minimisation in R: the
    /// objective of the next one is not larger, whatever descent step W and H take between.
    /// </summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">β, from 0 to 2.</param>
    /// <param name="penalty">λ and the kind of outliers.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static DivergencePass<T> CreateRobust(
        Matrix<T> data, int rank, double beta, OutlierKernel penalty, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireRobust(penalty, beta);
        return MeasurePass.Create(data, null, rank, beta, OutlierTerm<T>.Create(data, beta, penalty), team);
    }

    /// <summary>The same over sparse data, which are walked cell by cell, a tile spread out at a time. R is
    /// zero where V is.</summary>
    /// <inheritdoc cref="CreateRobust(Matrix{T}, int, double, OutlierKernel, WorkTeam)"/>
    public static DivergencePass<T> CreateRobust(
        SparseMatrix<T> data, int rank, double beta, OutlierKernel penalty, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireRobust(penalty, beta);
        return MeasurePass.Create(null, data, rank, beta, OutlierTerm<T>.Create(data, beta, penalty), team);
    }

    /// <summary>
    /// Robust passes: ‖r_n‖₂ of every sample (of samples) or Σ_f r_fn, as the last pass over the
    /// activations or the objective left them; at first the norms of the samples. Writing them warm-starts
    /// a pass. Empty for all other passes.
    /// </summary>
    public virtual Span<double> OutlierNorms => [];

    private static void RequireRobust(OutlierKernel penalty, double beta)
    {
        ArgumentNullException.ThrowIfNull(penalty);
        if (!(beta is >= 0 and <= 2))
            throw new ArgumentException($"Robust factorization needs beta between 0 and 2, not {beta}.", nameof(beta));
    }
}
