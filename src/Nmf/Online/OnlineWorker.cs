using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// What one part of a stream does with its batches: their activations for the dictionary that it is given, and the sums
/// over their samples that the dictionary learns from. Nothing of a batch is kept; what is remembered is in
/// <see cref="OnlineStep{T}"/>, which asks.
/// </summary>
/// <remarks>Holds all the memory that a batch needs. Not thread-safe.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class OnlineWorker<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // How much longer the activations are worked on when they are to judge the result.
    private const int EvaluationEffort = 5;

    // One for each of the two batches of a stream, and one for its last batch, which has another size.
    private const int MostPasses = 3;

    private readonly List<(object? Data, DivergencePass<T> Pass)> _passes = new(MostPasses);
    private readonly BatchUnit<T> _unit;
    private readonly double[] _sums;
    private readonly int _part;

    private protected OnlineWorker(OnlineNmfOptions options, int part, WorkTeam team)
    {
        (Options, Team, _part) = (options, team, part);
        _unit = new BatchUnit<T>(options.Beta, team);
        _sums = new double[options.Rank];
        H = new Matrix<T>(0, options.Rank);
    }

    private protected OnlineNmfOptions Options { get; }

    private protected WorkTeam Team { get; }

    /// <summary>Activations of the current batch.</summary>
    private protected Matrix<T> H { get; private set; }

    /// <summary>The worker of a part.</summary>
    /// <param name="options">What is learnt and how.</param>
    /// <param name="part">Number of the part, from 0.</param>
    /// <param name="team">Threads to use.</param>
    public static OnlineWorker<T> Create(OnlineNmfOptions options, int part, WorkTeam team)
        => options.EffectiveUpdate == OnlineUpdate.LeastSquares
            ? new OnlineLeastSquaresWorker<T>(options, part, team)
            : new OnlineMajorizationWorker<T>(options, part, team);

    /// <summary>Checks that a batch can be learnt.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="features">Number of features of the dictionary, or null.</param>
    /// <param name="beta">The divergence.</param>
    /// <exception cref="ArgumentException">It cannot; the message says why.</exception>
    public static void Require(NmfData<T> batch, int? features, double beta)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (features is { } expected && batch.Features != expected)
            throw new ArgumentException(
                $"The batch has {batch.Features} features, but the dictionary has {expected}.", nameof(batch));
        if (batch.IsWeighted)
            throw new ArgumentException(
                "The batch has missing entries or weights, which cannot be learnt online. Fit it in memory.",
                nameof(batch));
        batch.RequireValidFor(beta);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="batch">The batch that it is about, or null where the part has ended.</param>
    /// <param name="request">The request.</param>
    /// <param name="sums">Receives the answer.</param>
    /// <param name="cancellationToken">Looked at between updates of the activations.</param>
    public void Answer(
        NmfData<T>? batch, ShardRequest<T> request, ShardSums<T> sums, CancellationToken cancellationToken)
    {
        var asked = BatchRequest.Of(request);
        var (numbers, rank) = (sums.Numbers, Options.Rank);
        sums.Clear();
        if (batch is null)
            return;
        if (request.Task == ShardTask.Start)
        {
            if (_part == (int)asked.Other)
                OnlineStart<T>.Make(_unit.Apply(batch, asked.Mean), Options, request.W, sums.Matrices, Team);
            return;
        }

        numbers[rank + BatchRequest.Samples] = batch.Samples;
        numbers[rank + BatchRequest.Sum] = batch.Sum;
        numbers[rank + BatchRequest.Parts] = 1;
        if (request.Task == ShardTask.Look)
        {
            numbers[rank + BatchRequest.Facts + _part] = batch.Sum;
            return;
        }

        var isLearning = request.Task == ShardTask.Learn;
        if (batch.Sum > 0 || !isLearning)
        {
            var inUnit = _unit.Apply(batch, asked.Mean);
            if (batch.Sum > 0)
            {
                var pass = PassOf(inUnit);
                numbers[rank + BatchRequest.Cost] = Infer(
                    inUnit, pass, request.W, isLearning ? 1 : EvaluationEffort, cancellationToken);
                FactorKernels.ColumnSums(H, numbers.AsSpan(0, rank));
                if (isLearning)
                    Take(pass, request.W, sums);
            }

            if (!isLearning)
            {
                // A constant is a model of rank one.
                numbers[rank + BatchRequest.Constant] = inUnit.CreatePass(1, Options.Beta, Team).Objective(
                    Filled(batch.Features, asked.Other), Filled(batch.Samples, 1));
            }
        }
    }

    /// <summary>Makes room for a batch of as many samples as <see cref="H"/> has now.</summary>
    private protected abstract void Resize();

    /// <summary>Improves <see cref="H"/> from its start, for a fixed dictionary.</summary>
    /// <returns>The cost of the batch.</returns>
    private protected abstract double ImproveActivations(
        NmfData<T> batch, DivergencePass<T> pass, Matrix<T> w, int iterations, double tolerance,
        CancellationToken cancellationToken);

    /// <summary>Takes the sums that the step of W needs.</summary>
    private protected abstract void Take(DivergencePass<T> pass, Matrix<T> w, ShardSums<T> sums);

    private static Matrix<T> Filled(int rows, double value)
    {
        var matrix = new Matrix<T>(rows, 1);
        for (var i = 0; i < rows; i++)
            matrix[i, 0] = T.CreateSaturating(value);
        return matrix;
    }

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

        var pass = batch.CreatePass(Options.Rank, Options.Beta, Team);
        _passes.Add((recycled, pass));
        return pass;
    }

    private double Infer(
        NmfData<T> batch, DivergencePass<T> pass, Matrix<T> w, int effort, CancellationToken cancellationToken)
    {
        if (H.Rows != batch.Samples)
        {
            H = new Matrix<T>(batch.Samples, Options.Rank);
            Resize();
        }

        StartActivations(batch, w);
        var cost = ImproveActivations(
            batch, pass, w, checked(effort * Options.Learning.InnerIterations),
            Options.Learning.InnerTolerance / effort, cancellationToken);
        if (double.IsFinite(cost))
            return cost;
        throw new NmfNumericalException(
            $"The cost of a batch is {cost}. The values of the data or of the dictionary span too wide a range "
            + $"for {typeof(T).Name} with this beta: use double precision.");
    }

    // Every component explains the same part of the sum of a sample, whatever the scale of its column.
    private void StartActivations(NmfData<T> batch, Matrix<T> w)
    {
        FactorKernels.ColumnSums(w, _sums);
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
}
