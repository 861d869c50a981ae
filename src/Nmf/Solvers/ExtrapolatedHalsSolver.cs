using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Accelerated HALS with extrapolation for β = 2: several cheap sweeps over a factor for each expensive product with the data (Gillis and
/// Glineur 2012), each factor then moved beyond its newest value (Ang and Gillis, "Accelerating nonnegative matrix factorization
/// algorithms using extrapolation", 2019).
/// </summary>
/// <remarks>
/// The objective of every new pair comes from Gram matrices for free. A pair that is not better is thrown away and the iteration done
/// again without extrapolation, so that the objective of the factors never increases.
/// </remarks>
internal sealed class ExtrapolatedHalsSolver<T> : Solver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Schedule of the extrapolation weight; the growth factors are those that did best in our comparison.
    private const double FirstWeight = 0.5;
    private const double Growth = 1.05;
    private const double LimitGrowth = 1.02;
    private const double Shrinkage = 1.5;

    private readonly GramObjective<T> _gramObjective;
    private readonly SweepSchedule _sweepsH;
    private readonly SweepSchedule _sweepsW;
    private readonly Matrix<T> _productH;
    private readonly Matrix<T> _productW;
    private readonly Matrix<T> _gramH;
    private readonly Matrix<T> _gramW;
    private readonly Matrix<T> _nextH;
    private readonly Matrix<T> _nextW;
    private readonly Matrix<T> _beyondH;
    private readonly Matrix<T> _beyondW;
    private double _weight = FirstWeight;
    private double _weightLimit = 1;
    private double _lastGoodWeight = FirstWeight;
    private double _objective = double.NaN;
    private bool _beyondIsCurrent;

    public ExtrapolatedHalsSolver(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        : base(data, BetaDivergence.Euclidean, start, team)
    {
        _gramObjective = new GramObjective<T>(data, Pass, team);
        var entries = (double)data.StoredEntries;
        var rank = W.Columns;
        _sweepsH = new SweepSchedule(entries + ((double)W.Rows * rank), (double)H.Rows * (rank + 1));
        _sweepsW = new SweepSchedule(entries + ((double)H.Rows * rank), (double)W.Rows * (rank + 1));
        _productH = new Matrix<T>(H.Rows, rank);
        _productW = new Matrix<T>(W.Rows, rank);
        _gramH = new Matrix<T>(rank, rank);
        _gramW = new Matrix<T>(rank, rank);
        _nextH = new Matrix<T>(H.Rows, rank);
        _nextW = new Matrix<T>(W.Rows, rank);
        _beyondH = new Matrix<T>(H.Rows, rank);
        _beyondW = new Matrix<T>(W.Rows, rank);
    }

    public override double Objective()
    {
        if (double.IsNaN(_objective))
            _objective = Pass.Objective(W, H);
        return _objective;
    }

    private protected override void Update()
    {
        if (double.IsNaN(_objective))
            _objective = Pass.Objective(W, H);
        if (!_beyondIsCurrent)
        {
            H.CopyTo(_beyondH);
            W.CopyTo(_beyondW);
            _beyondIsCurrent = true;
        }

        if (Advance(_weight))
        {
            _lastGoodWeight = _weight;
            _weight = Math.Min(_weightLimit, _weight * Growth);
            _weightLimit = Math.Min(1, _weightLimit * LimitGrowth);
            return;
        }

        _weightLimit = _lastGoodWeight;
        _weight /= Shrinkage;
        _lastGoodWeight = _weight;
        H.CopyTo(_beyondH);
        W.CopyTo(_beyondW);
        if (!Advance(0))
        {
            // Not even a plain iteration lowers the objective: this is the limit of the precision.
            H.CopyTo(_beyondH);
            W.CopyTo(_beyondW);
        }
    }

    private protected override void Rescaled() => _beyondIsCurrent = false;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var matrix in new[] { _productH, _productW, _gramH, _gramW, _nextH, _nextW, _beyondH, _beyondW })
                matrix.Dispose();
            _gramObjective.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>One iteration from the extrapolated factors; on success they and the factors move on, otherwise the factors stay.</summary>
    private bool Advance(double weight)
    {
        Pass.ActivationProduct(_beyondW, _productH);
        FactorKernels.Gram(_beyondW, _gramW, Team);
        _beyondH.CopyTo(_nextH);
        _sweepsH.Run(_nextH, _productH, _gramW, Team);
        Extrapolation.Run(_nextH, H, weight, nonnegative: true, _beyondH);

        Pass.DictionaryProduct(_beyondH, _productW);
        FactorKernels.Gram(_beyondH, _gramH, Team);
        // A dictionary beyond the boundary is allowed for the product; the sweep clips what it touches.
        _beyondW.CopyTo(_nextW);
        _sweepsW.Run(_nextW, _productW, _gramH, Team);

        var objective = _gramObjective.Evaluate(_nextW, _beyondH, _productW, _gramH);
        if (!(objective <= _objective))
            return false;
        Extrapolation.Run(_nextW, W, weight, nonnegative: false, _beyondW);
        _nextW.CopyTo(W);
        _beyondH.CopyTo(H);
        _objective = objective;
        return true;
    }

    /// <summary>How many sweeps a product is worth: at most 1 + half the ratio of their costs, fewer when they stop moving the factor.</summary>
    private readonly struct SweepSchedule(double productCost, double sweepCost)
    {
        private const double CostShare = 0.5;
        private const double SmallestPart = 0.1;

        private readonly int _most = 1 + (int)Math.Min(CostShare * productCost / sweepCost, 50);

        public void Run(Matrix<T> factor, Matrix<T> product, Matrix<T> gram, WorkTeam team)
        {
            var first = FactorKernels.HalsSweep(factor, product, gram, team);
            var change = first;
            for (var i = 1; i < _most && change > SmallestPart * SmallestPart * first; i++)
                change = FactorKernels.HalsSweep(factor, product, gram, team);
        }
    }
}
