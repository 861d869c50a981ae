using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Automatic relevance determination with shards: the updates of <see cref="AutomaticRelevanceSolver{T}"/>, with the
/// gradient of W and the sizes f(h_k) summed over the shards. Components that have died out stay until the end.
/// </summary>
internal sealed class RelevanceCoordinator<T> : ShardCoordinator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AutomaticRelevance _problem;
    private readonly RelevanceParameters _parameters;
    private readonly GradientParts<T> _gradient;
    private readonly ShardSums<T> _sums;
    private readonly ShardSums<T> _objective = new(1);
    private readonly double[] _relevance;
    private readonly double[] _weight;
    private readonly double[] _sumW;
    private readonly double[] _sumH;
    private double _change = double.PositiveInfinity;
    private bool _isReady;

    public RelevanceCoordinator(ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        : base(spec, dictionary, shards, team)
    {
        _problem = (AutomaticRelevance)spec.Options.Problem;
        _parameters = _problem.Resolve(spec.Facts.Samples, spec.Facts.Features, spec.Facts.Mean, spec.Rank);
        _gradient = new GradientParts<T>(W);
        _sums = spec.Gradient(_gradient.Negative, _gradient.Positive, 2 * spec.Rank);
        (_relevance, _weight) = (new double[spec.Rank], new double[spec.Rank]);
        (_sumW, _sumH) = (new double[spec.Rank], new double[spec.Rank]);
    }

    private protected override bool IsScaleFree => false;

    public override double Objective()
    {
        Prepare();
        Ask(ShardTask.Objective, _objective);
        var sum = 0.0;
        foreach (var lambda in _relevance)
            sum += Math.Log(_parameters.Weight * lambda);
        return (_objective.Numbers[0] / _parameters.Dispersion) + (_parameters.Weight * sum);
    }

    public override bool? HasConverged(double tolerance) => _change < tolerance;

    public override FittedTerms Terms(double[] columns) => new()
    {
        Penalty = _problem.PenaltyOf(Array.ConvertAll(_relevance, lambda => _parameters.Dispersion / lambda)),
        Relevance = [.. _relevance],
        RelevanceParameters = _parameters,
    };

    public override void Save(BinaryWriter writer)
    {
        base.Save(writer);
        writer.WriteNumbers<double>(_relevance);
        writer.Write(_change);
    }

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        reader.ReadFinite(_relevance, double.Epsilon);
        _change = reader.ReadDouble();
        _isReady = true;
    }

    private protected override void Update()
    {
        Prepare();
        for (var k = 0; k < _weight.Length; k++)
            _weight[k] = _parameters.Dispersion / _relevance[k];
        Ask(ShardTask.Improve, _sums, numbers: _weight);
        MakePositive(_sums, W, _gradient.Positive);
        var isLinear = _parameters.Prior != RelevancePrior.HalfNormal;
        RelevanceWorker<T>.Improve(
            W, _gradient.Negative, _gradient.Positive, _weight, isLinear, Spec.Beta, Team);
        UpdateRelevance(_sums.Numbers.AsSpan(Spec.FirstNumber));
        Changed();
    }

    // The relevances of the start.
    private void Prepare()
    {
        if (_isReady)
            return;
        UpdateRelevance(Columns());
        _isReady = true;
    }

    private void UpdateRelevance(ReadOnlySpan<double> columns)
    {
        var ofSquares = _parameters.Prior == RelevancePrior.HalfNormal;
        if (ofSquares)
            FactorKernels.ColumnSumsOfSquares(W, _sumW, Team);
        else
            FactorKernels.ColumnSums(W, _sumW, Team);
        var ofLinear = _parameters.Prior == RelevancePrior.Exponential;
        _change = 0;
        for (var k = 0; k < _relevance.Length; k++)
        {
            _sumH[k] = ofLinear ? columns[k] : 0.5 * columns[Spec.Rank + k];
            var before = _relevance[k];
            _relevance[k] = ((ofSquares ? 0.5 * _sumW[k] : _sumW[k]) + _sumH[k] + _parameters.Scale)
                / _parameters.Weight;
            _change = Math.Max(_change, Math.Abs(_relevance[k] - before) / _relevance[k]);
        }
    }
}

/// <summary>A shard of automatic relevance determination.</summary>
internal sealed class RelevanceWorker<T> : ShardWorker<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool _isLinear;
    private readonly GradientParts<T> _gradient;
    private int _version = -1;

    public RelevanceWorker(ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        : base(spec, data, activations, team)
    {
        _isLinear = ((AutomaticRelevance)spec.Options.Problem).Prior == RelevancePrior.Exponential;
        _gradient = new GradientParts<T>(H);
    }

    public override void LoadState(BinaryReader reader) => _version = -1;

    /// <summary>The update of either factor.</summary>
    public static void Improve(
        Matrix<T> factor, Matrix<T> negative, Matrix<T> positive, double[] weight, bool isLinear, double beta,
        WorkTeam team)
    {
        FactorKernels.AddColumnTerms(positive, factor, isLinear ? weight : [], isLinear ? [] : weight, team);
        FactorKernels.MultiplicativeUpdate(
            factor, negative, positive,
            isLinear ? BetaDivergence.MajorizationExponent(beta) : BetaDivergence.QuadraticExponent(beta), team);
    }

    private protected override void Improve(ShardRequest<T> request, ShardSums<T> sums)
    {
        if (_version != request.Version)
            Pass.ActivationGradient(request.W, H, _gradient.Negative, _gradient.Positive, withObjective: false);
        _version = -1;
        Improve(H, _gradient.Negative, _gradient.Positive, request.Numbers, _isLinear, Spec.Beta, Team);
        TakeGradient(request.W, sums);
        TakeColumns(sums.Numbers.AsSpan(Spec.FirstNumber));
    }

    private protected override void Objective(ShardRequest<T> request, ShardSums<T> sums)
    {
        sums.Numbers[0] = Pass.ActivationGradient(
            request.W, H, _gradient.Negative, _gradient.Positive, withObjective: true);
        _version = request.Version;
    }
}
