using System.Numerics;
using Nmf;
using Nmf.Kernels;

namespace Recipes;

/// <summary>
/// A model on other data than one matrix: two views of the same samples, <c>D(V₁ | H W₁ᵀ) + D(V₂ | H W₂ᵀ)</c> with the
/// Kullback-Leibler divergence and common activations. The updates are those of Lee and Seung (2001) for the matrix
/// that has the features of both views.
/// </summary>
internal sealed class TwoViewModel<T> : IIterativeModel
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly View[] _views;
    private readonly WorkTeam _team;
    private readonly GradientParts<T> _sum;

    public TwoViewModel(NmfData<T> first, NmfData<T> second, int rank, Random random, WorkTeam team)
    {
        if (first.Samples != second.Samples)
            throw new ArgumentException(
                $"The views have {first.Samples} and {second.Samples} samples; they must have the same.");
        H = Draw(first.Samples, rank, random);
        _views = [new View(first, H, random, team), new View(second, H, random, team)];
        _team = team;
        _sum = new GradientParts<T>(H);
    }

    public Matrix<T> H { get; }

    public IEnumerable<Matrix<T>> Dictionaries => _views.Select(view => view.W);

    public void Step()
    {
        _sum.Negative.Clear();
        _sum.Positive.Clear();
        foreach (var view in _views)
        {
            view.Pass.ActivationGradient(view.W, H, view.Gradient.Negative, view.Gradient.Positive, false);
            Add(view.Gradient.Negative, _sum.Negative);
            Add(view.Gradient.Positive, _sum.Positive);
        }

        FactorKernels.MultiplicativeUpdate(H, _sum.Negative, _sum.Positive, 1, _team);
        foreach (var view in _views)
            view.Pass.UpdateDictionary(view.W, H, 1);
    }

    public double Objective()
    {
        double sum = 0;
        foreach (var view in _views)
            sum += view.Pass.Objective(view.W, H);
        return sum;
    }

    public void Save(BinaryWriter writer)
    {
        writer.WriteMatrix(H);
        foreach (var view in _views)
            writer.WriteMatrix(view.W);
    }

    public void Load(BinaryReader reader)
    {
        reader.ReadMatrix(H);
        foreach (var view in _views)
            reader.ReadMatrix(view.W);
    }

    private static Matrix<T> Draw(int rows, int rank, Random random)
    {
        var factor = new Matrix<T>(rows, rank);
        for (var i = 0; i < rows; i++)
            for (var k = 0; k < rank; k++)
                factor[i, k] = T.CreateChecked(0.1 + random.NextDouble());
        return factor;
    }

    private static void Add(Matrix<T> term, Matrix<T> sum)
    {
        for (var n = 0; n < sum.Rows; n++)
            System.Numerics.Tensors.TensorPrimitives.Add(sum.Row(n), term.Row(n), sum.Row(n));
    }

    private sealed class View(NmfData<T> data, Matrix<T> h, Random random, WorkTeam team)
    {
        public Matrix<T> W { get; } = Draw(data.Features, h.Columns, random);

        public DivergencePass<T> Pass { get; } = data.CreatePass(h.Columns, BetaDivergence.KullbackLeibler, team);

        public GradientParts<T> Gradient { get; } = new(h);
    }
}

/// <summary>The starts of a fit: this is where seeds and the loop's options come in.</summary>
internal sealed class TwoViewPlan<T>(
    NmfData<T> first, NmfData<T> second, int rank, IterationOptions iterations, int starts, int seed, WorkTeam team)
    : FitPlan<TwoViewModel<T>, TwoViewModel<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override int Starts => starts;

    public override IterationOptions Iterations(int stage) => iterations;

    public override double Beta(int stage) => BetaDivergence.KullbackLeibler;

    public override TwoViewModel<T> Create(int start) => new(first, second, rank, new Random(seed + start), team);

    // Its state is about to be loaded.
    public override TwoViewModel<T> CreateEmpty(int stage) => Create(0);

    public override TwoViewModel<T> Result(TwoViewModel<T> model) => model;
}

/// <summary>What a user calls.</summary>
internal static class TwoViewNmf
{
    public static (TwoViewModel<T> Model, FitReport Report) Fit<T>(
        NmfData<T> first, NmfData<T> second, int rank, IterationOptions iterations, int starts = 1, int seed = 0,
        int threads = 1, NmfCheckpoint? checkpoint = null, IProgress<FitProgress>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        iterations.Validate();
        Option.Require(rank > 0, nameof(rank), "The rank must be greater than zero.");
        using var team = new WorkTeam(threads);
        var plan = new TwoViewPlan<T>(first, second, rank, iterations, starts, seed, team);
        return new BestOfStarts<TwoViewModel<T>, TwoViewModel<T>>(plan, progress, cancellationToken).Run(
            checkpoint,
            () => iterations.AddTo(CheckpointFacts.Of<T>("two views", checkpoint!), rank, starts, seed)
                .Add("first view", CheckpointFacts.MarkOf(first)).Add("second view", CheckpointFacts.MarkOf(second)),
            (model, report) => (model, report));
    }

    private static CheckpointFacts AddTo(
        this IterationOptions iterations, CheckpointFacts facts, int rank, int starts, int seed)
    {
        iterations.AddTo(facts);
        return facts.Add("rank", rank).Add("starts", starts).Add("seed", seed);
    }
}
