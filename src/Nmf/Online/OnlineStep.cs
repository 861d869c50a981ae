using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What is remembered of a stream, and how one batch changes it: activations of the batch for the dictionary as it is,
/// statistics of the batch added to the faded ones of all before it, the dictionary that minimises the sum. Memory O(F
/// K), whatever the number of samples.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class OnlineStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // How much longer the activations are worked on when they are to judge the result.
    private const int EvaluationEffort = 5;

    // One for each of the two batches of a stream, and one for its last batch, which has another size.
    private const int MostPasses = 3;

    private readonly List<(object? Data, DivergencePass<T> Pass)> _passes = new(MostPasses);
    private readonly double[] _sums;
    private readonly double[] _batchUsage;
    private readonly double[] _usage;

    private protected OnlineStep(OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team)
    {
        Options = options;
        W = dictionary;
        Team = team;
        _sums = new double[W.Columns];
        _batchUsage = new double[W.Columns];
        _usage = new double[W.Columns];
        H = new Matrix<T>(0, W.Columns);
    }

    /// <summary>Dictionary, features x rank; every column that is not zero has a sum between 1 and 2.</summary>
    public Matrix<T> W { get; }

    /// <summary>Sums of the activations of each component over all batches, faded like the statistics.</summary>
    public ReadOnlySpan<double> Usage => _usage;

    private protected OnlineNmfOptions Options { get; }

    private protected WorkTeam Team { get; }

    /// <summary>Activations of the current batch.</summary>
    private protected Matrix<T> H { get; private set; }

    /// <summary>Whether no batch has been learnt yet.</summary>
    public bool IsFresh { get; private set; } = true;

    /// <summary>Until the first batch has been learnt, the dictionary that the start counts for, where that is not
    /// <see cref="W"/>: raised entries can be reached, but are no evidence.</summary>
    private protected Matrix<T>? Given { get; private set; }

    public static OnlineStep<T> Create(
        OnlineNmfOptions options, Matrix<T> dictionary, WorkTeam team, Matrix<T>? given = null)
    {
        OnlineStep<T> step = options.EffectiveUpdate == OnlineUpdate.LeastSquares
            ? new OnlineLeastSquaresStep<T>(options, dictionary, team)
            : new OnlineMajorizationStep<T>(options, dictionary, team);
        step.Given = given;
        step.Rescale();
        return step;
    }

    /// <summary>Learns from one batch.</summary>
    /// <param name="batch">Data with something in them.</param>
    /// <param name="decay">What is left of the weight of everything before.</param>
    /// <param name="cancellationToken">Looked at between updates of the activations, before anything is learnt.</param>
    /// <returns>D(batch | H Wᵀ) with the dictionary before the batch.</returns>
    public double Learn(NmfData<T> batch, double decay, CancellationToken cancellationToken)
    {
        var pass = PassOf(batch);
        var cost = Infer(batch, pass, effort: 1, cancellationToken);
        var startWeight = IsFresh ? (Options.StartWeight ?? batch.Samples) / batch.Samples : 0;
        FactorKernels.ColumnSums(H, _batchUsage);
        for (var k = 0; k < _usage.Length; k++)
            _usage[k] = (decay * (_usage[k] + (startWeight * _batchUsage[k]))) + _batchUsage[k];
        Absorb(pass, decay, startWeight);
        (IsFresh, Given) = (false, null);
        Rescale();
        return cost;
    }

    /// <summary>The cost of one batch with the dictionary as it is, and with activations that are worked on longer
    /// than for learning.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="usage">The sums of the activations of each component are added to these.</param>
    /// <param name="cancellationToken">Looked at between updates of the activations.</param>
    public double Evaluate(NmfData<T> batch, Span<double> usage, CancellationToken cancellationToken)
    {
        var pass = PassOf(batch);
        var cost = Infer(batch, pass, EvaluationEffort, cancellationToken);
        FactorKernels.ColumnSums(H, _batchUsage);
        for (var k = 0; k < usage.Length; k++)
            usage[k] += _batchUsage[k];
        return cost;
    }

    /// <summary>Everything that the next batch depends on, but the options.</summary>
    public virtual void Save(BinaryWriter writer)
    {
        writer.Write(IsFresh);
        writer.WriteNumbers<double>(_usage);
        writer.WriteMatrix(W);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote.</summary>
    public virtual void Load(BinaryReader reader)
    {
        IsFresh = reader.ReadBoolean();
        reader.ReadFinite(_usage, 0.0);
        reader.ReadFactor(W);
    }

    /// <summary>Makes room for a batch of as many samples as <see cref="H"/> has now.</summary>
    private protected abstract void Resize();

    /// <summary>Improves <see cref="H"/> from its start, for a fixed dictionary.</summary>
    /// <returns>The cost of the batch.</returns>
    private protected abstract double ImproveActivations(
        NmfData<T> batch, DivergencePass<T> pass, int iterations, double tolerance,
        CancellationToken cancellationToken);

    /// <summary>Adds the batch to the statistics, and the start to those of the first batch, and updates
    /// the dictionary.</summary>
    private protected abstract void Absorb(DivergencePass<T> pass, double decay, double startWeight);

    /// <summary>The columns of W are about to be divided by these powers of two: the statistics follow.</summary>
    private protected abstract void RescaleStatistics(ReadOnlySpan<double> scale);

    // The scratch of a pass is of the dictionary's size: it is kept while its matrix comes back with other batches.
    private DivergencePass<T> PassOf(NmfData<T> batch)
    {
        object? recycled = batch.IsRecycled ? (object?)batch.Dense ?? batch.Sparse : null;
        if (recycled is not null)
        {
            foreach (var (data, kept) in _passes)
            {
                if (!ReferenceEquals(data, recycled))
                    continue;
                kept.DataChanged();
                return kept;
            }
        }

        // A pass over memory that does not come back is kept until the next batch only.
        for (var i = _passes.Count - 1; i >= 0; i--)
        {
            if (_passes[i].Data is not null && _passes.Count < MostPasses)
                continue;
            _passes.RemoveAt(i);
        }

        var pass = batch.CreatePass(W.Columns, Options.Beta, Team);
        _passes.Add((recycled, pass));
        return pass;
    }

    private double Infer(
        NmfData<T> batch, DivergencePass<T> pass, int effort, CancellationToken cancellationToken)
    {
        if (H.Rows != batch.Samples)
        {
            H = new Matrix<T>(batch.Samples, W.Columns);
            Resize();
        }

        StartActivations(batch);
        var cost = ImproveActivations(
            batch, pass, checked(effort * Options.Learning.InnerIterations), Options.Learning.InnerTolerance / effort,
            cancellationToken);
        if (double.IsFinite(cost))
            return cost;
        throw new NmfNumericalException(
            $"The cost of a batch is {cost}. The values of the data or of the dictionary span too wide a range "
            + $"for {typeof(T).Name} with this beta: use double precision.");
    }

    // Every component explains the same part of the sum of a sample, whatever the scale of its column.
    private void StartActivations(NmfData<T> batch)
    {
        FactorKernels.ColumnSums(W, _sums);
        var components = _sums.Length - _sums.AsSpan().Count(0);
        for (var k = 0; k < _sums.Length; k++)
            _sums[k] = _sums[k] > 0 ? 1 / (_sums[k] * components) : 0;
        for (var n = 0; n < H.Rows; n++)
        {
            var sum = batch.SampleSum(n);
            var row = H.Row(n);
            for (var k = 0; k < row.Length; k++)
                row[k] = T.CreateSaturating(sum * _sums[k]);
        }
    }

    // Sums of columns stay between 1 and 2, so that a floor for the entries makes sense. A power
    // of two changes no digit.
    private void Rescale()
    {
        FactorKernels.ColumnSums(W, _sums);
        var changes = false;
        for (var k = 0; k < _sums.Length; k++)
        {
            var exponent = _sums[k] > 0 ? Math.ILogB(_sums[k]) : 0;
            _sums[k] = Math.ScaleB(1, exponent);
            changes |= exponent != 0;
        }

        if (!changes)
            return;
        RescaleStatistics(_sums);
        for (var k = 0; k < _sums.Length; k++)
        {
            _usage[k] *= _sums[k];
            _sums[k] = 1 / _sums[k];
        }

        FactorKernels.ScaleColumns<T>(W, _sums);
        if (Given is not null)
            FactorKernels.ScaleColumns<T>(Given, _sums);
    }
}
