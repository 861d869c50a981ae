using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Accelerated HALS with extrapolation for β = 2: several cheap sweeps over a factor for each expensive product with
/// the data (Gillis and Glineur, "Accelerated multiplicative updates and hierarchical ALS algorithms for nonnegative
/// matrix factorization", 2012), from extrapolated factors (Ang and Gillis 2019). The objective of every new pair comes
/// from the products at hand.
/// </summary>
internal sealed class ExtrapolatedHalsSolver<T> : ExtrapolatedSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GramObjective<T> _gramObjective;
    private readonly SweepSchedule _sweepsH;
    private readonly SweepSchedule _sweepsW;
    private readonly Matrix<T> _productH;
    private readonly Matrix<T> _productW;
    private readonly Matrix<T> _gramH;
    private readonly Matrix<T> _gramW;
    private readonly ZeroMask<T>? _zeros;
    private bool _productIsCurrent;

    public ExtrapolatedHalsSolver(NmfData<T> data, NmfStart<T> start, WorkTeam team)
        : base(
            data, BetaDivergence.Euclidean, start, team,
            new ExtrapolationWeight(growth: 1.05, limitGrowth: 1.02, largest: 1, shrinkage: 1 / 1.5))
    {
        var entries = (double)data.StoredEntries;
        var rank = W.Columns;
        _gramObjective = new GramObjective<T>(data, Pass, team);
        _sweepsH = new SweepSchedule(entries + ((double)W.Rows * rank), (double)H.Rows * (rank + 1));
        _sweepsW = new SweepSchedule(entries + ((double)H.Rows * rank), (double)W.Rows * (rank + 1));
        _zeros = ZeroMask<T>.Of(start);
        _productH = new Matrix<T>(H.Rows, rank);
        _productW = new Matrix<T>(W.Rows, rank);
        _gramH = new Matrix<T>(rank, rank);
        _gramW = new Matrix<T>(rank, rank);
    }

    // A dictionary beyond the boundary is a point like any other for the product; the sweep over
    // it clips what it touches.
    private protected override bool RequiresNonnegativeDictionary => false;

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _productIsCurrent = false;
    }

    // The products of the first iteration give the objective before it.
    private protected override double FirstObjective()
    {
        PrepareActivations(W);
        _productIsCurrent = true;
        return _gramObjective.EvaluateActivations(W, H, _productH, _gramW);
    }

    private protected override void Rescaled()
    {
        base.Rescaled();
        _productIsCurrent = false;
    }

    private protected override void ImproveActivations(Matrix<T> w, Matrix<T> h)
    {
        if (!_productIsCurrent)
            PrepareActivations(w);
        _productIsCurrent = false;
        _sweepsH.Run(h, _productH, _gramW, Team);
    }

    private void PrepareActivations(Matrix<T> w)
    {
        Pass.ActivationProduct(w, _productH);
        _zeros?.Apply(_productH);
        FactorKernels.Gram(w, _gramW, Team);
    }

    private protected override void ImproveDictionary(Matrix<T> w, Matrix<T> h)
    {
        Pass.DictionaryProduct(h, _productW);
        FactorKernels.Gram(h, _gramH, Team);
        _sweepsW.Run(w, _productW, _gramH, Team);
    }

    private protected override double ObjectiveOfImproved(Matrix<T> w, Matrix<T> h)
        => _gramObjective.Evaluate(w, h, _productW, _gramH);

    /// <summary>How many sweeps a product is worth: at most 1 + half the ratio of their costs, fewer when they stop
    /// moving the factor.</summary>
    private readonly struct SweepSchedule(double productCost, double sweepCost)
    {
        private const double CostShare = 0.5;
        private const double SmallestPart = 0.1;
        private const int MostExtraSweeps = 50;

        private readonly int _most = 1 + (int)Math.Min(CostShare * productCost / sweepCost, MostExtraSweeps);

        public void Run(Matrix<T> factor, Matrix<T> product, Matrix<T> gram, WorkTeam team)
        {
            var first = FactorKernels.HalsSweep(factor, product, gram, team);
            var change = first;
            for (var i = 1; i < _most && change > SmallestPart * SmallestPart * first; i++)
                change = FactorKernels.HalsSweep(factor, product, gram, team);
        }
    }
}
