using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// One shard of a fit: its samples and their activations. It improves these for the dictionary that it is given and
/// answers with sums over its samples. What differs from solver to solver is in the subclasses, next to the coordinator
/// that asks.
/// </summary>
/// <remarks>Holds all the memory that a request needs. Not thread-safe.</remarks>
internal abstract class ShardWorker<T> : IShardAnswers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IShardData<T> _data;
    private Matrix<T>? _scratch;

    private protected ShardWorker(ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
    {
        (Spec, _data, H, Team) = (spec, data, activations, team);
        Pass = data.InUnit.CreatePass(spec.Rank, spec.Beta, team);
    }

    /// <summary>Its activations, samples x rank: of the fit, and once it has ended those of the model.</summary>
    public Matrix<T> H { get; private set; }

    private protected ShardSpec Spec { get; }

    private protected DivergencePass<T> Pass { get; }

    private protected WorkTeam Team { get; }

    private protected NmfData<T> Data => _data.InUnit;

    /// <summary>The worker of a fit.</summary>
    /// <param name="spec">The fit.</param>
    /// <param name="data">Samples of the shard.</param>
    /// <param name="activations">Where they start, in the unit of the fit; updated in place.</param>
    /// <param name="team">Threads to use.</param>
    public static ShardWorker<T> Create(ShardSpec spec, IShardData<T> data, Matrix<T> activations, WorkTeam team)
        => spec.Options.Problem.CreateShardWorker(spec, data, activations, team);

    /// <summary>Random activations of the samples of a shard.</summary>
    /// <param name="spec">The fit.</param>
    /// <param name="start">Number of the start.</param>
    /// <param name="first">Number of its first sample among all.</param>
    /// <param name="samples">How many it has.</param>
    public static Matrix<T> RandomActivations(ShardSpec spec, int start, int first, int samples)
    {
        var h = new Matrix<T>(samples, spec.Rank);
        Initializer.FillRandom(
            h, Math.Sqrt(spec.Facts.Mean / spec.Rank), spec.Options.Problem.LeastOfRandomStart,
            new CounterRandom(spec.Options.Seed, start), ((long)spec.Facts.Features + first) * spec.Rank);
        return h;
    }

    /// <inheritdoc/>
    public void Answer(ShardRequest<T> request, ShardSums<T> sums)
    {
        if (request.Scale.Length > 0)
        {
            FactorKernels.ScaleColumns(H, request.Scale);
            Rescaled(request.Scale);
        }

        switch (request.Task)
        {
            case ShardTask.Improve:
                Improve(request, sums);
                break;
            case ShardTask.Objective:
                Objective(request, sums);
                break;
            case ShardTask.Infer:
                Infer(request.W, sums);
                break;
            case ShardTask.Columns:
                TakeColumns(sums.Numbers);
                break;
            default:
                End(request, sums);
                break;
        }
    }

    /// <summary>Writes what the next request depends on beside <see cref="H"/>, the data and the options.</summary>
    public virtual void SaveState(BinaryWriter writer)
    {
    }

    /// <summary>Takes over what was written; <see cref="H"/> has its values already.</summary>
    public virtual void LoadState(BinaryReader reader)
    {
    }

    private protected abstract void Improve(ShardRequest<T> request, ShardSums<T> sums);

    private protected abstract void Objective(ShardRequest<T> request, ShardSums<T> sums);

    /// <summary>The columns of H were multiplied by powers of two.</summary>
    private protected virtual void Rescaled(double[] scale)
    {
    }

    /// <summary>Takes the sums that the step of W needs.</summary>
    private protected void TakeGradient(Matrix<T> w, ShardSums<T> sums) => Spec.Take(Pass, w, H, sums, ref _scratch);

    /// <summary>Column sums of H, and behind them those of its squares.</summary>
    private protected void TakeColumns(Span<double> numbers)
    {
        FactorKernels.ColumnSums(H, numbers[..Spec.Rank], Team);
        FactorKernels.ColumnSumsOfSquares(H, numbers[Spec.Rank..(2 * Spec.Rank)], Team);
    }

    private void Infer(Matrix<T> w, ShardSums<T> sums)
    {
        var h = Inference.Run(
            w, Data, Spec.Options.Problem, Spec.Options.Inference, null, Team, CancellationToken.None);
        h.CopyTo(H);
        FactorKernels.ColumnSums(H, sums.Numbers, Team);
    }

    // Numbers: column sums of the activations of the model, its objective, that of the best constant, rows that
    // inference has left unsolved.
    private void End(ShardRequest<T> request, ShardSums<T> sums)
    {
        var ending = request.Ending!;
        var (problem, w) = (Spec.Options.Problem, request.W);
        var h = Components.Select(H, ending.Order);
        FactorKernels.ScaleColumns<T>(h, ending.Scale);
        FitUnit.Scale(h, ending.Exponent);
        for (var n = 0; Data.HasMissingEntries && n < Data.Samples; n++)
        {
            if (!Data.HasObserved(n))
                h.Row(n).Clear();
        }

        var unsolved = 0;
        if (ending.Infers)
        {
            var original = _data.TakeOriginal();
            try
            {
                unsolved = problem.SolveRows(
                    w, original, Spec.Options.Inference, ending.Penalty, h, Team, CancellationToken.None).Unsolved;
            }
            finally
            {
                _data.ReturnOriginal();
            }
        }

        H = h;
        var inside = new FitUnit(ending.DataExponent, ending.DictionaryExponent).Apply(new NmfStart<T>(w, h));
        var numbers = sums.Numbers.AsSpan();
        FactorKernels.ColumnSums(h, numbers[..w.Columns], Team);
        numbers[w.Columns] = Data.CreatePass(w.Columns, problem.Entry, Team).Objective(
            inside.Dictionary, inside.Activations!);
        numbers[w.Columns + 1] = ConstantModel.Objective(Data, problem.Entry, ending.Constant);
        numbers[w.Columns + 2] = unsolved;
    }
}

/// <summary>The samples of a shard, in the unit of a fit and in that of the user.</summary>
internal interface IShardData<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>In the unit of the fit.</summary>
    NmfData<T> InUnit { get; }

    /// <summary>In the unit of the user; <see cref="InUnit"/> means nothing until it is returned.</summary>
    NmfData<T> TakeOriginal();

    /// <summary>Ends the use of the data in the unit of the user.</summary>
    void ReturnOriginal();
}
