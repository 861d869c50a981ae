using System.Numerics;
using Nmf.Kernels.Dense;

namespace Nmf.Kernels;

/// <summary>
/// Passes over sparse data. β = 1 and β = 2 visit the non-zeros only: for β = 1 the positive part is a column sum
/// of the other factor (Lee and Seung 2001), for β = 2 it is a product with a Gram matrix. Every other β visits
/// all cells, because a zero cell has a non-zero model there: it costs what dense data of that size would cost,
/// in time but not in memory.
/// </summary>
/// <remarks>
/// Work is cut by rows of V for the activations and by rows of Vᵀ for the dictionary, so no two blocks write the same
/// row. The objective is summed over blocks in their order.
/// </remarks>
internal sealed unsafe partial class SparsePass<T> : DivergencePass<T>, IBlockWork
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Rows of a factor that an update works on at a time: what it needs of them stays in the first-level cache.
    private const int RowsOfUpdate = 8;

    // Below this part of ½‖V‖² the rounding of sums in float shows in the objective.
    private const double SmallResidual = 1e-3;

    private readonly SparseMatrix<T> _data;
    private readonly SparseMatrix<T> _transposed;
    private readonly RowBlocks _sampleBlocks = new();
    private readonly RowBlocks _featureBlocks = new();
    private readonly double[] _objectives = new double[SparsePassBlocks.MostBlocks];
    private readonly double[] _basisSums;
    private readonly double[] _givenSums;
    private readonly Matrix<T> _gram;
    private readonly Matrix<T> _sums;
    private readonly SparsePassKernel<T> _kernel;
    private readonly PinnedMemory<T> _updateRows;
    private readonly double _massWeight;

    private double? _halfSquaredNorm;
    private ExactSquares<T>? _exact;
    private Task _task;
    private Side _side;
    private RowBlocks _blocks;
    private Matrix<T>? _negative;
    private Matrix<T>? _positive;
    private bool _withObjective;
    private RowUpdate<T> _update;

    /// <param name="data">V.</param>
    /// <param name="transposed">Its transpose.</param>
    /// <param name="rank">Number of components.</param>
    /// <param name="beta">Divergence parameter.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="kernel">Loops for a measure of fit that visits the non-zeros as β = 1 does, or
    /// null for those of β.</param>
    /// <param name="massWeight">With what the mass of the model enters the objective of such a measure.</param>
    public SparsePass(
        SparseMatrix<T> data, SparseMatrix<T> transposed, int rank, double beta, WorkTeam team,
        SparsePassKernel<T>? kernel = null, double massWeight = 1)
        : base(data.Rows, data.Columns, beta, rank, team)
    {
        if (!(beta > 0 && double.IsFinite(beta)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(beta),
                beta,
                "The divergence of sparse data needs a finite β > 0: for β ≤ 0 a zero is infinitely far from "
                + "any model.");
        }

        (_data, _transposed) = (data, transposed);
        SparseSource = new SparseData<T>(data, transposed);
        DataChanged();
        _blocks = _sampleBlocks;
        (_basisSums, _givenSums) = (new double[rank], new double[rank]);
        (_gram, _sums) = (new Matrix<T>(rank, rank), new Matrix<T>(1, rank));
        _kernel = kernel ?? SparsePassKernel<T>.Create(beta, _gram.Stride);
        _massWeight = massWeight;
        _updateRows = new PinnedMemory<T>(3 * RowsOfUpdate * _gram.Stride * team.Threads);
    }

    private enum Task
    {
        Gradient,
        Product,
        Objective,
        Update,
    }

    public override void DataChanged()
    {
        SparseSource!.Check();
        (Samples, Features) = (_data.Rows, _data.Columns);
        _sampleBlocks.Cut(_data);
        _featureBlocks.Cut(_transposed);
        _featureBands.Clear();
        (_halfSquaredNorm, _exact) = (null, null);
    }

    public override double ActivationGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
    {
        Require(w, h);
        RequireSamples(negative, nameof(negative));
        RequireSamples(positive, nameof(positive));
        PreparePositive(w);
        RunTask(Task.Gradient, new(_data, h, w), _sampleBlocks, negative, positive, withObjective);
        if (!withObjective)
            return double.NaN;
        return Beta switch
        {
            1 => SummedObjective() + ModelMass(h),

            // Σ v y = ⟨V W, H⟩, and V W has just been computed.
            2 => SafeEuclidean(
                (_halfSquaredNorm ??= 0.5 * _data.SquaredNorm()) - FactorKernels.InnerProduct(negative, h, Team)
                    + (0.5 * FactorKernels.GramInnerProduct(w, h, Team)),
                w, h),
            _ => SummedObjective(),
        };
    }

    public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
    {
        Require(w, h);
        RequireFeatures(negative, nameof(negative));
        RequireFeatures(positive, nameof(positive));
        PreparePositive(h);
        RunTask(Task.Gradient, new(_transposed, w, h), _featureBlocks, negative, positive, withObjective: false);
    }

    public override void MajoriserGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negativeRows, Matrix<T> positiveRows, Matrix<T> negative,
        Matrix<T> positive)
    {
        RequireModel();
        Require(w, h);
        RequireSamples(negativeRows, nameof(negativeRows));
        RequireSamples(positiveRows, nameof(positiveRows));
        RequireFeatures(negative, nameof(negative));
        RequireFeatures(positive, nameof(positive));
        var side = new Side(_transposed, w, h, negativeRows, positiveRows);
        RunTask(Task.Gradient, side, _featureBlocks, negative, positive, withObjective: false);
    }

    public override void UpdateActivations(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(h, exponent, momentum);
        PreparePositive(w);
        _update = new RowUpdate<T>(exponent, momentum);
        RunTask(Task.Update, new(_data, h, w), _sampleBlocks, null, null, withObjective: false);
    }

    public override void UpdateDictionary(Matrix<T> w, Matrix<T> h, double exponent, Momentum<T>? momentum = null)
    {
        Require(w, h);
        RequireMomentum(w, exponent, momentum);
        PreparePositive(h);
        _update = new RowUpdate<T>(exponent, momentum);
        RunTask(Task.Update, new(_transposed, w, h), _featureBlocks, null, null, withObjective: false);
    }

    public override double Objective(Matrix<T> w, Matrix<T> h)
    {
        Require(w, h);
        RunTask(Task.Objective, new(_data, h, w), _sampleBlocks, null, null, withObjective: true);
        if (Beta == 1)
        {
            FactorKernels.ColumnSums(w, _basisSums, Team);
            return SummedObjective() + ModelMass(h);
        }

        return Beta == 2
            ? SafeEuclidean(SummedObjective() + (0.5 * FactorKernels.GramInnerProduct(w, h, Team)), w, h)
            : SummedObjective();
    }

    public override void ActivationProduct(Matrix<T> w, Matrix<T> result)
    {
        RequireFeatures(w, nameof(w));
        RequireSamples(result, nameof(result));
        RunTask(Task.Product, new(_data, w, w), _sampleBlocks, result, null, withObjective: false);
    }

    public override void DictionaryProduct(Matrix<T> h, Matrix<T> result)
    {
        RequireSamples(h, nameof(h));
        RequireFeatures(result, nameof(result));
        RunTask(Task.Product, new(_transposed, h, h), _featureBlocks, result, null, withObjective: false);
    }

    void IBlockWork.Run(int block, int worker)
    {
        var (from, to) = (_blocks.FirstRows[block], _blocks.FirstRows[block + 1]);
        var side = new SparseSide<T>(
            _side.Data, _side.Given.Data, _side.Basis, _side.NegativeBasis, _side.PositiveBasis);
        if (_bands is not null)
            side = InBand(side);
        switch (_task)
        {
            case Task.Product:
                _kernel.Product(side, from, to, _negative!.Data);
                break;
            case Task.Update when _bands is not null:
                UpdateBand(from, to, ScratchOf(worker));
                break;
            case Task.Update:
                for (; from < to; from += RowsOfUpdate)
                    Update(from, int.Min(to, from + RowsOfUpdate), ScratchOf(worker));
                break;
            case Task.Gradient:
                var objective = Gradient(side, from, to, _negative!.Data, _positive!.Data);
                if (_withObjective)
                    _objectives[block] = objective;
                break;
            case Task.Objective:
                _objectives[block] = ObjectiveOf(side, from, to);
                break;
        }
    }

    private T* ScratchOf(int worker) => _updateRows.Pointer + (3 * RowsOfUpdate * _gram.Stride * worker);

    private double Gradient(in SparseSide<T> side, int from, int to, T* negative, T* positive)
    {
        switch (Beta)
        {
            case 1:
                for (var i = from; !side.Continues && i < to; i++)
                    _sums.Row(0).CopyTo(new Span<T>(positive + (i * _gram.Stride), Rank));
                return _kernel.KullbackLeibler(side, from, to, negative, _withObjective);
            case 2:
                _kernel.Product(side, from, to, negative);
                _kernel.TimesSquare(side.Given, _gram, from, to, positive);
                return 0;
            default:
                return _kernel.AllCells(side, from, to, negative, positive, _withObjective);
        }
    }

    // A row of the factor depends on itself and on the basis: it can be replaced as soon as its gradient is there.
    private void Update(int from, int to, T* scratch)
    {
        var stride = _gram.Stride;
        T* start = scratch - (from * stride), negative = start + (RowsOfUpdate * stride),
            positive = negative + (RowsOfUpdate * stride);
        for (var i = from; i < to; i++)
            _update.Start(i, _side.Given.Data + (i * stride), start + (i * stride), Rank);
        var side = new SparseSide<T>(_side.Data, start, _side.Basis);
        Gradient(side, from, to, negative, positive);
        for (var i = from; i < to; i++)
        {
            var row = i * stride;
            _update.Finish(i, _side.Given.Data + row, start + row, negative + row, positive + row, Rank);
        }
    }

    private double ObjectiveOf(in SparseSide<T> side, int from, int to) => Beta switch
    {
        1 => _kernel.KullbackLeibler(side, from, to, null, withObjective: true),
        2 => _kernel.EuclideanDifference(side, from, to),
        _ => _kernel.AllCells(side, from, to, null, null, withObjective: true),
    };

    // A difference of numbers of the size of ½‖V‖²: where it is small beside them it is taken again in double.
    private double SafeEuclidean(double objective, Matrix<T> w, Matrix<T> h)
        => typeof(T) == typeof(double) || objective > SmallResidual * (_halfSquaredNorm ??= 0.5 * _data.SquaredNorm())
            ? double.Max(objective, 0) : (_exact ??= new(_data)).Of(w, h, Team);

    private void PreparePositive(Matrix<T> basis)
    {
        if (Beta == 1)
        {
            FactorKernels.ColumnSums(basis, _basisSums, Team);
            for (var k = 0; k < Rank; k++)
                _sums[0, k] = T.CreateSaturating(_basisSums[k]);
        }
        else if (Beta == 2)
        {
            FactorKernels.Gram(basis, _gram, Team);
        }
    }

    private void RunTask(
        Task task, in Side side, RowBlocks blocks, Matrix<T>? negative, Matrix<T>? positive, bool withObjective)
    {
        (_task, _side, _blocks, _negative, _positive, _withObjective) = (task, side, blocks, negative, positive,
            withObjective);
        _bands = BandsOf(task, blocks);
        for (_band = 0; _band < (_bands?.Count ?? 1); _band++)
            Team.Run(this, blocks.Count);
    }

    private double SummedObjective()
    {
        double sum = 0;
        foreach (var part in _objectives.AsSpan(0, _sampleBlocks.Count))
            sum += part;
        return sum;
    }

    /// <summary>The weighted sum of all cells of the model, zeros included: Σ_k (Σ_f w_fk)(Σ_n h_nk), with the
    /// sums of W at hand.</summary>
    private double ModelMass(Matrix<T> h)
    {
        FactorKernels.ColumnSums(h, _givenSums, Team);
        double sum = 0;
        for (var k = 0; k < Rank; k++)
            sum += _basisSums[k] * _givenSums[k];
        return _massWeight * sum;
    }

    /// <summary>A cut that can be made again for other data without taking memory.</summary>
    private sealed class RowBlocks
    {
        public int[] FirstRows { get; } = new int[SparsePassBlocks.MostBlocks + 1];

        public int Count { get; private set; }

        public void Cut(SparseMatrix<T> data) => Count = SparsePassBlocks.Cut(data, FirstRows);
    }

    /// <summary>What is walked: rows of the data, the factor of those rows, and the factor that
    /// their columns have.</summary>
    private readonly record struct Side(
        SparseMatrix<T> Data, Matrix<T> Given, Matrix<T> Basis, Matrix<T>? NegativeBasis = null,
        Matrix<T>? PositiveBasis = null);
}
