using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// The passes over one tensor V of order N that a solver of factors is made of: the two parts of the gradient of
/// <c>D_β(V | Y)</c> with respect to one factor, the products that least squares need, and the objective. Built once
/// per fit; a pass allocates nothing.
/// </summary>
/// <remarks>
/// <para>The model is <c>y = Σ_k Π_n A⁽ⁿ⁾</c> (CP, PARAFAC), or a core contracted with factors (Tucker); factors are
/// lengths of a mode x components. Neither the model nor the Khatri-Rao product of the other factors is ever stored,
/// and the tensor is read where it lies: no unfolding is copied.</para>
/// <para>The model is clipped from below before its powers are taken as in <see cref="DivergencePass{T}"/>. Results are
/// bit-for-bit independent of the number of threads of the team. One caller at a time.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class TensorPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected TensorPass(double beta, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        (Beta, Team) = (beta, team);
    }

    /// <summary>The divergence parameter β.</summary>
    public double Beta { get; }

    /// <summary>The threads that run the passes.</summary>
    public WorkTeam Team { get; }

    /// <summary>The two parts of the gradient with respect to one factor.</summary>
    /// <param name="factors">All factors.</param>
    /// <param name="target">Which of them.</param>
    /// <param name="negative">Receives neg, in the shape of the factor.</param>
    /// <param name="positive">Receives pos, in the shape of the factor.</param>
    public abstract void Gradient(Matrix<T>[] factors, int target, Matrix<T> negative, Matrix<T> positive);

    /// <summary>The data times the other factors (for CP the matricised tensor times Khatri-Rao product): the negative
    /// part for β = 2. Neither weights nor missing entries are known to it.</summary>
    /// <param name="factors">All factors; the one that is the target is not looked at.</param>
    /// <param name="target">Which of them.</param>
    /// <param name="result">Receives the product, in the shape of the factor.</param>
    /// <param name="lastIsUnchanged">Whether the factor of the last mode is what it was at the call before: for a dense
    /// tensor the product with it, which all other targets share, then need not be taken again.</param>
    public abstract void Product(
        Matrix<T>[] factors, int target, Matrix<T> result, bool lastIsUnchanged = false);

    /// <summary>D(V | Y), accumulated in double.</summary>
    public abstract double Objective(Matrix<T>[] factors);

    private protected static void RequireShape(Matrix<T> matrix, int rows, int columns, string name)
    {
        ArgumentNullException.ThrowIfNull(matrix, name);
        if (matrix.Rows != rows || matrix.Columns != columns)
            throw new ArgumentException(
                $"The matrix is {matrix.Rows} x {matrix.Columns}, not {rows} x {columns}.", name);
    }
}
