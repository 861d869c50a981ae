using System.Numerics;
using Nmf.Kernels;
using Nmf.Kernels.Products;

namespace Nmf;

/// <summary>
/// The part of a fit that is not in the shards: the dictionary, its step, the objective. It does not know where the
/// shards are, so that it makes the same fit of those in its process and of those elsewhere.
/// </summary>
/// <remarks>One request per iteration, and one per look at the objective.</remarks>
internal abstract class ShardCoordinator<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IShards<T> _shards;
    private readonly ShardRequest<T> _request;
    private readonly double[] _scale;
    private readonly double[] _inverseScale;
    private readonly MatrixProduct<T> _product;
    private int _steps;

    private protected ShardCoordinator(ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
    {
        (Spec, W, _shards, Team) = (spec, dictionary, shards, team);
        _request = new ShardRequest<T> { W = dictionary };
        (_scale, _inverseScale) = (new double[spec.Rank], new double[spec.Rank]);
        _product = MatrixProduct<T>.Create(team);
    }

    /// <summary>Dictionary, features x rank; updated in place.</summary>
    public Matrix<T> W { get; }

    private protected ShardSpec Spec { get; }

    private protected WorkTeam Team { get; }

    private protected virtual bool IsScaleFree => true;

    /// <summary>The coordinator of a fit.</summary>
    /// <param name="spec">The fit.</param>
    /// <param name="dictionary">Where W starts, in the unit of the fit; updated in place.</param>
    /// <param name="shards">The shards.</param>
    /// <param name="team">Threads to use.</param>
    public static ShardCoordinator<T> Create(
        ShardSpec spec, Matrix<T> dictionary, IShards<T> shards, WorkTeam team)
        => spec.Options.Problem.CreateShardCoordinator(spec, dictionary, shards, team);

    /// <summary>The random dictionary of a start.</summary>
    public static Matrix<T> RandomDictionary(ShardSpec spec, int start)
    {
        var w = new Matrix<T>(spec.Facts.Features, spec.Rank);
        Initializer.FillRandom(
            w, Math.Sqrt(spec.Facts.Mean / spec.Rank), spec.Options.Problem.LeastOfRandomStart,
            new CounterRandom(spec.Options.Seed, start), 0);
        return w;
    }

    /// <inheritdoc/>
    public void Step()
    {
        Update();
        if (++_steps % Solver<T>.RebalanceInterval == 0 && IsScaleFree)
            Rebalance();
    }

    /// <inheritdoc/>
    public abstract double Objective();

    /// <inheritdoc/>
    public virtual bool? HasConverged(double tolerance) => null;

    /// <summary>What the model keeps beside the factors.</summary>
    /// <param name="columns">Column sums of H in the unit of the fit, and behind them those of its squares.</param>
    public virtual FittedTerms Terms(double[] columns) => FittedTerms.None;

    /// <inheritdoc/>
    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        writer.WriteMatrix(W);
    }

    /// <inheritdoc/>
    public virtual void Load(BinaryReader reader)
    {
        _steps = (int)reader.ReadCount();
        reader.ReadFactor(W);
        _request.Version++;
        _request.Scale = [];
    }

    /// <summary>Has the shards infer H of the dictionary that the fit begins with.</summary>
    /// <exception cref="ArgumentException">It has no weight where the data have.</exception>
    public void Start()
    {
        var sums = new ShardSums<T>(Spec.Rank);
        Ask(ShardTask.Infer, sums);
        NmfStart<double>.RequireInferred(Matrix<double>.FromRowMajor(sums.Numbers, 1, Spec.Rank));
    }

    /// <summary>Asks the shards to end with the activations of the model.</summary>
    public void End(Matrix<T> dictionary, ShardEnding ending, ShardSums<T> sums)
    {
        (_request.W, _request.Ending) = (dictionary, ending);
        _request.Version++;
        Ask(ShardTask.End, sums);
    }

    /// <summary>Column sums of H, and behind them those of its squares.</summary>
    public double[] Columns()
    {
        var sums = new ShardSums<T>(2 * Spec.Rank);
        Ask(ShardTask.Columns, sums);
        return sums.Numbers;
    }

    private protected abstract void Update();

    /// <summary>W and H were multiplied by powers of two.</summary>
    /// <param name="scale">What the columns of W were multiplied by.</param>
    private protected virtual void Rescaled(double[] scale)
    {
    }

    /// <summary>Asks all shards, for the dictionary as it is.</summary>
    private protected void Ask(
        ShardTask task, ShardSums<T> sums, Matrix<T>? point = null, double momentum = double.NaN,
        double[]? numbers = null)
    {
        (_request.Task, _request.Point, _request.Momentum) = (task, point, momentum);
        _request.Numbers = numbers ?? [];
        _shards.Ask(_request, sums);
        _request.Scale = [];
    }

    /// <summary>Makes the positive part of the gradient of W of what shards have answered.</summary>
    private protected void MakePositive(ShardSums<T> sums, Matrix<T> point, Matrix<T> positive)
        => Spec.MakePositive(sums, point, positive, _product);

    /// <summary>To be called once W has changed.</summary>
    private protected void Changed() => _request.Version++;

    private void Rebalance()
    {
        Solver<T>.BalancingScale(W, _scale, _inverseScale);
        FactorKernels.ScaleColumns(W, _scale);
        _request.Scale = _inverseScale;
        _request.Version++;
        Rescaled(_scale);
    }
}
