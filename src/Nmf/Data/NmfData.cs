using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The data V of a factorisation: samples x features, dense or sparse, nonnegative and finite where they are observed.
/// Validated once, when they are built.
/// </summary>
/// <remarks>
/// <para>Sparse data are never densified; absent entries are zeros, or missing where
/// <see cref="AbsentEntries.Missing"/> says so. Rows and columns of zeros are allowed: they get zero activations and
/// zero dictionary entries.</para>
/// <para>Missing entries take no part in a fit: the objective is the sum over observed entries (Févotte's and others'
/// weighted NMF, <c>Σ m d_β(v|y)</c>). A sample without any observed entry gets zero activations, a feature without any
/// gets a dictionary row of zeros.</para>
/// <para>Immutable after construction, so any number of fits may share it.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed partial class NmfData<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly MissingValues _missing;
    private readonly DataSummary _summary;
    private readonly Memory _memory;

    private NmfData(Matrix<T> dense, MissingValues missing, DataSummary summary)
        => (_missing, _summary, _memory) = (missing, summary, new Memory { Dense = dense });

    private NmfData(SparseMatrix<T> sparse, AbsentEntries absent, DataSummary summary)
    {
        (AbsentEntries, _summary) = (absent, summary);
        _memory = new Memory { Sparse = new TransposableMatrix<T>(sparse) };
    }

    private NmfData(DataSummary summary, Memory memory) => (_summary, IsRecycled, _memory) = (summary, true, memory);

    /// <summary>Number of samples N (rows).</summary>
    public int Samples => Dense?.Rows ?? Stored.Matrix.Rows;

    /// <summary>Number of features F (columns).</summary>
    public int Features => Dense?.Columns ?? Stored.Matrix.Columns;

    /// <summary>Whether the data are sparse.</summary>
    public bool IsSparse => _memory.Sparse is not null;

    /// <summary>What entries mean that sparse data do not store; zero for dense data, which store all.</summary>
    public AbsentEntries AbsentEntries { get; }

    /// <summary>Number of stored entries: all of them for dense data.</summary>
    public long StoredEntries => Sparse?.NonZeros ?? (long)Samples * Features;

    /// <summary>Number of observed entries: all but the missing ones and those of weight 0. Absent entries that
    /// are zeros count.</summary>
    internal long ObservedEntries => _summary.Observed;

    /// <summary>Whether an entry is missing.</summary>
    internal bool HasMissingEntries => ObservedEntries < (long)Samples * Features;

    /// <summary>Sum of all observed entries, each times its weight.</summary>
    internal double Sum => _summary.Sum;

    /// <summary>Sum of the squares of all observed entries, each times its weight.</summary>
    internal double SumOfSquares => _summary.SumOfSquares;

    /// <summary>Weighted mean of all observed entries, zeros included.</summary>
    public double Mean => _summary.Sum / _summary.Weight;

    /// <summary>Sum of the weights of all observed entries: their number where there are no weights.</summary>
    internal double TotalWeight => _summary.Weight;

    /// <summary>Features with an observed entry, or null where all have one.</summary>
    internal bool[]? ObservedFeatures => _summary.ObservedFeatures;

    /// <summary>Whether the objective is a sum with weights, 0 for missing entries: what only solvers built on the
    /// passes minimise.</summary>
    internal bool IsWeighted => HasMissingEntries || HasWeights;

    /// <summary>Whether the memory serves another batch afterwards, so that what was built around it is
    /// worth keeping.</summary>
    internal bool IsRecycled { get; }

    /// <summary>The dense matrix, samples x features, or null.</summary>
    internal Matrix<T>? Dense => _memory.Dense;

    /// <summary>The sparse matrix, samples x features, or null.</summary>
    internal SparseMatrix<T>? Sparse => _memory.Sparse?.Matrix;

    private TransposableMatrix<T> Stored
        => _memory.Sparse ?? throw new InvalidOperationException("The memory of the batch was given back.");

    /// <summary>Writes a sample with all its features, zeros for those that are not stored.</summary>
    internal void CopySample(int sample, Span<double> row)
    {
        if (Dense is { } dense)
        {
            var values = dense.Row(sample);
            for (var f = 0; f < values.Length; f++)
                row[f] = double.CreateTruncating(values[f]);
            return;
        }

        row.Clear();
        ReadOnlySpan<int> indices = Sparse!.RowIndices(sample);
        ReadOnlySpan<T> stored = Sparse.RowValues(sample);
        for (var j = 0; j < stored.Length; j++)
            row[indices[j]] = double.CreateTruncating(stored[j]);
    }

    /// <summary>Copies dense data.</summary>
    /// <param name="values">samples x features values, row-major.</param>
    /// <param name="samples">Number of rows.</param>
    /// <param name="features">Number of columns.</param>
    /// <param name="missing">What NaN means.</param>
    /// <param name="isBatch">Whether all entries may be zero: so may one batch of a stream.</param>
    /// <exception cref="NmfDataException">A value is negative, infinite, or NaN without permission, or there is nothing
    /// to factorise.</exception>
    public static NmfData<T> FromDense(
        ReadOnlySpan<T> values, int samples, int features, MissingValues missing = MissingValues.Error,
        bool isBatch = false)
        => FromMatrix(Matrix<T>.FromRowMajor(values, samples, features), missing, isBatch);

    /// <summary>Takes over a matrix, without a copy; it must not change afterwards.</summary>
    /// <param name="matrix">samples x features.</param>
    /// <param name="missing">What NaN means. Data in which there is none are fitted as if it were an error.</param>
    /// <param name="isBatch">Whether all entries may be zero: so may one batch of a stream.</param>
    /// <exception cref="NmfDataException">A value is negative, infinite, or NaN without permission, or there is nothing
    /// to factorise.</exception>
    public static NmfData<T> FromMatrix(
        Matrix<T> matrix, MissingValues missing = MissingValues.Error, bool isBatch = false)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Walked(matrix, missing, new DataWalk<T>(matrix.Columns, missing).Over(matrix, isBatch));
    }

    /// <summary>Takes over a sparse matrix, without a copy; it must not change afterwards.</summary>
    /// <param name="matrix">samples x features.</param>
    /// <param name="absent">What an entry means that is not stored.</param>
    /// <param name="isBatch">Whether all entries may be zero: so may one batch of a stream.</param>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite, or there is nothing
    /// to factorise.</exception>
    public static NmfData<T> FromMatrix(
        SparseMatrix<T> matrix, AbsentEntries absent = AbsentEntries.Zero, bool isBatch = false)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return Walked(
            matrix, absent, new DataWalk<T>(matrix.Columns, MissingValues.Error, absent).Over(matrix, isBatch));
    }

    /// <summary>Takes over a matrix whose samples were looked at already.</summary>
    internal static NmfData<T> Walked(Matrix<T> matrix, MissingValues missing, DataSummary summary)
        => new(matrix, missing, summary);

    /// <summary>The same for a sparse matrix.</summary>
    internal static NmfData<T> Walked(SparseMatrix<T> matrix, AbsentEntries absent, DataSummary summary)
        => new(matrix, absent, summary);

    /// <summary>A dense batch whose values were looked at already, in memory that holds another
    /// one afterwards.</summary>
    internal static NmfData<T> Recycled(Matrix<T> matrix, DataSummary summary, Action giveBack)
        => new(summary, new Memory { Dense = matrix, GiveBack = giveBack });

    /// <summary>The same for a sparse batch.</summary>
    internal static NmfData<T> Recycled(
        SparseMatrix<T> matrix, SparseMatrix<T> transposed, DataSummary summary, Action giveBack)
        => new(summary, new Memory { Sparse = new TransposableMatrix<T>(matrix, transposed), GiveBack = giveBack });

    /// <summary>
    /// Gives the memory of a batch back to the <see cref="NmfBatchMemory{T}"/> that it came from, for a later batch;
    /// from then on nothing can be done with these data, nor with data that share their memory. Other data stay as they
    /// are. Not to be called while the data are in use; at most the first call does anything.
    /// </summary>
    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _memory.GiveBack, null) is not { } giveBack)
            return;
        (_memory.Dense, _memory.Sparse) = (null, null);
        giveBack();
    }

    /// <summary>The kernels' passes over this data.</summary>
    internal DivergencePass<T> CreatePass(int rank, double beta, WorkTeam team)
    {
        // A shard of sparse data with missing entries may have none. The pass over stored entries alone takes any β.
        if (IsWeighted || (IsSparse && AbsentEntries == AbsentEntries.Missing && beta <= 0))
            return CreateWeightedPass(rank, beta, team);
        return Dense is { } dense
            ? DivergencePass<T>.Create(dense, rank, beta, team)
            : DivergencePass<T>.Create(Stored.Matrix, Stored.Transposed, rank, beta, team);
    }

    /// <summary>The kernels' Newton sweeps over the factors of this data, β = 1, without weights.</summary>
    internal NewtonPass<T> CreateNewtonPass(int rank, WorkTeam team, Matrix<T>? mask) => Dense is { } dense
        ? NewtonPass<T>.Create(dense, rank, team, mask)
        : NewtonPass<T>.Create(Stored.Matrix, Stored.Transposed, rank, team, mask);

    /// <summary>The kernels' Newton steps with shared curvature, β = 1, without weights.</summary>
    internal NewtonPass<T> CreateSharedNewtonPass(int rank, WorkTeam team, Matrix<T>? mask) => Dense is { } dense
        ? NewtonPass<T>.CreateShared(dense, rank, team, mask)
        : NewtonPass<T>.CreateShared(Stored.Matrix, Stored.Transposed, rank, team, mask);

    /// <summary>The sum of the entries of a sample.</summary>
    internal double SampleSum(int sample) => _summary.SampleSums is { } sums
        ? sums[sample]
        : RowKernels.Summarize<T>(Dense is { } dense ? dense.Row(sample) : Sparse!.RowValues(sample)).Sum;

    /// <summary>Checks what depends on β: the Itakura-Saito divergence and its relatives are
    /// infinite at zero.</summary>
    /// <exception cref="NmfDataException">β ≤ 0 and there is a zero.</exception>
    internal void RequireValidFor(double beta)
    {
        if (beta <= 0 && _summary.FirstZero.Sample >= 0)
            RequireValidFor(new BetaMeasure(beta));
    }

    // One for all data that share it, so that none is left with memory that was given back.
    private sealed class Memory
    {
        public Matrix<T>? Dense;
        public TransposableMatrix<T>? Sparse;
        public Action? GiveBack;
    }
}
