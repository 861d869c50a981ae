using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels;

/// <summary>
/// Passes over sparse data whose absent entries are missing, as ratings are: only stored entries are visited, zeros
/// among them, for every β. A gradient costs 6 K operations per stored entry (Févotte and Idier 2011, with weights;
/// weighted low-rank approximation).
/// </summary>
/// <remarks>The cut of the work and the order of the sums are those of <see cref="SparsePass{T}"/>.</remarks>
internal sealed unsafe class ObservedSparsePass<T> : DivergencePass<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows of a factor that an update works on at a time: what it needs of them stays in the first-level cache.
    private const int RowsOfUpdate = 8;

    private readonly SparseMatrix<T> _data;
    private readonly SparseMatrix<T> _transposed;
    private readonly SparseMatrix<T>? _weights;
    private readonly SparseMatrix<T>? _transposedWeights;
    private readonly SparseData<T>? _weightSource;
    private readonly T _fill;
    private readonly int[] _sampleBlocks;
    private readonly int[] _featureBlocks;
    private readonly double[] _objectives;
    private readonly double[] _basisSums;
    private readonly ObservedKernel<T> _kernel;
    private readonly nint _stride;
    private readonly PinnedMemory<T> _updateRows;

    private Side _side;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;
    private bool _withObjective;
    private Task _task;
    private RowUpdate<T> _update;

    public ObservedSparsePass(
        SparseMatrix<T> data,
        SparseMatrix<T> transposed,
        SparseMatrix<T>? weights,
        SparseMatrix<T>? transposedWeights,
        T fill,
        int rank,
        double beta,
        WorkTeam team)
        : base(data.Rows, data.Columns, beta, rank, team)
    {
        SparseSource = SparseData<T>.Of(data, transposed);
        _weightSource = weights is null ? null : SparseData<T>.Of(weights, transposedWeights);
        RequirePattern(data, weights, nameof(weights));
        (_data, _transposed, _weights, _transposedWeights, _fill) = (
            data, transposed, weights, transposedWeights, fill);
        _sampleBlocks = SparsePassBlocks.Cut(data);
        _featureBlocks = SparsePassBlocks.Cut(transposed);
        _objectives = new double[_sampleBlocks.Length - 1];
        _basisSums = new double[rank];
        var row = new Matrix<T>(1, rank);
        _stride = row.Stride;
        _kernel = ObservedKernel<T>.Create(beta, _stride);
        _updateRows = new PinnedMemory<T>(3 * RowsOfUpdate * _stride * team.Threads);
    }

    private enum Task
    {
        Gradient,
        Product,
        Update,
    }

    public override double ActivationGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
    {
        Require(w, h);
        RequireSamples(negative, nameof(negative));
        RequireSamples(positive, nameof(positive));
        RunSide(OfSamples(h, w), negative, positive, withObjective);
        return withObjective ? SummedObjective() : double.NaN;
    }

    public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
    {
        Require(w, h);
        RequireFeatures(negative, nameof(negative));
        RequireFeatures(positive, nameof(positive));
        RunSide(OfFeatures(w, h), negative, positive, withObjective: false);
    }

    public override void UpdateActivations(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(h, exponent, momentum);
        RunUpdate(OfSamples(h, w), new RowUpdate<T>(exponent, momentum));
    }

    public override void UpdateDictionary(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(w, exponent, momentum);
        RunUpdate(OfFeatures(w, h), new RowUpdate<T>(exponent, momentum));
    }

    public override double Objective(Matrix<T> w, Matrix<T> h)
    {
        Require(w, h);
        RunSide(OfSamples(h, w), null, null, withObjective: true);
        return SummedObjective();
    }

    public override void ActivationProduct(Matrix<T> w, Matrix<T> result)
    {
        RequireFeatures(w, nameof(w));
        RequireSamples(result, nameof(result));
        RunProduct(OfSamples(w, w), result);
    }

    public override void DictionaryProduct(Matrix<T> h, Matrix<T> result)
    {
        RequireSamples(h, nameof(h));
        RequireFeatures(result, nameof(result));
        RunProduct(OfFeatures(h, h), result);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (from, to) = (_side.FirstRows[block], _side.FirstRows[block + 1]);
        var side = new SparseSide<T>(_side.Data, _side.Given.Data, _side.Basis);
        switch (_task)
        {
            case Task.Gradient:
                var negative = _negative is null ? null : _negative.Data;
                var objective = _kernel.Run(
                    side, _side.Weights, from, to, negative, _positive is null ? null : _positive.Data, _withObjective);
                if (_withObjective)
                    _objectives[block] = objective;
                break;
            case Task.Product:
                _kernel.Product(side, _side.Weights, _fill, from, to, _negative!);
                AddFill(from, to, _negative!);
                break;
            case Task.Update:
                var scratch = _updateRows.Pointer + (3 * RowsOfUpdate * _stride * worker);
                for (; from < to; from += RowsOfUpdate)
                    Update(from, int.Min(to, from + RowsOfUpdate), scratch);
                break;
        }
    }

    private static void RequirePattern(SparseMatrix<T> data, SparseMatrix<T>? weights, string name)
    {
        if (weights is null)
            return;
        var fits = weights.Rows == data.Rows && weights.Columns == data.Columns && weights.NonZeros == data.NonZeros;
        for (var i = 0; i < data.Rows && fits; i++)
            fits = weights.RowIndices(i).SequenceEqual(data.RowIndices(i));
        if (!fits)
            throw new ArgumentException("The weights are not stored for the same entries as the data.", name);
    }

    private Side OfSamples(Matrix<T> h, Matrix<T> w) => new(_data, _weights, _sampleBlocks, h, w);

    private Side OfFeatures(Matrix<T> w, Matrix<T> h) => new(_transposed, _transposedWeights, _featureBlocks, w, h);

    private void RunSide(in Side side, Matrix<T>? negative, Matrix<T>? positive, bool withObjective)
    {
        _weightSource?.RequireUnchanged();
        (_task, _side, _negative, _positive, _withObjective) = (Task.Gradient, side, negative, positive, withObjective);
        Team.Run(this, side.FirstRows.Length - 1);
    }

    private void RunUpdate(in Side side, in RowUpdate<T> update)
    {
        _weightSource?.RequireUnchanged();
        (_task, _side, _update) = (Task.Update, side, update);
        Team.Run(this, side.FirstRows.Length - 1);
    }

    // A row of the factor depends on itself and on the basis: it can be replaced as soon as its gradient is there.
    private void Update(int from, int to, T* scratch)
    {
        T* start = scratch - (from * _stride), negative = start + (RowsOfUpdate * _stride),
            positive = negative + (RowsOfUpdate * _stride);
        for (var i = from; i < to; i++)
            _update.Start(i, _side.Given.Data + (i * _stride), start + (i * _stride), Rank);
        _kernel.Run(
            new(_side.Data, start, _side.Basis), _side.Weights, from, to, negative, positive, withObjective: false);
        for (var i = from; i < to; i++)
        {
            var row = i * _stride;
            _update.Finish(i, _side.Given.Data + row, start + row, negative + row, positive + row, Rank);
        }
    }

    private void RunProduct(in Side side, Matrix<T> result)
    {
        _weightSource?.RequireUnchanged();
        FactorKernels.ColumnSums(side.Basis, _basisSums, Team);
        (_task, _side, _negative, _positive, _withObjective) = (Task.Product, side, result, null, false);
        Team.Run(this, side.FirstRows.Length - 1);
    }

    // The kernel has added Σ (v - fill) w over the stored entries; with fill Σ w over all features that is the
    // product of the filled data.
    private void AddFill(int from, int to, Matrix<T> result)
    {
        for (var i = from; i < to; i++)
        {
            var row = result.Row(i);
            for (var k = 0; k < row.Length; k++)
                row[k] += T.CreateTruncating(double.CreateTruncating(_fill) * _basisSums[k]);
        }
    }

    private double SummedObjective()
    {
        double sum = 0;
        foreach (var part in _objectives)
            sum += part;
        return sum;
    }

    /// <summary>What is walked: rows of the data and their weights, in blocks, the factor of those rows, and the factor
    /// that their columns have.</summary>
    private readonly record struct Side(
        SparseMatrix<T> Data, SparseMatrix<T>? Weights, int[] FirstRows, Matrix<T> Given, Matrix<T> Basis);
}
