using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates with shards, any β: <c>W ← W ∘ (neg / pos)^γ</c> with neg and pos summed over the shards, H
/// in the shards (Févotte and Idier 2011). Extrapolated for 1 ≤ β ≤ 2: both factors row by row as in
/// <see cref="MomentumMultiplicativeSolver{T}"/>, where the gradient that is there judges a row; that of a row of W is
/// a sum over shards like any other, taken at the point to which W was moved.
/// </summary>
internal sealed class MultiplicativeCoordinator<T> : ShardCoordinator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent;
    private readonly GradientRows<T> _rows;
    private readonly ShardSums<T> _sums;
    private readonly ShardSums<T> _objective = new(1);
    private readonly Momentum<T>? _momentumW;
    private double _momentum = 1;

    public MultiplicativeCoordinator(ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        : base(spec, dictionary, shards, team)
    {
        _exponent = Exponent(spec);
        _rows = new GradientRows<T>(W.Rows, W.Columns);
        _sums = spec.Gradient(_rows.Negative, _rows.Positive);
        _momentumW = spec.Options.Solver == NmfSolver.ExtrapolatedMultiplicativeUpdate
            ? new Momentum<T>(W.Rows, W.Columns) : null;
    }

    public static double Exponent(ShardSpec spec) => spec.Options.Solver switch
    {
        NmfSolver.MajorizationMinimization => BetaDivergence.MajorizationExponent(spec.Beta),
        NmfSolver.ExtrapolatedMultiplicativeUpdate
            => spec.Beta == BetaDivergence.KullbackLeibler ? FactorKernels.OverrelaxedExponent : 1,
        _ => BetaDivergence.FastExponent(spec.Beta),
    };

    public override double Objective()
    {
        Ask(ShardTask.Objective, _objective);
        return _objective.Numbers[0];
    }

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        if (_momentumW is null)
            return;
        writer.Write(_momentum);
        _momentumW.Save(writer);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        if (_momentumW is null)
            return;
        _momentum = reader.ReadFinite();
        _momentumW.Load(reader);
    }

    private protected override void Update()
    {
        if (_momentumW is null)
        {
            Ask(ShardTask.Improve, _sums);
            MakePositive(_sums, W, _rows.Positive);
            FactorKernels.MultiplicativeUpdate(W, _rows.Negative, _rows.Positive, _exponent, Team);
        }
        else
        {
            var next = 0.5 * (1 + Math.Sqrt(1 + (4 * _momentum * _momentum)));
            var weight = _momentumW.Weight = (_momentum - 1) / next;
            _momentum = next;
            var update = new RowUpdate<T>(_exponent, _momentumW);
            _rows.Begin(W, update);
            Ask(ShardTask.Improve, _sums, weight == 0 ? null : _rows.Start, weight);
            MakePositive(_sums, _rows.Start, _rows.Positive);
            _rows.End(W, update);
        }

        Changed();
    }

    private protected override void Rescaled(double[] scale) => _momentumW?.ScaleColumns(scale);
}

/// <summary>A shard of multiplicative updates.</summary>
internal sealed class MultiplicativeWorker<T> : ShardWorker<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _exponent;
    private readonly Momentum<T>? _momentum;

    public MultiplicativeWorker(ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        : base(spec, data, activations, team)
    {
        _exponent = MultiplicativeCoordinator<T>.Exponent(spec);
        _momentum = spec.Options.Solver == NmfSolver.ExtrapolatedMultiplicativeUpdate
            ? new Momentum<T>(activations.Rows, activations.Columns) : null;
    }

    public override void SaveState(BinaryWriter writer) => _momentum?.Save(writer);

    public override void LoadState(BinaryReader reader) => _momentum?.Load(reader);

    private protected override void Improve(ShardRequest<T> request, ShardSums<T> sums)
    {
        if (_momentum is not null)
            _momentum.Weight = request.Momentum;
        Pass.UpdateActivations(request.W, H, _exponent, _momentum);
        TakeGradient(request.Point ?? request.W, sums);
    }

    private protected override void Objective(ShardRequest<T> request, ShardSums<T> sums)
        => sums.Numbers[0] = Pass.Objective(request.W, H);

    private protected override void Rescaled(double[] scale) => _momentum?.ScaleColumns(scale);
}

/// <summary>What is kept of momentum in a checkpoint.</summary>
internal static class MomentumState
{
    public static void Save<T>(this Momentum<T> momentum, BinaryWriter writer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < momentum.Rows; i++)
            writer.WriteNumbers<ushort>(momentum.Growth(i));
    }

    public static void Load<T>(this Momentum<T> momentum, BinaryReader reader)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var i = 0; i < momentum.Rows; i++)
            reader.ReadNumbers(momentum.Growth(i));
    }
}
