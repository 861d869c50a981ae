using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Multiplicative updates for a penalised divergence with shards: those of <see cref="PenalizedSolver{T}"/>. Penalties
/// that are functions of column sums are evaluated where W is, from sums over all shards; those of single rows of H in
/// the shards, which answer with their sums.
/// </summary>
internal sealed class PenalizedCoordinator<T> : ShardCoordinator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly FactorPenalty<T>[] _penalties;
    private readonly PenaltyTerms<T> _terms;
    private readonly PenaltyPoint<T> _point;
    private readonly ShardSums<T> _sums;
    private readonly ShardSums<T> _objective = new(2);
    private readonly bool _namesComponents;
    private readonly bool _isScaleFree;
    private bool _hasColumns;

    public PenalizedCoordinator(ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        : base(spec, dictionary, shards, team)
    {
        var penalties = PenaltiesOf(spec);
        _namesComponents = penalties.Any(p => p.NamesComponents);
        var all = FactorPenalty<T>.Create(penalties, spec.Rank, 0);
        _penalties = Array.FindAll(all, p => !p.IsOfRows);
        _isScaleFree = Array.TrueForAll(all, p => p.IsScaleFree);
        _terms = new(new Matrix<T>(W.Rows, W.Columns), new Matrix<T>(W.Rows, W.Columns));
        _point = new(W, new Matrix<T>(0, W.Columns), new double[spec.Rank], new double[spec.Rank], team)
        {
            SquaresH = new double[spec.Rank],
        };
        _sums = spec.Gradient(_terms.Negative, _terms.Positive, 3 * spec.Rank);
    }

    private protected override bool IsScaleFree => _isScaleFree;

    public static IReadOnlyList<NmfPenalty> PenaltiesOf(ShardSpec spec) => ((BetaNmf)spec.Options.Problem).Penalties;

    public override double Objective()
    {
        RequireColumns();
        Ask(ShardTask.Objective, _objective, numbers: _point.SumH);
        FactorKernels.ColumnSums(W, _point.SumW, Team);
        var value = _objective.Numbers[0] + _objective.Numbers[1];
        foreach (var penalty in _penalties)
            value += penalty.Value(_point);
        return value;
    }

    public override FittedTerms Terms(double[] columns) => new() { SortsComponents = !_namesComponents };

    public override void Load(BinaryReader reader)
    {
        base.Load(reader);
        _hasColumns = false;
    }

    private protected override void Update()
    {
        RequireColumns();
        Ask(ShardTask.Improve, _sums, numbers: _point.SumH);
        MakePositive(_sums, W, _terms.Positive);
        var own = _sums.Numbers.AsSpan(Spec.FirstNumber);
        TakeColumns(own[Spec.Rank..]);
        FactorKernels.ColumnSums(W, _point.SumW, Team);
        _terms.Clear();
        own[..Spec.Rank].CopyTo(_terms.Linear);
        foreach (var penalty in _penalties)
            penalty.AddForDictionary(_point, _terms);
        PenalizedSolver<T>.Improve(
            W, _terms, BetaDivergence.MajorizationExponent(Spec.Beta), Spec.Beta, Team);
        Changed();
    }

    private protected override void Rescaled(double[] scale)
    {
        for (var k = 0; k < scale.Length; k++)
        {
            _point.SumH[k] /= scale[k];
            _point.SquaresH![k] /= scale[k] * scale[k];
        }
    }

    private void RequireColumns()
    {
        if (!_hasColumns)
            TakeColumns(Columns());
    }

    private void TakeColumns(ReadOnlySpan<double> columns)
    {
        columns[..Spec.Rank].CopyTo(_point.SumH);
        columns[Spec.Rank..].CopyTo(_point.SquaresH);
        _hasColumns = true;
    }
}

/// <summary>A shard of a penalised divergence.</summary>
internal sealed class PenalizedWorker<T> : ShardWorker<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly FactorPenalty<T>[] _penalties;
    private readonly FactorPenalty<T>[] _ofRows;
    private readonly PenaltyTerms<T> _terms;
    private readonly PenaltyTerms<T> _termsW;
    private readonly double[] _sumW;
    private readonly double[] _sumH;
    private PenaltyPoint<T>? _point;
    private int _version = -1;

    public PenalizedWorker(ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        : base(spec, data, activations, team)
    {
        _penalties = FactorPenalty<T>.Create(PenalizedCoordinator<T>.PenaltiesOf(spec), spec.Rank, H.Rows);
        _ofRows = Array.FindAll(_penalties, p => p.IsOfRows);
        _terms = new(new Matrix<T>(H.Rows, H.Columns), new Matrix<T>(H.Rows, H.Columns));
        _termsW = new(new Matrix<T>(0, H.Columns), new Matrix<T>(0, H.Columns));
        (_sumW, _sumH) = (new double[spec.Rank], new double[spec.Rank]);
    }

    public override void LoadState(BinaryReader reader) => _version = -1;

    private protected override void Improve(ShardRequest<T> request, ShardSums<T> sums)
    {
        if (_version != request.Version)
            Pass.ActivationGradient(request.W, H, _terms.Negative, _terms.Positive, withObjective: false);
        _version = -1;
        var point = Point(request);
        _terms.Clear();
        foreach (var penalty in _penalties)
            penalty.AddForActivations(point, _terms);
        PenalizedSolver<T>.Improve(H, _terms, BetaDivergence.MajorizationExponent(Spec.Beta), Spec.Beta, Team);

        TakeGradient(request.W, sums);
        _termsW.Clear();
        foreach (var penalty in _ofRows)
            penalty.AddForDictionary(point, _termsW);
        var own = sums.Numbers.AsSpan(Spec.FirstNumber);
        _termsW.Linear.CopyTo(own);
        TakeColumns(own[Spec.Rank..]);
    }

    private protected override void Objective(ShardRequest<T> request, ShardSums<T> sums)
    {
        sums.Numbers[0] = Pass.ActivationGradient(
            request.W, H, _terms.Negative, _terms.Positive, withObjective: true);
        _version = request.Version;
        var point = Point(request);
        sums.Numbers[1] = 0;
        foreach (var penalty in _ofRows)
            sums.Numbers[1] += penalty.Value(point);
    }

    private protected override void Rescaled(double[] scale) => _version = -1;

    private PenaltyPoint<T> Point(ShardRequest<T> request)
    {
        FactorKernels.ColumnSums(request.W, _sumW, Team);
        request.Numbers.CopyTo(_sumH, 0);
        if (_point?.W != request.W)
            _point = new PenaltyPoint<T>(request.W, H, _sumW, _sumH, Team);
        return _point;
    }
}
