using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Hierarchical alternating least squares with shards, β = 2: W needs <c>Vᵀ H</c> and <c>HᵀH</c>, which are sums over
/// the shards; H is swept in them (Cichocki and Phan 2009).
/// </summary>
internal sealed class HalsCoordinator<T> : ShardCoordinator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ShardSums<T> _sums;
    private readonly ShardSums<T> _objective = new(1);

    public HalsCoordinator(ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        : base(spec, dictionary, shards, team)
        => _sums = new(0, new Matrix<T>(W.Rows, W.Columns), new Matrix<T>(W.Columns, W.Columns));

    public override double Objective()
    {
        Ask(ShardTask.Objective, _objective);
        return _objective.Numbers[0];
    }

    private protected override void Update()
    {
        Ask(ShardTask.Improve, _sums);
        FactorKernels.HalsSweep(W, _sums.Matrices[0], _sums.Matrices[1], Team);
        Changed();
    }
}

/// <summary>A shard of hierarchical alternating least squares.</summary>
internal sealed class HalsWorker<T> : ShardWorker<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GramObjective<T> _gramObjective;
    private readonly Matrix<T> _product;
    private readonly Matrix<T> _gramW;
    private int _version = -1;

    public HalsWorker(ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        : base(spec, data, activations, team)
    {
        _gramObjective = new GramObjective<T>(Data, Pass, team);
        _product = new Matrix<T>(H.Rows, H.Columns);
        _gramW = new Matrix<T>(spec.Rank, spec.Rank);
    }

    public override void LoadState(BinaryReader reader) => _version = -1;

    private protected override void Improve(ShardRequest<T> request, ShardSums<T> sums)
    {
        Prepare(request);
        FactorKernels.HalsSweep(H, _product, _gramW, Team);
        Pass.DictionaryProduct(H, sums.Matrices[0]);
        FactorKernels.Gram(H, sums.Matrices[1], Team);
    }

    private protected override void Objective(ShardRequest<T> request, ShardSums<T> sums)
    {
        Prepare(request);
        sums.Numbers[0] = _gramObjective.EvaluateActivations(request.W, H, _product, _gramW);
    }

    private void Prepare(ShardRequest<T> request)
    {
        if (_version == request.Version)
            return;
        Pass.ActivationProduct(request.W, _product);
        FactorKernels.Gram(request.W, _gramW, Team);
        _version = request.Version;
    }
}
