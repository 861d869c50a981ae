using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;
using Nmf.Kernels.Tensors;

namespace Nmf;

/// <summary>
/// Hierarchical alternating least squares for β = 2, column by column of one factor after the other (Cichocki and Phan
/// 2009). Where it extrapolates, with several sweeps for each product with the data and from extrapolated factors (Ang,
/// Cohen, Gillis and Hien, "Accelerating block coordinate descent for nonnegative tensor factorization", 2021).
/// </summary>
/// <remarks>Guarded: an iteration that does not lower the objective, which the products at hand give, is taken back and
/// done again without extrapolation.</remarks>
internal sealed class CpHalsSolver<T> : CpSolver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostSweeps = 4;
    private const double SmallestPart = 0.1;

    private readonly Matrix<T>[] _next;
    private readonly Matrix<T>[] _products;
    private readonly Matrix<T> _gram;
    private readonly Matrix<T> _ownGram;
    private readonly SharedTerms<T> _shared;
    private readonly bool _extrapolates;
    private readonly bool _productStays;
    private ExtrapolationWeight _weight = new(growth: 1.05, limitGrowth: 1.02, largest: 1, shrinkage: 1 / 1.5);
    private double _objective = double.NaN;
    private bool _beyondIsCurrent;
    private bool _productIsThere;

    public CpHalsSolver(NmfTensor<T> data, Matrix<T>[] factors, int[] modes, WorkTeam team, bool extrapolates)
        : base(data, BetaDivergence.Euclidean, factors, modes, team)
    {
        if (data.IsWeighted)
            throw new ArgumentException(
                "Least squares by columns has no missing entries and no weights: choose "
                + $"{NmfSolver.ExtrapolatedMultiplicativeUpdate}.");
        var rank = factors[0].Columns;
        _extrapolates = extrapolates;
        _productStays = modes.Length == 1;
        _next = [.. factors];
        foreach (var n in modes)
            _next[n] = factors[n].Clone();
        _products = [.. modes.Select(n => new Matrix<T>(factors[n].Rows, rank))];
        (_gram, _ownGram) = (new Matrix<T>(rank, rank), new Matrix<T>(rank, rank));
        _shared = new SharedTerms<T>(factors.Length, rank, team);
    }

    private int Last => Modes[^1];

    // Factors are improved in the order of the modes: that of the last one of the tensor comes last.
    private bool LastOfTensorWaits => Modes.Length == Factors.Length;

    public override double Objective()
    {
        if (double.IsNaN(_objective))
            _objective = Pass.Objective(Factors);
        return _objective;
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.Write(_objective);
        writer.Write(_beyondIsCurrent);
        writer.WriteMatrix(_next[Last]);
        _weight.Save(writer);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _objective = reader.ReadFinite();
        _beyondIsCurrent = reader.ReadBoolean();
        reader.ReadMatrix(_next[Last]);
        _weight.Load(reader);
    }

    private protected override void Update()
    {
        Objective();
        if (!_beyondIsCurrent || !_extrapolates)
            Restart();
        if (_extrapolates)
        {
            if (Advance(_weight.Value))
            {
                _weight.Accept();
                return;
            }

            _weight.Reject();
            Restart();
        }

        // Where not even a plain iteration lowers the objective, the limit of the precision is reached.
        if (!Advance(0))
            Restart();
    }

    private protected override void Rescaled(int mode, ReadOnlySpan<double> scale) => _beyondIsCurrent = false;

    private void Restart()
    {
        Factors[Last].CopyTo(_next[Last]);
        _beyondIsCurrent = true;
    }

    // One iteration from the extrapolated factors; on success they and the factors move on, otherwise the factors stay.
    // All but the last one are their own extrapolation; that of the last may be negative.
    private bool Advance(double weight)
    {
        for (var at = 0; at < Modes.Length - 1; at++)
            Factors[Modes[at]].CopyTo(_next[Modes[at]]);
        for (var at = 0; at < Modes.Length; at++)
        {
            var n = Modes[at];
            Improve(at, n);
            if (n != Last)
                Extrapolation.MoveOn(_next[n], Factors[n], weight, nonnegative: true);
        }

        var objective = ObjectiveOfImproved();
        if (!(objective <= _objective))
            return false;
        Extrapolation.MoveOnAndRemember(_next[Last], Factors[Last], weight, nonnegative: false);
        for (var at = 0; at < Modes.Length - 1; at++)
            _next[Modes[at]].CopyTo(Factors[Modes[at]]);
        _objective = objective;
        return true;
    }

    private void Improve(int at, int mode)
    {
        if (!_productIsThere)
            Pass.Product(_next, mode, _products[at], lastIsUnchanged: at > 0 && LastOfTensorWaits);
        _productIsThere = _productStays;
        _shared.GramBut(_next, mode, _gram);
        var first = FactorKernels.HalsSweep(_next[mode], _products[at], _gram, Team);
        var change = first;
        for (var i = 1; i < (_extrapolates ? MostSweeps : 1) && change > SmallestPart * SmallestPart * first; i++)
            change = FactorKernels.HalsSweep(_next[mode], _products[at], _gram, Team);
    }

    // ½‖V‖² - ⟨product, factor⟩ + ½⟨Gram matrices⟩, or, where that loses its digits, the sum over entries.
    private double ObjectiveOfImproved()
    {
        var factor = _next[Last];
        FactorKernels.Gram(factor, _ownGram, Team);
        var half = 0.5 * Data.SumOfSquares;
        var objective = half - FactorKernels.InnerProduct(_products[^1], factor, Team)
            + (0.5 * FactorKernels.InnerProduct(_gram, _ownGram, Team));
        return objective > GramObjective<T>.SafeResidual * half ? objective : Pass.Objective(_next);
    }
}
