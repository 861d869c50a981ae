using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels;

/// <summary>
/// The passes over one data matrix V (samples x features) that a solver is made of: the two parts of the gradient of
/// <c>D_β(V | H Wᵀ)</c> with respect to either factor, and the objective. Built once per fit; a pass allocates nothing.
/// </summary>
/// <remarks>
/// <para>Notation: W is features x rank, H is samples x rank, Y = H Wᵀ the model, never stored. With respect to H the
/// parts are <c>neg = (V ∘ Y^(β-2)) W</c> and <c>pos = Y^(β-1) W</c>, so that the gradient is <c>pos - neg</c>
/// (Févotte and Idier 2011).</para>
/// <para>The model is clipped from below before its powers are taken, at 1e-30 for β = 1 and 1e-15 for β = 0 in float
/// (10^(-30/p) with p = max(1, 2 - β); 240 in place of 30 in double); nothing is added to it. A model value of 0 under
/// v &gt; 0 so gives a large finite ratio and objective. Not for β = 2, which has no pole.</para>
/// <para>On dense data a gradient costs 4 F N K operations for β = 1, 2 F N K and the Gram matrix of the other factor
/// for β = 2, and 6 F N K plus one power per entry otherwise; the joint gradient 6, 4 and 10 F N K. Scratch is a few
/// tiles per thread, the packed dictionary and, from the first dictionary pass on, partial sums of 1 to 32 times the
/// dictionary's size: as many as fit in 16 MB, for both parts together.</para>
/// <para>Results are bit-for-bit independent of the number of threads of the team. One caller at a time.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract partial class DivergencePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private GradientRows<T>? _activationRows;
    private GradientRows<T>? _dictionaryRows;

    private protected DivergencePass(int samples, int features, double beta, int rank, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        (Samples, Features, Beta, Rank, Team) = (samples, features, beta, rank, team);
    }

    /// <summary>
    /// The divergence parameter β: 2 Euclidean, 1 Kullback-Leibler, 0 Itakura-Saito. For another
    /// <see cref="MeasureKernel"/> the β whose powers of the model it uses.
    /// </summary>
    public double Beta { get; }

    /// <summary>Number of components K.</summary>
    public int Rank { get; }

    /// <summary>The threads that run the passes.</summary>
    public WorkTeam Team { get; }

    internal int Samples { get; private protected set; }

    internal int Features { get; private protected set; }

    /// <summary>Sparse data, where they are.</summary>
    private protected SparseData<T>? SparseSource { get; init; }

    /// <summary>Passes over dense data.</summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any finite real β. Zeros in the data make the objective infinite for β ≤ 0.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is less than 1 or β is not finite.</exception>
    public static DivergencePass<T> Create(Matrix<T> data, int rank, double beta, WorkTeam team)
        => DensePass.Create(data, rank, beta, team);

    /// <summary>Passes over sparse data. Only non-zeros are visited for β = 1 and β = 2.</summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="transposed">The transpose of <paramref name="data"/>; kept, not copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any β &gt; 0.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    public static DivergencePass<T> Create(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, double beta, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transposed);
        return new SparsePass<T>(data, transposed, rank, beta, team);
    }

    /// <summary>
    /// Passes over dense data of which some entries are missing or weighted: every sum runs over the observed entries,
    /// each with its weight, <c>Σ m d_β(v | y)</c>. A gradient costs 6 F N K operations for every β.
    /// </summary>
    /// <remarks>A sample or feature without an observed entry has neg = pos = 0: a multiplicative update leaves its
    /// factor row as it is. In <see cref="ActivationProduct"/> and <see cref="DictionaryProduct"/> weights do not count
    /// and missing entries are <paramref name="fill"/>.</remarks>
    /// <param name="data">V, samples x features, NaN where missing; kept, not copied.</param>
    /// <param name="weights">m, samples x features, finite and at least 0, and 0 wherever the data are NaN; or null for
    /// 1. An entry of weight 0 is missing. Kept, not copied.</param>
    /// <param name="sampleWeights">A further weight for every sample, finite and at least 0, or
    /// empty for 1; copied.</param>
    /// <param name="fill">What a missing entry counts as in the products.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any finite real β.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is less than 1 or β is not finite.</exception>
    /// <exception cref="ArgumentException">The weights do not fit the data.</exception>
    public static DivergencePass<T> CreateObserved(
        Matrix<T> data, Matrix<T>? weights, ReadOnlySpan<T> sampleWeights, T fill, int rank, double beta, WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        var observed = new ObservedEntries<T>(data.Rows, data.Columns, weights, sampleWeights, fill);
        return DensePass.CreateObserved(data, observed, rank, beta, team);
    }

    /// <summary>
    /// Passes over sparse data whose absent entries are missing: only stored entries count, zeros among them, each with
    /// its weight. A gradient costs 6 K operations per stored entry for every β.
    /// </summary>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="transposed">The transpose of <paramref name="data"/>; kept, not copied.</param>
    /// <param name="weights">m in the pattern of <paramref name="data"/>, finite and at least 0, or
    /// null for 1; kept.</param>
    /// <param name="transposedWeights">The transpose of <paramref name="weights"/>, or null.</param>
    /// <param name="fill">What a missing entry counts as in the products.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any finite real β. A stored zero makes the objective infinite for β ≤ 0.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is less than 1 or β is not finite.</exception>
    /// <exception cref="ArgumentException">The transposes or the weights do not fit the data.</exception>
    public static DivergencePass<T> CreateObserved(
        SparseMatrix<T> data,
        SparseMatrix<T> transposed,
        SparseMatrix<T>? weights,
        SparseMatrix<T>? transposedWeights,
        T fill,
        int rank,
        double beta,
        WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transposed);
        if (!double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The divergence parameter must be finite.");
        if (weights is null != transposedWeights is null)
            throw new ArgumentException(
                "The weights are needed in both orders, or in neither.", nameof(transposedWeights));
        return new ObservedSparsePass<T>(data, transposed, weights, transposedWeights, fill, rank, beta, team);
    }

    /// <summary>
    /// Passes over sparse data, absent entries being zeros, with a weight for every sample:
    /// <c>Σ_n s_n Σ_f d_β(v | y)</c>. Holds a scaled copy of the data in both orders.
    /// </summary>
    /// <remarks>The products with the data do not see the weights.</remarks>
    /// <param name="data">V, samples x features; kept, not copied.</param>
    /// <param name="transposed">The transpose of <paramref name="data"/>; kept, not copied.</param>
    /// <param name="sampleWeights">One weight per sample, finite and at least 0; copied.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Any β &gt; 0.</param>
    /// <param name="team">Threads to use; not disposed.</param>
    /// <exception cref="ArgumentException">The number of weights is not that of the samples.</exception>
    public static DivergencePass<T> CreateSampleWeighted(
        SparseMatrix<T> data, SparseMatrix<T> transposed, ReadOnlySpan<T> sampleWeights, int rank, double beta,
        WorkTeam team)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(transposed);
        return new SampleWeightedPass<T>(data, transposed, sampleWeights, rank, beta, team);
    }

    /// <summary>The two parts of the gradient with respect to the activations.</summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="negative">Receives neg, samples x rank.</param>
    /// <param name="positive">Receives pos, samples x rank.</param>
    /// <param name="withObjective">Whether to compute D(V | H Wᵀ) in the same pass.</param>
    /// <returns>The objective, accumulated in double, or NaN when not asked for.</returns>
    public abstract double ActivationGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective);

    /// <summary>The two parts of the gradient with respect to the dictionary.</summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="negative">Receives neg, features x rank.</param>
    /// <param name="positive">Receives pos, features x rank.</param>
    public abstract void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive);

    /// <summary>
    /// The gradients with respect to both factors at the same point, from one walk over the data where that is cheaper:
    /// what a joint majorisation-minimisation update needs.
    /// </summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="negativeH">Receives neg of the activations, samples x rank.</param>
    /// <param name="positiveH">Receives pos of the activations, samples x rank.</param>
    /// <param name="negativeW">Receives neg of the dictionary, features x rank.</param>
    /// <param name="positiveW">Receives pos of the dictionary, features x rank.</param>
    /// <param name="withObjective">Whether to compute D(V | H Wᵀ) in the same pass.</param>
    /// <returns>The objective, accumulated in double, or NaN when not asked for.</returns>
    public virtual double JointGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negativeH, Matrix<T> positiveH, Matrix<T> negativeW, Matrix<T> positiveW,
        bool withObjective)
    {
        DictionaryGradient(w, h, negativeW, positiveW);
        return ActivationGradient(w, h, negativeH, positiveH, withObjective);
    }

    /// <summary>
    /// The two parts of the dictionary's gradient with other activations in the products than in the model:
    /// <c>neg = (V ∘ Y^(β-2))ᵀ P</c> and <c>pos = (Y^(β-1))ᵀ Q</c>, Y = H Wᵀ. That is what a majoriser built at (W, H)
    /// asks of W once H has moved.
    /// </summary>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations of the model, samples x rank.</param>
    /// <param name="negativeRows">P, samples x rank.</param>
    /// <param name="positiveRows">Q, samples x rank.</param>
    /// <param name="negative">Receives neg, features x rank.</param>
    /// <param name="positive">Receives pos, features x rank.</param>
    /// <exception cref="NotSupportedException">β is 1 or 2, where column sums and Gram matrices do this without the
    /// model, or these passes do not offer it.</exception>
    public virtual void MajoriserGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negativeRows, Matrix<T> positiveRows, Matrix<T> negative,
        Matrix<T> positive)
        => throw new NotSupportedException("The joint majoriser is not available for these data.");

    /// <summary>
    /// The update <c>H ← H ∘ (neg / pos)^exponent</c>, in place: what <see cref="ActivationGradient"/> and
    /// <see cref="FactorKernels.MultiplicativeUpdate"/> do together, bit for bit, without matrices for the gradient.
    /// </summary>
    /// <remarks>
    /// With momentum every row starts from a point beyond it and is updated only where D does not become larger than
    /// before, which the gradient at that point tells without a value of D; other rows stay. So D(V | H Wᵀ) does not
    /// increase, up to rounding.
    /// </remarks>
    /// <param name="w">Dictionary, features x rank.</param>
    /// <param name="h">Activations, samples x rank; updated.</param>
    /// <param name="exponent">γ(β) of Févotte and Idier (2011), or 1; 1 where there is momentum.</param>
    /// <param name="momentum">How to extrapolate, or null. Needs 1 ≤ β ≤ 2, where D is convex in H; it receives
    /// the growth of H.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or there is momentum and β or the exponent do
    /// not allow it.</exception>
    public virtual void UpdateActivations(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(h, exponent, momentum);
        var update = new RowUpdate<T>(exponent, momentum);
        _activationRows ??= new GradientRows<T>(Samples, Rank);
        _activationRows.Begin(h, update);
        ActivationGradient(
            w, _activationRows.Start, _activationRows.Negative, _activationRows.Positive, withObjective: false);
        _activationRows.End(h, update);
        GC.KeepAlive(momentum);
    }

    /// <summary>The update <c>W ← W ∘ (neg / pos)^exponent</c>, in place: see
    /// <see cref="UpdateActivations"/>.</summary>
    /// <param name="w">Dictionary, features x rank; updated.</param>
    /// <param name="h">Activations, samples x rank.</param>
    /// <param name="exponent">γ(β), or 1.</param>
    /// <param name="momentum">How to extrapolate, or null; it receives the growth of W.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or there is momentum and β or the exponent do
    /// not allow it.</exception>
    public virtual void UpdateDictionary(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(w, exponent, momentum);
        var update = new RowUpdate<T>(exponent, momentum);
        _dictionaryRows ??= new GradientRows<T>(Features, Rank);
        _dictionaryRows.Begin(w, update);
        DictionaryGradient(_dictionaryRows.Start, h, _dictionaryRows.Negative, _dictionaryRows.Positive);
        _dictionaryRows.End(w, update);
        GC.KeepAlive(momentum);
    }

    /// <summary>D(V | H Wᵀ), accumulated in double.</summary>
    public abstract double Objective(Matrix<T> w, Matrix<T> h);

    /// <summary>V W, samples x rank: the product that the Euclidean activation step needs.</summary>
    public abstract void ActivationProduct(Matrix<T> w, Matrix<T> result);

    /// <summary>Vᵀ H, features x rank: the product that the Euclidean dictionary step needs.</summary>
    public abstract void DictionaryProduct(Matrix<T> h, Matrix<T> result);

    /// <summary>
    /// The matrices given to <see cref="Create(Matrix{T}, int, double, WorkTeam)"/> or its sparse relative
    /// hold other data now, for dense data of the same size: what was derived from the old data is derived
    /// again. Allocates nothing.
    /// </summary>
    /// <exception cref="NotSupportedException">The pass is for weighted or missing entries, or for another
    /// measure of fit.</exception>
    public virtual void DataChanged()
        => throw new NotSupportedException("Only passes over plain data can go on with other data; make a new one.");

    private protected void Require(Matrix<T> w, Matrix<T> h)
    {
        RequireFeatures(w, nameof(w));
        RequireSamples(h, nameof(h));
    }

    private protected void RequireFeatures(Matrix<T> matrix, string name) => RequireShape(matrix, Features, name);

    private protected void RequireSamples(Matrix<T> matrix, string name) => RequireShape(matrix, Samples, name);

    private void RequireShape(Matrix<T> matrix, int rows, string name)
    {
        ArgumentNullException.ThrowIfNull(matrix, name);
        SparseSource?.RequireUnchanged();
        if (matrix.Rows != rows || matrix.Columns != Rank)
            throw new ArgumentException($"The matrix is {matrix.Rows} x {matrix.Columns}, not {rows} x {Rank}.", name);
    }

    private protected void RequireModel()
    {
        if (Beta is 1 or 2)
            throw new NotSupportedException(
                "For β = 1 and β = 2 the positive part does not need the model: "
                + "use JointGradient, or products and Gram matrices.");
    }

    private protected void RequireMomentum(Matrix<T> factor, double exponent, Momentum<T>? momentum)
    {
        ArgumentNullException.ThrowIfNull(factor);
        if (momentum is null)
            return;
        momentum.RequireShape(factor);
        if (!(Beta is >= 1 and <= 2 && exponent == 1) && !(Beta == 1 && exponent == FactorKernels.OverrelaxedExponent))
        {
            throw new ArgumentException(
                "Momentum needs 1 ≤ β ≤ 2 and the exponent 1, or β = 1 and the exponent "
                + $"{FactorKernels.OverrelaxedExponent}, where a step can be judged by its gradient; "
                + $"here β is {Beta} and the exponent {exponent}.", nameof(momentum));
        }
    }
}
